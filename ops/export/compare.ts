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

/**
 * The largest difference of a row, as a fraction of the largest value of all: that of the row in the middle. Where two
 * arithmetics round, a value that lies half-way between two integers may go either way and takes its row with it; what
 * is wrong in a file is wrong in every row.
 */
export function typicalDifference(
  found: Float32Array,
  expected: Float32Array,
  width: number,
): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const rows = Array.from({ length: expected.length / width }, (_, row) => {
    let difference = 0;
    for (let i = row * width; i < (row + 1) * width; i++) {
      difference = Math.max(difference, Math.abs(found[i]! - expected[i]!));
    }
    return largest === 0 ? difference : difference / largest;
  });
  if (rows.some(Number.isNaN)) return NaN;
  return rows.sort((a, b) => a - b)[Math.floor(rows.length / 2)]!;
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
