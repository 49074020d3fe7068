import assert from "node:assert/strict";
import type { Estimated } from "../../../ops/evaluate/answered.ts";
import {
  byTarget,
  determination,
  percentageError,
  rootMeanSquare,
} from "../../../ops/evaluate/estimate_scores.ts";
import { near, recordedNumbers, recordedTargets } from "./sklearn.ts";

const numbers = (y: readonly number[], logits: readonly number[], width = 1): Estimated => ({
  width,
  y: Float32Array.from(y),
  logits: Float32Array.from(logits),
});

for (const name of ["number", "pairs"] as const) {
  Deno.test(`errors of numbers are scikit-learn's, plain and weighted: ${name}`, () => {
    const { answered, weights, plain, weighted } = recordedNumbers(name);
    near(determination(answered), plain.r2);
    near(determination(answered, weights), weighted.r2);
    near(percentageError(answered)!, plain.mape);
    near(percentageError(answered, weights)!, weighted.mape);
    near(rootMeanSquare(answered) ** 2, plain.mse);
    near(rootMeanSquare(answered, weights) ** 2, weighted.mse);
  });
}

Deno.test("of a number that is always the same R² is 1 where it is met exactly, else 0", () => {
  assert.equal(determination(numbers([2, 2], [2, 2])), 1);
  assert.equal(determination(numbers([2, 2], [2, 3])), 0);
  assert.equal(determination(numbers([2, 1, 2, 3], [2, 1, 2, 3], 2)), 1);
});

Deno.test("truths of 0 are left out of percentages; where there are no others nothing is said", () => {
  assert.equal(percentageError(numbers([0, 2, -4], [9, 3, -4])), 0.25);
  assert.equal(percentageError(numbers([0, 2, -4], [9, 3, -4]), Uint32Array.of(5, 1, 0)), 0.5);
  assert.equal(percentageError(numbers([0], [9])), undefined);
});

Deno.test("figures of each target are scikit-learn's, by its name or its place", () => {
  const { answered, each } = recordedTargets();
  for (
    const [score, recorded] of [[rootMeanSquare, each.rmse], [determination, each.r2]] as const
  ) {
    const found = byTarget(answered, score as (answered: Estimated) => number);
    assert.deepEqual(Object.keys(found).toSorted(), ["2", "t", "u"]);
    ["t", "u", "2"].forEach((name, target) => near(found[name]!, recorded[target]!));
  }
});
