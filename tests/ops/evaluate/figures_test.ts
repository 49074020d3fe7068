import assert from "node:assert/strict";
import { type Answered, figures, suits, usualFigures } from "../../../ops/evaluate/figures.ts";
import { agreementOf, answersOf, scoreOf } from "../../../ops/train/score.ts";

/** Five samples of three classes; answers 0, 1, 1, 2, 0 against 0, 1, 2, 2, 2. */
const answered: Answered = {
  count: 5,
  width: 3,
  logits: Float32Array.of(3, 1, 2, 0, 5, 1, 0, 2, 1, -3, -2, -1, 1, 0, 0.5),
  y: Int32Array.of(0, 1, 2, 2, 2),
  classes: ["cat", "dog", "owl"],
  surprise: Float32Array.of(0.5, 0.25, 1, 0.25, 0.5),
};

Deno.test("accuracy counts right answers", () => {
  assert.equal(figures.accuracy.of(answered), 3 / 5);
});

Deno.test("of equal logits the lower class is the answer", () => {
  assert.deepEqual([...answersOf(Float32Array.of(1, 1, 0, 2, 2, 2), 3)], [0, 0]);
});

Deno.test("confusion is truth by answer, recall is by class and leaves out classes without samples", () => {
  assert.deepEqual(figures.confusion.of(answered), [[1, 0, 0], [0, 1, 0], [1, 1, 1]]);
  assert.deepEqual(figures.recall.of(answered), { cat: 1, dog: 1, owl: 1 / 3 });
  assert.deepEqual(figures.recall.of({ ...answered, y: Int32Array.of(0, 1, 1, 1, 0) }), {
    cat: 1,
    dog: 2 / 3,
  });
});

Deno.test("top5 asks whether the truth is among the five largest", () => {
  const logits = Float32Array.of(6, 5, 4, 3, 2, 1, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0);
  const six = { ...answered, count: 3, width: 6, logits };
  assert.equal(figures.top5.of({ ...six, y: Int32Array.of(5, 5, 4) }), 2 / 3);
  assert.equal(figures.top5.of({ ...six, y: Int32Array.of(0, 0, 5) }), 1 / 3);
});

Deno.test("loss is the mean surprise, or the mean squared error", () => {
  assert.equal(figures.loss.of(answered), 0.5);
  const { surprise: _, ...numbers } = {
    ...answered,
    width: 1,
    logits: Float32Array.of(1, 2),
    y: Float32Array.of(0, 4),
  };
  assert.equal(figures.loss.of(numbers), 2.5);
  assert.equal(figures.mae.of(numbers), 1.5);
});

Deno.test("agreement is the fraction of equal answers; a score is higher where a model is better", () => {
  assert.equal(agreementOf(Int32Array.of(1, 2, 3, 4), Int32Array.of(1, 2, 0, 0)), 0.5);
  assert.equal(scoreOf(Float32Array.of(0, 1, 1, 0), 2, Int32Array.of(1, 1)), 0.5);
  assert.equal(scoreOf(Float32Array.of(1, 2), 1, Float32Array.of(1, 4)), -2);
});

Deno.test("each task has its usual figures, and they suit it", () => {
  for (const task of ["classification", "regression"] as const) {
    for (const name of usualFigures(task)) assert.ok(suits(name, task));
  }
  assert.ok(!suits("accuracy", "regression") && !suits("mae", "classification"));
});
