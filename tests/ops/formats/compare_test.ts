import assert from "node:assert/strict";
import { agreementOf, DifferenceError, largestDifference } from "../../../ops/formats/compare.ts";

const expected = Float32Array.of(1, 2, 3, -4, 0, 1);

Deno.test("the largest difference is a fraction of the largest value", () => {
  assert.equal(largestDifference(expected, expected), 0);
  assert.equal(largestDifference(Float32Array.of(1, 2, 3, -4, 1, 1), expected), 0.25);
  assert.ok(Number.isNaN(largestDifference(Float32Array.of(NaN, 2, 3, -4, 0, 1), expected)));
});

Deno.test("rows agree where their largest values stand at the same place", () => {
  assert.equal(agreementOf(Float32Array.of(5, 6, 0, -1, 2, 1), expected, 2), 2 / 3);
  assert.equal(agreementOf(Float32Array.of(0, 0, 9, -9, 0, 7), expected, 3), 1);
});

Deno.test("beside zeros a difference stands as it is, and of equal numbers the first is the answer", () => {
  assert.equal(largestDifference(Float32Array.of(0, -3), Float32Array.of(0, 0)), 3);
  assert.equal(largestDifference(Float32Array.of(0.5, 0), Float32Array.of(0.25, 0)), 1);
  assert.equal(agreementOf(Float32Array.of(1, 1), Float32Array.of(2, 1), 2), 1);
  assert.equal(agreementOf(Float32Array.of(1, 1), Float32Array.of(1, 2), 2), 0);
  assert.equal(new DifferenceError("x").name, "DifferenceError");
});
