import assert from "node:assert/strict";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { modelFacts, shapesOf } from "../../../ops/model/layers.ts";
import { kinds } from "../../../ops/model/kinds/mod.ts";
import { type Architecture, type Model, structureOf } from "../../../ops/model/model.ts";
import { floatWeight } from "../../../ops/model/weights.ts";
import { mobilenetV1 } from "../../../ops/model/zoo/mobilenet_v1.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";
import { CHANNEL_SCORES, type ChannelCriterion } from "../../../ops/prune/criteria.ts";
import { cutChannels } from "../../../ops/prune/cut_channels.ts";
import { channelMap, writesChannels } from "../../../ops/model/channels.ts";
import { type ChannelsLost, channelsLost, effectOfPruning } from "../../../ops/prune/lost.ts";
import { prune } from "../../../ops/prune/prune.ts";
import { livelyModel } from "../lively_model.ts";
import { plainLogits } from "../plain_forward.ts";
import { networksWithChannels, zooNetworks } from "../zoo_networks.ts";
import { denseModel, transposed } from "./dense_model.ts";

const params = {
  granularity: "channel",
  criterion: "l1",
  scope: "layer",
  ratio: 0.5,
  min_keep: 1,
  round_to: 1,
} as const;

function scoresOf(model: Model, criterion: ChannelCriterion): number[] {
  const map = channelMap(model);
  return [...CHANNEL_SCORES[criterion](map.groups[0]!, { model, map, seed: 0 })];
}

Deno.test("the smallest filter goes by l1, the one nearest the median by fpgm", () => {
  const filters = [[1, 1], [1.1, 0.9], [0.9, 1.1], [-0.8, 0.2]];
  const model = denseModel([{ kernel: transposed(filters) }, { kernel: [[1], [1], [1], [1]] }]);
  const l1 = scoresOf(model, "l1");
  [2, 2, 2, 1].forEach((sum, i) => assert.ok(Math.abs(l1[i]! * 1.75 - sum) < 1e-6));
  const fpgm = scoresOf(model, "fpgm");
  const sums = [2.252614, 2.44911, 2.347802, 5.918156];
  const mean = sums.reduce((a, b) => a + b) / 4;
  sums.forEach((sum, i) => assert.ok(Math.abs(fpgm[i]! * mean - sum) < 2e-6));
  const left = (criterion: ChannelCriterion) => {
    const cut = cutChannels(model, { ...params, criterion, ratio: 0.25 }, 0);
    return [...cut.weights["dense1/kernel"]!.data.slice(0, 3)].map((w) => Math.round(w * 10) / 10);
  };
  assert.deepEqual(left("l1"), [1, 1.1, 0.9]);
  assert.deepEqual(left("fpgm"), [1.1, 0.9, -0.8]);
});

Deno.test("slimming ranks the scales of all BatchNorms together", () => {
  const filters = (name: string, input: string, count: number) =>
    [
      { name, kind: "conv", inputs: [input], filters: count, kernel: [1, 1], strides: [1, 1] },
      { name: `${name}.norm`, kind: "batchnorm", inputs: [name], epsilon: 1e-3, momentum: 0.9 },
    ].map((layer) => ({
      ...layer,
      padding: "same",
      dilations: [1, 1],
      bias: false,
      activation: "linear",
    })) as unknown as Model["layers"];
  const model = livelyModel({
    family: "test",
    inputs: [{ name: "input", shape: [2, 2, 1] }],
    layers: [
      ...filters("one", "input", 3),
      ...filters("two", "one.norm", 4),
      ...filters("head", "two.norm", 2),
    ],
    outputs: ["head.norm"],
    head: "none",
  });
  const gammas = { one: [0.9, 0.05, -0.4], two: [0.3, 0.02, -0.6, 0.7] };
  const weights = {
    ...model.weights,
    "one.norm/gamma": floatWeight([3], Float32Array.from(gammas.one)),
    "two.norm/gamma": floatWeight([4], Float32Array.from(gammas.two)),
  };
  const cut = cutChannels(
    { ...model, weights },
    { ...params, criterion: "bn-scale", scope: "global", ratio: 0.4 },
    0,
  );
  const left = (name: string) =>
    [...cut.weights[`${name}.norm/gamma`]!.data].map((gamma) => Math.fround(gamma));
  assert.deepEqual(left("one"), [0.9, -0.4].map(Math.fround));
  assert.deepEqual(left("two"), [-0.6, 0.7].map(Math.fround));
});

