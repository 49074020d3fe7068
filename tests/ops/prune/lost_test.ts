/** What a report says of a pruning. */
import assert from "node:assert/strict";
import { denseModel } from "./dense_model.ts";
import { maskWeights } from "../../../ops/prune/mask_weights.ts";
import { shapesOf } from "../../../ops/model/layers.ts";
import { kinds } from "../../../ops/model/kinds/mod.ts";
import type { Architecture, Model } from "../../../ops/model/model.ts";
import { cutChannels } from "../../../ops/prune/cut_channels.ts";
import { writesChannels } from "../../../ops/model/channels.ts";
import { type ChannelsLost, effectOfPruning } from "../../../ops/prune/lost.ts";
import { livelyModel } from "../lively_model.ts";
import { networksWithChannels, zooNetworks } from "../zoo_networks.ts";

const params = {
  granularity: "channel",
  criterion: "l1",
  scope: "layer",
  ratio: 0.5,
  min_keep: 1,
  round_to: 1,
} as const;

/** Convolutions of volumes, of which no family of the zoo has any. */
const volumes: Architecture = {
  family: "loaded",
  head: "softmax",
  inputs: [{ name: "x", shape: [3, 4, 4, 2] }],
  layers: [
    {
      name: "down",
      kind: "conv3d",
      inputs: ["x"],
      ...{ filters: 4, kernel: [2, 2, 2], strides: [1, 2, 2], dilations: [1, 1, 1] },
      ...{ padding: "valid", bias: true, activation: "relu" },
    },
    {
      name: "up",
      kind: "conv3d-transpose",
      inputs: ["down"],
      ...{ filters: 6, kernel: [2, 2, 2], strides: [1, 2, 2] },
      ...{ padding: "valid", bias: true, activation: "relu" },
    },
    { name: "flat", kind: "flatten", inputs: ["up"] },
    {
      name: "head",
      kind: "dense",
      inputs: ["flat"],
      ...{ units: 3, bias: true, activation: "linear" },
    },
  ],
  outputs: ["head"],
};

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
  for (const [name, network] of Object.entries({ ...networksWithChannels, volumes })) {
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

Deno.test("only what was lost is told, and nothing where nothing was", () => {
  const model = denseModel([{ kernel: [[3, 1], [2, 4]] }, { kernel: [[5], [6]] }]);
  const once = maskWeights(model, { criterion: "magnitude", scope: "layer", ratio: 0.25 }, 0);
  assert.deepEqual(effectOfPruning(model, once), {
    weights: {
      "dense1/kernel": { zeros: 1, of: 4, newly: 1 },
      "dense2/kernel": { zeros: 0, of: 2, newly: 0 },
    },
  });
  assert.deepEqual(effectOfPruning(once, cutChannels(once, params, 0)), {
    channels: { dense1: { kept: 1, removed: 1 }, dense2: { kept: 1, removed: 0 } },
  });
  assert.equal(effectOfPruning(once, once), undefined);
  assert.equal(effectOfPruning(model, model), undefined);
});
