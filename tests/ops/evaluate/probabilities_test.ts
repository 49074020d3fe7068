import assert from "node:assert/strict";
import type { Chosen } from "../../../ops/evaluate/answered.ts";
import {
  areaByLabel,
  areaOfLabels,
  areaUnderCurve,
  calibrationError,
} from "../../../ops/evaluate/probabilities.ts";
import { fc } from "../../deps.ts";
import { near, recordedClasses, recordedLabels } from "./sklearn.ts";

const chosen = (y: readonly number[], answers: readonly number[], width = 2) =>
  ({ y: Int32Array.from(y), answers: Int32Array.from(answers), width }) as unknown as Chosen;

/** Two classes by the probability of the second. */
const pairs = (...second: number[]) => Float64Array.from(second.flatMap((p) => [1 - p, p]));

for (const name of ["four", "two"] as const) {
  Deno.test(`the area under the curve is scikit-learn's, plain and weighted: ${name} classes`, () => {
    const { answered, weights, plain, weighted } = recordedClasses(name);
    const area = areaUnderCurve(answered, answered.probabilities!);
    near(area()!, plain.auc);
    near(area(weights)!, weighted.auc);
  });
}

Deno.test("the area is the share of pairs in the right order, half of the ties counted", () => {
  const weight = fc.integer({ min: 0, max: 3 });
  const sample = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 4 }), weight);
  fc.assert(fc.property(fc.array(sample, { minLength: 1, maxLength: 12 }), (samples) => {
    let [right, all] = [0, 0];
    for (const [positive, score, often] of samples) {
      for (const [other, less, times] of samples) {
        if (!positive || other) continue;
        all += often * times;
        right += often * times * (score > less ? 1 : score === less ? 0.5 : 0);
      }
    }
    const y = samples.map(([positive]) => positive ? 1 : 0);
    const area = areaUnderCurve(chosen(y, y), pairs(...samples.map(([, score]) => score / 4)));
    const found = area(Uint32Array.from(samples, ([, , often]) => often));
    if (all === 0) assert.equal(found, undefined);
    else near(found!, right / all);
  }));
});

Deno.test("of three classes those that all samples or none have are left out", () => {
  const rows = Float64Array.of(0.5, 0.5, 0, 0.2, 0.8, 0, 0.4, 0.6, 0);
  // Class 2 has no sample; for 0 and 1 two of two pairs are in order.
  assert.equal(areaUnderCurve(chosen([0, 1, 1], [0, 1, 1], 3), rows)(), 1);
  assert.equal(areaUnderCurve(chosen([1, 1, 1], [1, 1, 1], 3), rows)(), undefined);
});

Deno.test("the calibration error is the mean distance of sureness and accuracy by bin", () => {
  // Bins of 1/15: 0.9 and 0.92 share one (13.5 and 13.8), 0.6 is on an edge and falls into the ninth.
  const answered = chosen([1, 0, 1, 0], [1, 1, 1, 1]);
  const error = calibrationError(answered, pairs(0.9, 0.92, 0.6, 0.59));
  const first = Math.abs(0.9 + 0.92 - 1);
  const second = Math.abs(0.6 + 0.59 - 1);
  near(error()!, (first + second) / 4);
  near(error(Uint32Array.of(2, 0, 1, 1))!, (Math.abs(1.8 - 2) + second) / 4);
  assert.equal(calibrationError(chosen([1], [1]), pairs(1))(), 0);
  assert.equal(calibrationError(chosen([0], [1]), pairs(1))(), 1);
});

Deno.test("the areas of labels are scikit-learn's, plain and weighted; one that all or none have has none", () => {
  const { answered, weights, plain, weighted } = recordedLabels();
  const area = areaOfLabels(answered);
  near(area()!, plain.auc);
  near(area(weights)!, weighted.auc);
  const each = areaByLabel(answered);
  assert.deepEqual(Object.keys(each), ["a", "b", "c"]);
  Object.values(each).forEach((value, label) => near(value, plain.aucs[label]!));
  const all = { ...answered, y: answered.y.map((truth, at) => at % 3 === 1 ? 1 : truth) };
  assert.deepEqual(Object.keys(areaByLabel(all)), ["a", "c"]);
  near(areaOfLabels(all)()!, (plain.aucs[0]! + plain.aucs[2]!) / 2);
  assert.equal(areaOfLabels({ ...answered, y: answered.y.map(() => 1) })(), undefined);
});