Deno.test("a filter of zeros still speaks through its bias, and removal silences it", () => {
  const specs = (bias: number) =>
    denseModel([
      { kernel: transposed([[1, 2], [0, 0], [-1, 1]]), bias: [0.1, bias, 0], activation: "relu" },
      { kernel: [[1], [3], [-1]], bias: [0.2] },
    ]);
  const x = [{ shape: [2], data: Float64Array.of(1, 0.5) }];
  const [masked] = plainLogits(specs(0.7), x);
  const [removed] = plainLogits(cutChannels(specs(0.7), { ...params, ratio: 1 / 3 }, 0), x);
  const [silent] = plainLogits(specs(0), x);
  assert.ok(Math.abs(masked! - 4.4) < 1e-6);
  assert.ok(Math.abs(removed! - 2.3) < 1e-6);
  assert.equal(silent, removed);
});

Deno.test("between pruned layers (1 − p)² of the parameters stay", () => {
  const wide = (units: number) => Array.from({ length: 100 }, () => Array(units).fill(1));
  const model = livelyModel(structureOf(
    denseModel([{ kernel: wide(100) }, { kernel: wide(100) }, { kernel: wide(10) }]),
  ));
  for (const [ratio, removed] of [[0.3, 0.51], [0.5, 0.75]] as const) {
    const cut = cutChannels(model, { ...params, ratio }, 0);
    const before = model.weights["dense2/kernel"]!.data.length;
    const share = 1 - cut.weights["dense2/kernel"]!.data.length / before;
    assert.ok(Math.abs(share - removed) < 1e-12);
  }
});

Deno.test("in MobileNet v1 each pointwise layer is free and its depthwise follower goes with it", () => {
  const map = channelMap(mobilenetV1.build([32, 32, 3], 10, { depth: 13, width: 1 }));
  const layers = map.groups.map((group) => group.layers);
  const pointwise = Array.from({ length: 13 }, (_, i) => [`block${i + 1}.pointwise`]);
  assert.deepEqual(layers, [["stem"], ...pointwise]);
  assert.deepEqual(map.groups[0]!.carriers, ["stem", "block1.depthwise"]);
});

Deno.test("in a ResNet the first convolution of a block is free, what is added is tied", () => {
  const network = resnet.build([32, 32, 3], 10, { depth: 14, width: 1 });
  const groups = channelMap(network).groups.map((group) => group.layers);
  assert.deepEqual(groups, [
    ["stem", "stage1.block1.conv2", "stage1.block2.conv2"],
    ["stage1.block1.conv1"],
    ["stage1.block2.conv1"],
    ["stage2.block1.conv1"],
    ["stage2.block1.conv2", "stage2.block1.shortcut", "stage2.block2.conv2"],
    ["stage2.block2.conv1"],
    ["stage3.block1.conv1"],
    ["stage3.block1.conv2", "stage3.block1.shortcut", "stage3.block2.conv2"],
    ["stage3.block2.conv1"],
  ]);
});

const factsOf = (model: Model) => modelFacts(structureOf(model), model);
const pruneFacts = (model: Model, changed: object) =>
  prune.facts({ model: factsOf(model) }, { ...params, ...changed }) as ModelFacts;

for (const [name, network] of Object.entries(networksWithChannels)) {
  Deno.test(`${name}: the shapes after the cut are known before it`, () => {
    const model = livelyModel(network);
    for (const changed of [{ ratio: 0.3 }, { min_keep: 3 }, { round_to: 4 }]) {
      const cut = cutChannels(model, { ...params, ...changed }, 0);
      assert.deepEqual(pruneFacts(model, changed), factsOf(cut));
      assert.deepEqual(shapesOf(cut)[cut.outputs[0]!], shapesOf(network)[network.outputs[0]!]);
    }
  });
}

