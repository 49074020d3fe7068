/** What is known of a cut of channels before the weights are. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { modelFacts, shapesOf } from "../../../ops/model/layers.ts";
import type { Architecture } from "../../../ops/model/model.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";
import {
  type ChannelParams,
  channelPlan,
  cutArchitecture,
  rectifies,
} from "../../../ops/prune/channel_plan.ts";
import { zooNetworks } from "../zoo_networks.ts";

const params: ChannelParams = {
  criterion: "l1",
  scope: "layer",
  ratio: 0.5,
  "min_keep": 1,
  "round_to": 1,
};
const cnn = zooNetworks["cnn"]!;
const resnet = zooNetworks["resnet"]!;

const planOf = (network: Architecture, changed: Partial<ChannelParams> = {}) => {
  const { layers } = modelFacts(network, { learned: true, established: {} });
  return channelPlan(network, layers!, { ...params, ...changed });
};
const groupsOf = (network: Architecture, changed: Partial<ChannelParams> = {}) =>
  planOf(network, changed).groups.map(({ group, ratio }) => [group.layers.join(" "), ratio]);

function refused(work: () => unknown): ParameterError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ParameterError, String(error));
    return error;
  }
  throw new Error("nothing was refused");
}

Deno.test("by layer each group has the ratio; in the common ranking only an entry gives it one", () => {
  assert.deepEqual(groupsOf(cnn), [["conv1", 0.5], ["conv2", 0.5], ["dense1", 0.5]]);
  const own = { "per_layer": [{ layers: ["conv2"], ratio: 0.25 }] };
  assert.deepEqual(groupsOf(cnn, own), [["conv1", 0.5], ["conv2", 0.25], ["dense1", 0.5]]);
  assert.deepEqual(groupsOf(cnn, { ...own, scope: "global" }), [
    ["conv1", undefined],
    ["conv2", 0.25],
    ["dense1", undefined],
  ]);
});

Deno.test("a layer tied to an excluded one stays whole; one tied to a selected one goes along", () => {
  const tied = ["stem stage1.block1.conv2 stage1.block2.conv2", 0.5];
  assert.deepEqual(groupsOf(resnet)[0], tied);
  assert.deepEqual(groupsOf(resnet, { layers: ["stem"] }), [tied]);
  const spared = groupsOf(resnet, { exclude: ["stage1.block2.conv2"] }).map(([layers]) => layers);
  assert.equal(spared.length, groupsOf(resnet).length - 1);
  assert.ok(!spared.includes(tied[0]));
  const nothing = refused(() => planOf(resnet, { layers: ["stem"], exclude: ["stage1"] }));
  assert.deepEqual([nothing.code, nothing.path], ["selector-empty", "exclude"]);
  assert.equal(
    nothing.message,
    "nothing is left to prune: every selected layer is tied to an excluded one",
  );
});

Deno.test("an entry for one layer of a group is the whole group's; two that differ are refused", () => {
  const entry = (layer: string, ratio: number) => ({ layers: [layer], ratio });
  const [one, other] = ["stem", "stage1.block1.conv2"];
  assert.deepEqual(groupsOf(resnet, { "per_layer": [entry(other, 0.25)] })[0]![1], 0.25);
  const both = [entry(one, 0.25), entry(other, 0.25)];
  assert.deepEqual(groupsOf(resnet, { per_layer: both })[0]![1], 0.25);
  const error = refused(() =>
    planOf(resnet, { "per_layer": [entry(one, 0.1), entry(other, 0.2)] })
  );
  assert.deepEqual([error.code, error.path, error.message, error.help], [
    "duplicate-name",
    "per_layer",
    "stem and stage1.block1.conv2 share their channels, so they need one ratio, not 0.1 and 0.2",
    "one entry for both: { layers: [stem, stage1.block1.conv2], ratio: 0.1 }",
  ]);
});

Deno.test("a criterion that looks at BatchNorm or at a ReLU is refused where a channel passes none", () => {
  const smooth = mlp.build([7], 3, { hidden: [8], dropout: 0 });
  const layers = smooth.layers.map((layer) =>
    "activation" in layer ? { ...layer, activation: "tanh" } : layer
  ) as Architecture["layers"];
  const tanh = { ...smooth, layers };
  const bare = refused(() => planOf(cnn, { criterion: "bn-scale" }));
  assert.deepEqual([bare.code, bare.path, bare.message, bare.help], [
    "unknown-value",
    "criterion",
    "`bn-scale` ranks channels by their BatchNorm; no batchnorm follows conv1",
    "criterion: l1 reads the filters themselves",
  ]);
  for (const criterion of ["apoz", "activation-mean"] as const) {
    const error = refused(() => planOf(tanh, { criterion }));
    assert.deepEqual([error.code, error.path, error.message, error.help], [
      "unknown-value",
      "criterion",
      `\`${criterion}\` ranks channels by their values after a ReLU; none follows dense1`,
      "exclude: dense1, or criterion: l1, which reads the filters themselves",
    ]);
    assert.equal(planOf(smooth, { criterion }).groups.length, 1);
  }
  assert.ok(planOf(resnet, { criterion: "bn-scale" }).groups.length > 0);
  assert.equal(planOf(tanh, { criterion: "taylor" }).groups.length, 1);
});

Deno.test("a ReLU and a ReLU6 cut off what is below 0; other functions, and layers without one, do not", () => {
  const [dense] = mlp.build([7], 3, { hidden: [8], dropout: 0 }).layers;
  const of = (activation: string) => rectifies({ ...dense!, activation } as never);
  assert.deepEqual(["relu", "relu6", "leaky-relu", "tanh", "linear"].map(of), [
    true,
    true,
    false,
    false,
    false,
  ]);
  assert.ok(!rectifies({ name: "flat", kind: "flatten", inputs: ["input"] }));
});

const widths = (network: Architecture, names: readonly string[]) =>
  names.map((name) => shapesOf(network)[name]!.at(-1));

Deno.test("the structure after a cut by layer is known: ratios, `min_keep` and `round_to` decide it", () => {
  const names = ["conv1", "conv2", "dense1", "head.dense"];
  const after = (changed: Partial<ChannelParams>) =>
    widths(cutArchitecture(cnn, planOf(cnn, changed))!, names);
  assert.deepEqual(after({}), [2, 3, 4, 3]);
  assert.deepEqual(after({ min_keep: 3 }), [3, 3, 4, 3]);
  assert.deepEqual(after({ round_to: 4 }), [4, 4, 4, 3]);
  assert.deepEqual(after({ layers: ["conv2"] }), [4, 3, 8, 3]);
  assert.deepEqual(after({ ratio: 0.9, min_keep: 2 }), [2, 2, 2, 3]);
});

Deno.test("in a common ranking the weights decide, so no structure is foretold", () => {
  assert.equal(cutArchitecture(cnn, planOf(cnn, { scope: "global" })), undefined);
  const some = { "per_layer": [{ layers: ["conv2"], ratio: 0.5 }] };
  assert.equal(cutArchitecture(cnn, planOf(cnn, { ...some, scope: "global" })), undefined);
  const one = {
    layers: ["conv2"],
    scope: "global",
    "per_layer": [{ layers: ["conv2"], ratio: 0.5 }],
  };
  assert.deepEqual(widths(cutArchitecture(cnn, planOf(cnn, one as never))!, ["conv1", "conv2"]), [
    4,
    3,
  ]);
});

Deno.test("a cut in which no channel goes is refused, with the size of the largest group", () => {
  const error = refused(() => cutArchitecture(cnn, planOf(cnn, { ratio: 0.05 })));
  assert.deepEqual([error.code, error.path], ["out-of-range", "ratio"]);
  assert.equal(
    error.message,
    "no channel would go: the largest group has 8, and `min_keep` and `round_to` keep them",
  );
  assert.throws(() => cutArchitecture(cnn, planOf(cnn, { min_keep: 8 })), ParameterError);
});
