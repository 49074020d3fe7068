/** Numbers that may differ by a tolerance. */
import assert from "node:assert/strict";

/** Asserts that no value is further than `tolerance` from what is expected; a number is a list of one. */
export function assertClose(
  one: number | ArrayLike<number>,
  other: number | ArrayLike<number>,
  tolerance = 1e-6,
): void {
  const [found, expected] = [listOf(one), listOf(other)];
  assert.equal(found.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const near = Math.abs(found[i]! - expected[i]!) <= tolerance;
    assert.ok(near, `at ${i}: ${found[i]} is not within ${tolerance} of ${expected[i]}`);
  }
}

const listOf = (value: number | ArrayLike<number>): ArrayLike<number> =>
  typeof value === "number" ? [value] : value;

/** softmax of each row, in double precision. */
export function softmaxRows(logits: Float32Array, width: number): number[] {
  const rows = Array.from({ length: logits.length / width }, (_, row) => {
    const values = [...logits.subarray(row * width, (row + 1) * width)];
    const powers = values.map((value) => Math.exp(value - Math.max(...values)));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  });
  return rows.flat();
}