/** The half cut of a network, and the layers that write fewer channels than before it. */
function halved(network: Architecture, changed: object = {}) {
  const model = livelyModel(network);
  const cut = cutChannels(model, { ...params, ...changed }, 0);
  const [had, has] = [shapesOf(model), shapesOf(cut)].map((shapes) => (name: string) =>
    shapes[name]!.at(-1)!
  ) as [(name: string) => number, (name: string) => number];
  const smaller = model.layers.filter((layer) =>
    writesChannels(layer) && has(layer.name) < had(layer.name)
  );
  return { model, cut, smaller, left: smaller.map(({ name }) => [name, has(name)] as const) };
}

const reportedChannels = (before: Model, after: Model) =>
  (effectOfPruning(before, after) as unknown as { channels?: Record<string, ChannelsLost> })
    ?.channels ?? {};

Deno.test("of every kind of layer that writes channels, their loss is reported", () => {
  const reported = new Set<string>();
  for (const [name, network] of Object.entries(networksWithChannels)) {
    const { model, cut, smaller, left } = halved(network);
    const lost = Object.entries(reportedChannels(model, cut)).filter(([, { removed }]) =>
      removed > 0
    );
    assert.deepEqual(lost.map(([layer, { kept }]) => [layer, kept]), left, name);
    assert.deepEqual(cut.established.channels, Object.fromEntries(left), name);
    for (const { kind } of smaller) reported.add(kind);
  }
  const writing = kinds.filter(writesChannels).map(({ kind }) => kind);
  assert.deepEqual([...reported].sort(), writing.sort());
});

Deno.test("the cut of a generator's transposed convolutions alone has an effect, and is established", () => {
  const { model, cut, left } = halved(zooNetworks["dcgan-generator"]!, { exclude: ["project"] });
  assert.deepEqual(left, [["conv1", 2]]);
  assert.deepEqual(cut.established.channels, { conv1: 2 });
  assert.deepEqual(reportedChannels(model, cut), {
    project: { kept: 24, removed: 0 },
    conv1: { kept: 2, removed: 2 },
    conv2: { kept: 2, removed: 0 },
  });
});

Deno.test("what stays is a multiple of `round_to` and at least `min_keep`", () => {
  const model = livelyModel(resnet.build([8, 8, 3], 3, { depth: 8, width: 0.75 }));
  for (const scope of ["layer", "global"] as const) {
    const cut = cutChannels(model, { ...params, scope, ratio: 0.7, round_to: 4, min_keep: 5 }, 0);
    const lost = channelsLost(model, cut);
    for (const [layer, { kept, removed }] of Object.entries(lost)) {
      if (layer === "head.dense") assert.equal(removed, 0);
      else assert.ok(kept % 4 === 0 && kept >= 5, `${layer} keeps ${kept}`);
    }
    assert.ok(Object.values(lost).some(({ removed }) => removed > 0));
  }
});

Deno.test("globally the exact share of all channels goes, and no layer is left without", () => {
  const model = livelyModel(zooNetworks["cnn"]!);
  const cut = cutChannels(model, { ...params, scope: "global", ratio: 0.5 }, 0);
  const lost = Object.values(channelsLost(model, cut));
  assert.equal(lost.reduce((sum, { removed }) => sum + removed, 0), (4 + 6 + 8) / 2);
  assert.ok(lost.every(({ kept }) => kept > 0));
});

Deno.test("an excluded layer stays, and so does every layer tied to it", () => {
  const model = livelyModel(zooNetworks["resnet"]!);
  const cut = cutChannels(model, { ...params, exclude: ["stem", "stage3"] }, 0);
  const lost = Object.entries(channelsLost(model, cut)).filter(([, { removed }]) => removed > 0);
  assert.deepEqual(lost.map(([layer]) => layer), [
    "stage1.block1.conv1",
    "stage1.block2.conv1",
    "stage2.block1.conv1",
    "stage2.block1.conv2",
    "stage2.block1.shortcut",
    "stage2.block2.conv1",
    "stage2.block2.conv2",
  ]);
  assert.deepEqual(Object.keys(cut.established.channels!), lost.map(([layer]) => layer));
});

