import assert from "node:assert/strict";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { evaluate } from "../../../ops/evaluate/evaluate.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";

/** Answers with the larger of two numbers, or always with the second class. */
const larger = denseModel([{ kernel: [[1, 0], [0, 1]], bias: [0, 0] }]);
const second = denseModel([{ kernel: [[0, 0], [0, 0]], bias: [0, 1] }]);

const data = (x: number[], y: number[]): Dataset => ({
  meta: {
    ...{ input: [2], type: "float32" as const, task: "classification" as const },
    ...{ classes: ["left", "right"], outputs: 2, normalize: { scale: [1], offset: [0] } },
  },
  parts: { test: { count: y.length, x: Float32Array.from(x), y: Int32Array.from(y) } },
});

const noted = async (given: Dataset, reference: typeof larger | undefined) => {
  const context = runContext();
  const format = { use: "tfjs", storage: "native", shard: "4 MiB", tolerance: 0.001 } as const;
  const params = { split: "test", format } as const;
  await evaluate.run({ model: larger, reference, data: given }, params as never, context);
  return context.reported.notes;
};

Deno.test("the samples on which a model and its reference differ are noted with the truth", async () => {
  // Answers by hand: left, right, left, right; the reference says right to all.
  const notes = await noted(data([2, 0, 0, 3, 1, 0, 0, 1], [0, 1, 1, 1]), second);
  assert.deepEqual(notes.differing, [
    { sample: 0, truth: 0, answer: 0, reference: 1 },
    { sample: 2, truth: 1, answer: 0, reference: 1 },
  ]);
});

Deno.test("no more are noted than a person looks at, and none without a reference", async () => {
  const all = data(Array.from({ length: 80 }, (_, at) => 1 - at % 2), new Array(40).fill(0));
  assert.equal(((await noted(all, second)).differing as unknown[]).length, 24);
  assert.deepEqual(await noted(all, undefined), {});
});
