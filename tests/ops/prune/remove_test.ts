import assert from "node:assert/strict";
import { denseModel } from "./dense_model.ts";
import type { Architecture, Model, Weight } from "../../../ops/model/model.ts";
import { structureOf, weightName } from "../../../ops/model/model.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { assertSound } from "../../../ops/model/sound.ts";
import { countOf } from "../../../ops/prune/ranking.ts";
import { cutChannels } from "../../../ops/prune/cut_channels.ts";
import { type ChannelMap, channelMap } from "../../../ops/model/channels.ts";
import { shrunkModel } from "../../../ops/prune/remove.ts";
import { fc } from "../../deps.ts";
import { livelyModel, noise } from "../lively_model.ts";
import { plainLogits } from "../plain_forward.ts";
import { bert } from "../../../ops/model/zoo/bert.ts";
import { networksWithChannels, zooNetworks } from "../zoo_networks.ts";
import { networks } from "./random_networks.ts";

const channelParams = {
  criterion: "l1",
  scope: "layer",
  min_keep: 1,
  round_to: 1,
} as const;

/** The model in which everything that writes the channels `silent` is zero, so that they carry zeros. */
function silenced(model: Model, map: ChannelMap, silent: ReadonlySet<number>): Model {
  const weights: Record<string, Weight> = { ...model.weights };
  for (const layer of model.layers) {
    for (const role of ["kernel", "bias", "gamma", "beta"] as const) {
      const name = weightName(layer.name, role);
      const weight = weights[name];
      if (weight === undefined) continue;
      const channels = map.channels[layer.name]!;
      // The last axis of every role but a depthwise kernel's is the output channel.
      const width = layer.kind === "depthwise" && role === "kernel"
        ? weight.shape[2]! * weight.shape[3]!
        : weight.shape.at(-1)!;
      const data = weight.data.map((w, i) => silent.has(channels[i % width]!) ? 0 : w);
      weights[name] = { ...weight, data };
    }
  }
  return { ...model, weights };
}

function assertSameFunction(one: Model, other: Model): void {
  for (let index = 0; index < 3; index++) {
    const [a, b] = [one, other].map((model) => plainLogits(model, noise(model, 5, index)));
    a!.forEach((value, i) => assert.ok(Math.abs(value - b![i]!) <= 1e-9 * (1 + Math.abs(value))));
  }
}

for (const [name, network] of Object.entries(networksWithChannels)) {
  Deno.test(`${name}: a model whose channels are silent equals the model without them`, () => {
    const map = channelMap(network);
    const ratio = 0.5;
    const silent = new Set(
      map.groups.flatMap(({ units }, g) =>
        // Not the first ones: the choice has to come from the scores.
        units.slice(g % 2 === 0 ? -countOf(ratio * units.length) : 1).slice(
          0,
          countOf(ratio * units.length),
        ).map((unit) => unit.id)
      ),
    );
    const model = silenced(livelyModel(network), map, silent);
    const cut = cutChannels(model, { ...channelParams, ratio }, 0);
    assertSound(cut);
    assertSameFunction(model, cut);
    const kept = Object.values(cut.weights).reduce((sum, { data }) => sum + data.length, 0);
    assert.equal(kept, modelFacts(structureOf(cut), cut).parameters);
    const before = modelFacts(network, model).parameters!;
    assert.ok(kept < 0.75 * before, `${kept} of ${before} parameters are left`);
  });
}