Deno.test("`per_layer` gives single layers their own ratio", () => {
  const model = livelyModel(zooNetworks["cnn"]!);
  const own = { "per_layer": [{ layers: ["conv2"], ratio: 0.34 }] };
  const lost = channelsLost(model, cutChannels(model, { ...params, ...own }, 0));
  assert.deepEqual(Object.values(lost).map(({ removed }) => removed), [2, 2, 4, 0]);
});

Deno.test("what cannot be pruned is refused at its place", () => {
  const model = livelyModel(zooNetworks["resnet"]!);
  const refusal = (changed: object) => {
    try {
      pruneFacts(model, changed);
    } catch (error) {
      assert.ok(error instanceof ParameterError, String(error));
      return [error.code, error.path];
    }
  };
  assert.deepEqual(refusal({ layers: ["head"] }), ["selector-empty", "layers"]);
  assert.deepEqual(refusal({ exclude: ["*"] }), ["selector-empty", "exclude"]);
  assert.deepEqual(refusal({ layers: ["stem"], exclude: ["stage1"] }), [
    "selector-empty",
    "exclude",
  ]);
  assert.deepEqual(refusal({ ratio: 0.01 }), ["out-of-range", "ratio"]);
  const moving = { use: "cubic", start: 0, end: 0.9 };
  assert.deepEqual(refusal({ ratio: moving }), ["unknown-value", "ratio"]);
  const twice = [{ layers: ["stem"], ratio: 0.1 }, { layers: ["s*"], ratio: 0.2 }];
  assert.deepEqual(refusal({ per_layer: twice }), ["duplicate-name", "per_layer.1.layers"]);
  const tied = [{ layers: ["stem"], ratio: 0.1 }, {
    layers: ["stage1.block1.conv2"],
    ratio: 0.2,
  }];
  assert.deepEqual(refusal({ per_layer: tied }), ["duplicate-name", "per_layer"]);
  assert.throws(
    () =>
      prune.facts({ model: factsOf(livelyModel(zooNetworks["cnn"]!)) }, {
        ...params,
        criterion: "bn-scale",
      }),
    (error) => error instanceof ParameterError && error.path === "criterion",
  );
});

Deno.test("of tied layers with two ratios both are named, a depthwise one too", () => {
  const network = livelyModel(zooNetworks["mobilenet-v1"]!);
  const refusal = (model: Model, entries: readonly (readonly [string, number])[]) => {
    const own = entries.map(([layer, ratio]) => ({ layers: [layer], ratio }));
    try {
      prune.facts({ model: factsOf(model) }, { ...params, per_layer: own });
    } catch (error) {
      assert.ok(error instanceof ParameterError, String(error));
      return `${error.message}: ${error.help}`;
    }
  };
  const sentence = (one: string, other: string, ratios: readonly [number, number]) =>
    `${one} and ${other} share their channels, so they need one ratio, not ${
      ratios.join(" and ")
    }: ` +
    `one entry for both: { layers: [${one}, ${other}], ratio: ${ratios[0]} }`;
  const tied = ["stem", "block1.depthwise"] as const;
  assert.equal(
    refusal(network, [["block1.depthwise", 0.2], ["stem", 0.3]]),
    sentence(...tied, [0.3, 0.2]),
  );
  // A ratio that an entry gives is meant, also where it is that of all the others.
  assert.equal(
    refusal(network, [["stem", 0.5], ["block1.depthwise", 0.2]]),
    sentence(...tied, [0.5, 0.2]),
  );
  assert.equal(refusal(network, [["stem", 0.2], ["block1.depthwise", 0.2]]), undefined);
  const residual = livelyModel(zooNetworks["resnet"]!);
  const [one, other] = ["stem", "stage1.block1.conv2"];
  assert.equal(refusal(residual, [[one, 0.1], [other, 0.2]]), sentence(one, other, [0.1, 0.2]));
});
