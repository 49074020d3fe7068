/** Channels by what comes out of their ReLU, counted by hand. */
import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { type Layer, type Model, structureOf } from "../../../ops/model/model.ts";
import { floatWeight } from "../../../ops/model/weights.ts";
import { activationsOfUnits } from "../../../ops/prune/activation_scores.ts";
import { channelMap } from "../../../ops/model/channels.ts";
import { prune } from "../../../ops/prune/prune.ts";
import { runContext } from "../run_context.ts";
import { tableData } from "../learn/small_trainings.ts";
import { denseModel } from "./dense_model.ts";
import { assertClose } from "../../close.ts";

refuseLeaks(true);

const identity = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
const table = tableData([[1, -1, 2], [2, -2, -1], [-3, 1, 0], [1, -1, 6]], [[0], [0], [0], [0]]);
const relu = denseModel([
  { kernel: identity, activation: "relu" },
  { kernel: [[1], [1], [1]] },
]);

async function scores(model: Model, data: Dataset, criterion: "activation-mean" | "apoz") {
  const found = await activationsOfUnits({ model, data }, criterion, runContext());
  const [group] = channelMap(structureOf(model)).groups;
  return group!.units.map(({ id }) => found.get(id)!);
}

Deno.test("apoz is the share of zeros after the ReLU: a 0 is one, a negative has become one", async () => {
  assertClose(await scores(relu, table, "apoz"), [1 - 1 / 4, 1 - 3 / 4, 1 - 2 / 4]);
});

Deno.test("the mean is that after the ReLU, against the layer's", async () => {
  // Columns of max(x, 0): 1 2 0 1, 0 0 1 0, 2 0 0 6.
  const means = [1, 0.25, 2];
  assertClose(await scores(relu, table, "activation-mean"), means.map((mean) => mean / (3.25 / 3)));
});

Deno.test("a layer of which nothing comes matters nothing; what a training would drop is not dropped", async () => {
  const [first, head] = relu.layers as [Layer, Layer];
  const drop = { name: "drop", kind: "dropout", inputs: ["dense1"], rate: 0.5 } as const;
  const dropping: Model = {
    ...relu,
    layers: [first, drop, { ...head, inputs: ["drop"] } as Layer],
  };
  assertClose(await scores(dropping, table, "apoz"), [1 - 1 / 4, 1 - 3 / 4, 1 - 2 / 4]);
  const dead = tableData([[-1, -2, -3], [0, -1, 0]], [[0], [0]]);
  for (const criterion of ["apoz", "activation-mean"] as const) {
    assert.deepEqual(await scores(dropping, dead, criterion), [0, 0, 0]);
  }
});

Deno.test("all batches count, up to 512 samples", async () => {
  const rows = Array.from(
    { length: 600 },
    (_, i) => i < 128 ? [1, -1, 2] : i < 512 ? [-1, -1, 2] : [9, 9, 9],
  );
  const long = tableData(rows, rows.map(() => [0]));
  assertClose(await scores(relu, long, "apoz"), [1 / 4, 0, 1]);
  assertClose(await scores(relu, long, "activation-mean"), [0.25, 0, 2].map((mean) => mean / 0.75));
});

/** A 1×1 convolution without activation, a ReLU of its own, twice the channels of a depthwise with a second ReLU. */
const pixels: Model = {
  ...relu,
  inputs: [{ name: "input", shape: [1, 2, 1] }],
  layers: [
    { ...window("conv1", "input"), kind: "conv", filters: 2, activation: "linear" },
    { name: "relu1", kind: "activation", inputs: ["conv1"], activation: "relu" },
    { ...window("depth1", "relu1"), kind: "depthwise", multiplier: 1, activation: "relu" },
    { name: "pool", kind: "global-average-pool", inputs: ["depth1"] },
    { name: "head", kind: "dense", inputs: ["pool"], units: 1, bias: false, activation: "linear" },
  ],
  outputs: ["head"],
  weights: {
    "conv1/kernel": floatWeight([1, 1, 1, 2], Float32Array.of(1, -1)),
    "depth1/kernel": floatWeight([1, 1, 2, 1], Float32Array.of(-1, 3)),
    "head/kernel": floatWeight([2, 1], Float32Array.of(1, 1)),
  },
};

function window(name: string, input: string) {
  return {
    name,
    inputs: [input],
    kernel: [1, 1],
    strides: [1, 1],
    padding: "same",
    dilations: [1, 1],
    bias: false,
  } as const;
}

const images: Dataset = {
  ...table,
  meta: { ...table.meta, input: [1, 2, 1] },
  parts: Object.fromEntries(
    (["train", "validation"] as const).map((name) => [
      name,
      { count: 2, x: Float32Array.of(1, -1, 2, 3), y: Float32Array.of(0, 0) },
    ]),
  ),
};

Deno.test("every position counts, and a channel that passes several ReLUs has their mean", async () => {
  // relu1: 1 0 2 3 and 0 1 0 0; depth1: all 0 and 0 3 0 0.
  assertClose(await scores(pixels, images, "apoz"), [(3 / 4 + 0) / 2, (1 / 4 + 1 / 4) / 2]);
  assertClose(await scores(pixels, images, "activation-mean"), [
    (1.5 / 0.875 + 0) / 2,
    (0.25 / 0.875 + 0.75 / 0.375) / 2,
  ]);
});

Deno.test("through the op the channel that is silent most often goes, and training samples are read", async () => {
  for (const [criterion, left] of [["apoz", [0, 2]], ["activation-mean", [0, 2]]] as const) {
    const params = {
      granularity: "channel",
      ratio: 1 / 3,
      criterion,
      scope: "layer",
      min_keep: 1,
      round_to: 1,
    } as const;
    assert.deepEqual(prune.inputs.data.parts!(params), ["meta", "train"]);
    const cut = await prune.run({ model: relu, data: table }, params, runContext());
    const expected = [0, 1, 2].flatMap((input) => left.map((unit) => identity[input]![unit]!));
    assert.deepEqual([...cut.weights["dense1/kernel"]!.data], expected);
  }
});

Deno.test("channels without a ReLU cannot be ranked by what comes out of it", () => {
  const linear = denseModel([{ kernel: identity }, { kernel: [[1], [1], [1]] }]);
  const facts = { model: modelFacts(structureOf(linear), linear) };
  const params = { granularity: "channel", ratio: 0.5, criterion: "apoz", scope: "layer" } as const;
  assert.throws(
    () => prune.facts!(facts, { ...params, min_keep: 1, round_to: 1 }),
    /`apoz` ranks channels by their values after a ReLU; none follows dense1/,
  );
});

Deno.test("the threads of the step compute", async () => {
  const idle = { ...runContext(), threads: 0 };
  await assert.rejects(
    activationsOfUnits({ model: relu, data: table }, "apoz", idle),
    /with 0 threads/,
  );
});
