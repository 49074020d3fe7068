/** How much a channel matters, by hand. */
import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import type { Layer, Model } from "../../../ops/model/model.ts";
import { floatWeight } from "../../../ops/model/weights.ts";
import { CHANNEL_SCORES, type ChannelCriterion } from "../../../ops/prune/criteria.ts";
import { cutChannels } from "../../../ops/prune/cut_channels.ts";
import { channelMap } from "../../../ops/model/channels.ts";
import { livelyModel } from "../lively_model.ts";
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

const bySeed = (model: Model, criterion: ChannelCriterion, seed: number) => {
  const map = channelMap(model);
  return [...CHANNEL_SCORES[criterion](map.groups[0]!, { model, map, seed })];
};

Deno.test("l2 is the root of the squares, over the layer's mean", () => {
  const model = denseModel([{ kernel: transposed([[3, -4], [0, 1]]) }, { kernel: [[1], [1]] }]);
  assert.deepEqual(scoresOf(model, "l2"), [5 / 3, 1 / 3]);
  assert.deepEqual(scoresOf(model, "l1"), [7 / 4, 1 / 4]);
});

Deno.test("the filters of a layer of zeros matter nothing, and are numbers", () => {
  const model = denseModel([{ kernel: [[0, 0]] }, { kernel: [[1], [1]] }]);
  for (const criterion of ["l1", "l2", "fpgm"] as const) {
    assert.deepEqual(scoresOf(model, criterion), [0, 0]);
  }
});

Deno.test("a random score is the draw of the group's first layer and the seed, one per channel", () => {
  const model = denseModel([{ kernel: [[1, 2, 3]] }, { kernel: [[1], [1], [1]] }]);
  const draws = stream(9, "prune:dense1");
  assert.deepEqual(bySeed(model, "random", 9), [0, 1, 2].map((unit) => draws.uniform(0, unit)));
});

Deno.test("a channel that two batch normalisations scale has their mean scale, without its sign", () => {
  const plain = denseModel([{ kernel: [[1, 1]] }, { kernel: [[1], [1]] }]);
  const norm = (name: string, input: string) =>
    ({
      name,
      kind: "batchnorm",
      inputs: [input],
      epsilon: 1e-3,
      momentum: 0.9,
      activation: "relu",
    }) as const;
  const [first, head] = plain.layers as [Layer, Layer];
  const gammas = { one: [-1, 3], two: [5, 0.5] };
  const model: Model = {
    ...plain,
    layers: [first, norm("one", "dense1"), norm("two", "one"), { ...head, inputs: ["two"] }],
    weights: {
      ...plain.weights,
      ...Object.fromEntries(
        Object.entries(gammas).map(([name, values]) =>
          [`${name}/gamma`, floatWeight([2], Float32Array.from(values))] as const
        ),
      ),
    },
  };
  assert.deepEqual(scoresOf(model, "bn-scale"), [3, 1.75]);
});
