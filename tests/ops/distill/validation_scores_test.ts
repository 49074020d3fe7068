import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { Dataset, Part } from "../../../ops/data/dataset.ts";
import { validationScores } from "../../../ops/distill/validation_scores.ts";
import { tableData } from "../learn/small_trainings.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";

refuseLeaks(true);

const line = (slope: number) => denseModel([{ kernel: [[slope]], bias: [0] }]);

/** Answers class 1 of numbers above a threshold. */
const above = (threshold: number) => denseModel([{ kernel: [[0, 1]], bias: [0, -threshold] }]);

const { meta, parts } = tableData([[1], [2]], [[1], [4]]);
const table: Dataset = { meta, parts: { validation: parts.train! } };

const classes: Dataset = {
  meta: { ...meta, task: "classification", classes: ["low", "high"], outputs: 2 },
  parts: {
    // Of the training samples every label is wrong: they must not be asked.
    train: { count: 4, x: Float32Array.of(0, 1, 2, 3), y: Int32Array.of(1, 1, 0, 0) },
    validation: { count: 4, x: Float32Array.of(0, 1, 2, 3), y: Int32Array.of(0, 0, 1, 1) },
  },
};

Deno.test("scores are higher where a model is better: minus the squared error, or accuracy, in order", async () => {
  const context = runContext();
  const found = await validationScores([line(1), line(2), line(0)], table, "one", context);
  assert.deepEqual(found, [-(0 + 4) / 2, -(1 + 0) / 2, -(1 + 16) / 2]);
  assert.deepEqual(context.reported.fractions, [1 / 3, 2 / 3, 1]);
  const said: string[] = [];
  const progress = (_: number, text?: string) => void said.push(text!);
  await validationScores([line(1), line(2)], table, "one", { ...context, progress });
  assert.deepEqual(said, ["1 of 2 models", "2 of 2 models"]);
  const models = [above(1.5), above(0.5), above(9)];
  assert.deepEqual(await validationScores(models, classes, "one", context), [1, 0.75, 0.5]);
});

Deno.test("a signal ends it, and it computes with the threads of its step", async () => {
  const stopped = runContext({ signal: AbortSignal.abort(new Error("enough")) });
  await assert.rejects(validationScores([line(1)], table, "one", stopped), /enough/);
  const idle = { ...runContext(), threads: 0 };
  await assert.rejects(validationScores([line(1)], table, "one", idle), /with 0 threads/);
});

Deno.test("nothing is chosen without labelled validation samples, and what it was is said", async () => {
  const refused = (validation: Part, what = "") =>
    assert.rejects(
      validationScores([line(1)], { meta, parts: { validation } }, "the best peer", runContext()),
      new RangeError(`Cannot choose the best peer: the data have no validation samples${what}`),
    );
  await refused({ count: 0, x: new Float32Array(), y: new Float32Array() });
  await refused({ ...parts.train!, y: null }, " with labels");
  await refused({ count: 0, x: new Float32Array(), y: null });
});
