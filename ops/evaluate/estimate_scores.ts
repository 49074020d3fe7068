/** Figures of answers that are numbers. */
import type { Estimated } from "./answered.ts";

/** The root of the mean squared error, in the unit of the answers. */
export function rootMeanSquare({ y, logits, width }: Estimated, weights?: Uint32Array): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    const weight = weightOf(weights, i, width);
    sum += weight * square(logits[i]! - y[i]!);
    count += weight;
  }
  return Math.sqrt(sum / count);
}

/**
 * The coefficient of determination R²: 1 less the squared errors over the squared distances from the mean. Of several
 * numbers a sample it is the mean of each one's, as in scikit-learn's `r2_score`; of a number that is always the same 1
 * where it is met exactly, else 0.
 */
export function determination({ y, logits, width }: Estimated, weights?: Uint32Array): number {
  let total = 0;
  for (let column = 0; column < width; column++) {
    let [sum, count] = [0, 0];
    for (let i = column; i < y.length; i += width) {
      const weight = weightOf(weights, i, width);
      sum += weight * y[i]!;
      count += weight;
    }
    let [errors, spread] = [0, 0];
    for (let i = column; i < y.length; i += width) {
      const weight = weightOf(weights, i, width);
      errors += weight * square(y[i]! - logits[i]!);
      spread += weight * square(y[i]! - sum / count);
    }
    total += spread > 0 ? 1 - errors / spread : errors === 0 ? 1 : 0;
  }
  return total / width;
}

/**
 * The mean absolute percentage error as a fraction: |answer − truth| / |truth|. Truths of 0 say nothing of it and are left
 * out; undefined where there are no others.
 */
export function percentageError(
  { y, logits, width }: Estimated,
  weights?: Uint32Array,
): number | undefined {
  let [sum, count] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    if (y[i] === 0) continue;
    const weight = weightOf(weights, i, width);
    sum += weight * Math.abs((logits[i]! - y[i]!) / y[i]!);
    count += weight;
  }
  return count === 0 ? undefined : sum / count;
}

/** A figure of each number of a sample by its name, its place where it has none. */
export function byTarget(
  { y, logits, width, targets }: Estimated,
  score: (answered: Estimated) => number,
): Readonly<Record<string, number>> {
  const column = (values: Float32Array, target: number) =>
    values.filter((_, at) => at % width === target);
  return Object.fromEntries(
    Array.from({ length: width }, (_, target) => [
      targets?.[target] ?? `${target}`,
      score({ width: 1, y: column(y, target), logits: column(logits, target) }),
    ]),
  );
}

function weightOf(weights: Uint32Array | undefined, index: number, width: number): number {
  return weights === undefined ? 1 : weights[Math.floor(index / width)]!;
}

const square = (x: number): number => x * x;