Deno.test("a model whose heads are silent equals the model without them, which has fewer heads", () => {
  const network = bert.build([5], 3, {
    ...{ depth: 2, hidden: 8, heads: 4, vocabulary: 9, dropout: 0 },
  });
  const map = channelMap(network, { heads: true });
  const attentions = map.groups.filter(({ layers }) => layers[0]!.endsWith(".query"));
  assert.deepEqual(
    attentions.map(({ layers }) => layers),
    [1, 2].map((block) =>
      ["query", "key", "value"].map((side) => `block${block}.attention.${side}`)
    ),
  );
  const silent = new Set(attentions.flatMap(({ units }) => [units[0]!.id, units[2]!.id]));
  const model = silenced(livelyModel(network), map, silent);
  const cut = cutChannels(model, {
    ...channelParams,
    ...{ ratio: 0.5, heads: true, layers: [1, 2].map((block) => `block${block}.attention.query`) },
  }, 0);
  assertSound(cut);
  assertSameFunction(model, cut);
  const heads = cut.layers.flatMap((layer) => layer.kind === "attention" ? [layer.heads] : []);
  assert.deepEqual(heads, [2, 2]);
  const shape = (name: string) => cut.weights[`block1.attention.${name}/kernel`]!.shape;
  assert.deepEqual([shape("query"), shape("value"), shape("output")], [[8, 4], [8, 4], [4, 8]]);
});

Deno.test("heads stay where nobody asks for them", () => {
  const network = zooNetworks.bert!;
  const { groups } = channelMap(network);
  assert.ok(!groups.some(({ layers }) => layers.some((name) => name.includes(".attention.query"))));
  const { layers } = cutChannels(livelyModel(network), { ...channelParams, ratio: 0.5 }, 0);
  const heads = (all: Architecture["layers"]) =>
    all.flatMap((layer) => layer.kind === "attention" ? [layer.heads] : []);
  assert.deepEqual(heads(layers), heads(network.layers));
});

Deno.test("in any network, removing channels that carry zeros changes nothing", () => {
  fc.assert(
    fc.property(networks, fc.infiniteStream(fc.boolean()), (network, coins) => {
      const map = channelMap(network);
      const silent = new Set(
        map.groups.flatMap(({ units }) =>
          units.slice(1).filter(() => coins.next().value).map((unit) => unit.id)
        ),
      );
      const model = silenced(livelyModel(network), map, silent);
      const cut = shrunkModel(model, map, silent);
      assertSound(cut);
      assertSameFunction(model, cut);
    }),
    { numRuns: 60, seed: 7 },
  );
});

Deno.test("what stays keeps its mask and its integers' scales, and what is not touched is as before", () => {
  const model = denseModel([
    { kernel: [[1, 1, 1]], bias: [5, 6, 7] },
    { kernel: [[1, 2], [3, 4], [5, 6]], bias: [8, 9] },
  ]);
  const integers: Weight = {
    shape: [1, 3],
    encoding: {
      use: "affine",
      bits: 8,
      axis: 1,
      symmetry: "asymmetric",
      scale: Float32Array.of(0.5, 0.25, 2),
      zero: Int32Array.of(-1, 3, 7),
    },
    data: Int8Array.of(10, 20, 30),
    mask: Uint8Array.of(1, 0, 1),
  };
  const rows: Weight = {
    ...integers,
    shape: [3, 2],
    data: Int8Array.of(1, 2, 3, 4, 5, 6),
    mask: Uint8Array.of(0, 1, 1, 1, 0, 1),
  };
  const before: Model = {
    ...model,
    weights: { ...model.weights, "dense1/kernel": integers, "dense2/kernel": rows },
  };
  const map = channelMap(before);
  const [group] = map.groups;
  const after = shrunkModel(before, map, new Set([group!.units[1]!.id]));
  assert.deepEqual(after.weights["dense1/kernel"], {
    shape: [1, 2],
    encoding: {
      ...integers.encoding,
      scale: Float32Array.of(0.5, 2),
      zero: Int32Array.of(-1, 7),
    },
    data: Int8Array.of(10, 30),
    mask: Uint8Array.of(1, 1),
  });
  // The second layer loses a row: its scales are those of columns.
  assert.deepEqual(after.weights["dense2/kernel"], {
    shape: [2, 2],
    encoding: rows.encoding,
    data: Int8Array.of(1, 2, 5, 6),
    mask: Uint8Array.of(0, 1, 0, 1),
  });
  assert.deepEqual([...after.weights["dense1/bias"]!.data], [5, 7]);
  assert.equal(after.weights["dense2/bias"], before.weights["dense2/bias"]);
  assert.deepEqual(after.layers[1], before.layers[1]);
  assert.equal(before.weights["dense1/kernel"]!.data.length, 3);
});
