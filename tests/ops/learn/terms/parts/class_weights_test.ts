import assert from "node:assert/strict";
import type { DatasetFacts } from "../../../../../engine/op.ts";
import type { Dataset } from "../../../../../ops/data/dataset.ts";
import {
  classCounts,
  type ClassWeights,
  classWeightsRefusal,
  weightOfClasses,
} from "../../../../../ops/learn/terms/parts/class_weights.ts";

const meta = {
  ...{ input: [1], type: "float32" as const, task: "classification" as const },
  ...{ classes: ["ham", "spam", "none"], outputs: 3, normalize: { scale: [1], offset: [0] } },
};

/** Six samples of the first class, two of the second. */
const data = (
  y: Int32Array | Float32Array | null,
  more: Partial<Dataset["meta"]> = {},
): Dataset => ({
  meta: { ...meta, ...more },
  parts: { train: { count: 8, x: new Float32Array(8), y } },
});
const labels = Int32Array.of(0, 0, 1, 0, 0, 1, 0, 0);

Deno.test("the training samples of each class are counted, where answers are classes", () => {
  assert.deepEqual(classCounts(data(labels)), { names: meta.classes, counts: [6, 2, 0] });
  assert.equal(classCounts(data(null)), undefined);
  assert.equal(classCounts(data(new Float32Array(8), { task: "regression" })), undefined);
  assert.equal(classCounts(data(labels, { task: "next-token" })), undefined);
});

Deno.test("balanced classes count alike together, and their mean over the samples is 1", () => {
  const weights = weightOfClasses("balanced", { names: meta.classes, counts: [6, 2, 0] });
  // scikit-learn's compute_class_weight("balanced"): 8 / (2 · 6) and 8 / (2 · 2).
  assert.deepEqual(weights, [8 / 12, 2, 0]);
  assert.equal(6 * weights[0]! + 2 * weights[1]!, 8);
});

Deno.test("factors in order are taken as they are, by name those of the others are 1", () => {
  const counts = { names: meta.classes, counts: [6, 2, 0] };
  assert.deepEqual(weightOfClasses([1, 5, 2], counts), [1, 5, 2]);
  assert.deepEqual(weightOfClasses({ spam: 5 }, counts), [1, 5, 1]);
});

Deno.test("factors that are none of the data are refused with those that would be", () => {
  const refusal = (said: ClassWeights, more: Partial<DatasetFacts> = {}) =>
    classWeightsRefusal(said, { kind: "dataset", ...more });
  const facts = { task: "classification" as const, classes: meta.classes, outputs: 3 };
  for (const said of ["balanced" as const, [1, 2, 3], { spam: 2 }]) {
    assert.equal(refusal(said), undefined);
    assert.equal(refusal(said, facts), undefined);
  }
  assert.deepEqual(refusal("balanced", { task: "regression" }), {
    field: "class_weights",
    message: "class weights are of samples that have a class, and the task is regression",
    help: "leave class_weights out",
  });
  assert.deepEqual(refusal([1, 2], facts), {
    field: "class_weights",
    message: "there are 3 classes, and these are 2 factors",
    help: "one for each class, or balanced, or some by name: { spam: 5 }",
  });
  assert.deepEqual(refusal({ eggs: 2 }, facts), {
    field: "class_weights",
    message: 'the data have no class "eggs"',
    help: "the classes are ham, spam, none",
  });
  const many = Array.from({ length: 21 }, (_, i) => `c${i}`);
  assert.match(refusal({ eggs: 2 }, { classes: many })!.help, /c18, c19, …$/);
});
