/** How far two models' logits on the same samples are apart. */

/** Largest difference of a value from `expected`, as a fraction of the largest of these; NaN where one is NaN. */
export function largestDifference(found: Float32Array, expected: Float32Array): number {
  let [difference, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(found[i]! - expected[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return largest === 0 ? difference : difference / largest;
}

/** Thrown where a value is further off than is tolerated; says which one and by how much. */
export class DifferenceError extends Error {
  override readonly name = "DifferenceError";
}

/** Fraction of rows whose largest value stands at the same place. */
export function agreementOf(found: Float32Array, expected: Float32Array, width: number): number {
  const rows = expected.length / width;
  let alike = 0;
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * width, (row + 1) * width];
    if (peak(found.subarray(from, to)) === peak(expected.subarray(from, to))) alike++;
  }
  return alike / rows;
}

function peak(values: Float32Array): number {
  return values.reduce((best, value, index) => value > values[best]! ? index : best, 0);
}
