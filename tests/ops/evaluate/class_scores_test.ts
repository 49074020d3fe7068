import assert from "node:assert/strict";
import type { Chosen } from "../../../ops/evaluate/answered.ts";
import {
  byClass,
  f1,
  macro,
  micro,
  precision,
  recall,
} from "../../../ops/evaluate/class_scores.ts";
import { near, recordedClasses, recordedLabels } from "./sklearn.ts";

const scores = [precision, recall, f1];

/** Answers 0, 1, 1, 2, 0 against 0, 1, 2, 2, 2. */
const answered = {
  ...{ classes: ["cat", "dog"], width: 4, y: Int32Array.of(0, 1, 2, 2, 2) },
  answers: Int32Array.of(0, 1, 1, 2, 0),
} as unknown as Chosen;

Deno.test("by class: of the answers, of the samples, and both; a class without samples is left out", () => {
  assert.deepEqual(byClass(answered, precision), { cat: 0.5, dog: 0.5, 2: 1 });
  assert.deepEqual(byClass(answered, recall), { cat: 1, dog: 1, 2: 1 / 3 });
  assert.deepEqual(byClass(answered, f1), { cat: 2 / 3, dog: 2 / 3, 2: 0.5 });
});

Deno.test("a class that is never answered has a precision of 0; one nobody has or answers counts in no mean", () => {
  const never = { ...answered, answers: Int32Array.of(0, 0, 0, 0, 0) };
  assert.deepEqual(byClass(never, precision), { cat: 1 / 5, dog: 0, 2: 0 });
  assert.equal(macro(never, precision), 1 / 15);
  // Class 3 is nowhere; a class that is only answered counts.
  assert.equal(macro(answered, recall), (1 + 1 + 1 / 3) / 3);
  const wrong = { ...answered, answers: Int32Array.of(3, 1, 1, 2, 0) };
  near(macro(wrong, recall), (0 + 1 + 1 / 3 + 0) / 4);
});

for (const name of ["four", "two"] as const) {
  Deno.test(`precision, recall and F1 are scikit-learn's, plain and weighted: ${name} classes`, () => {
    const { answered, weights, ...recorded } = recordedClasses(name);
    for (
      const [found, each] of [[recorded.plain, undefined], [recorded.weighted, weights]] as const
    ) {
      for (const [at, score] of scores.entries()) {
        near(macro(answered, score, each), found.macro[at]!);
        near(micro(answered, score, each), found.micro[at]!);
        if (each !== undefined) continue;
        for (const [index, value] of Object.values(byClass(answered, score)).entries()) {
          near(value, found.classes[at]![index]!);
        }
      }
    }
  });
}

Deno.test("precision, recall and F1 of several labels are scikit-learn's, plain and weighted", () => {
  const { answered, weights, plain, weighted } = recordedLabels();
  for (const [found, counts] of [[plain, undefined], [weighted, weights]] as const) {
    for (const [at, score] of scores.entries()) {
      near(macro(answered, score, counts), found.macro[at]!);
      near(micro(answered, score, counts), found.micro[at]!);
    }
  }
  for (const [at, score] of scores.entries()) {
    const named = byClass(answered, score);
    assert.deepEqual(Object.keys(named), ["a", "b", "c"]);
    Object.values(named).forEach((value, label) => near(value, plain.classes[at]![label]!));
  }
});

Deno.test("a label that nobody has or answers counts in the mean of labels as 0", () => {
  const never = {
    ...{ several: true as const, classes: ["a", "b"], width: 2 },
    ...{ y: Float32Array.of(1, 0, 1, 0), logits: Float32Array.of(1, -1, 1, 0) },
  };
  assert.equal(macro(never, f1), 0.5);
  assert.deepEqual(byClass(never, f1), { a: 1 });
});
