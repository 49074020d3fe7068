/**
 * Parzen estimators over the values of one variable: how likely each is, judged by a few that were seen
 * (Bergstra, Bardenet, Bengio, Kégl 2011, §4.2).
 */
import { exponential } from "./exponential.ts";
import type { Axis } from "./space.ts";

/** The probability of each value of an axis, by the indices of those that were seen. */
export function parzen(axis: Axis, seen: readonly number[]): number[] {
  return axis.even ? ofNeighbours(axis.count, seen) : ofCategories(axis.count, seen);
}

/** The index that a number from 0 up to 1 picks. */
export function pick(probabilities: readonly number[], drawn: number): number {
  let sum = 0;
  for (const [index, probability] of probabilities.entries()) {
    sum += probability;
    if (drawn < sum) return index;
  }
  return probabilities.length - 1;
}

/** Categories with an even prior of weight 1: proportional to N · 1/N + C, with C of the seen ones equal to it. */
function ofCategories(count: number, seen: readonly number[]): number[] {
  const counts = new Array<number>(count).fill(1);
  for (const index of seen) counts[index]!++;
  return counts.map((each) => each / (count + seen.length));
}

/**
 * The even prior and a Gaussian around each value that was seen, all of equal weight, on the indices of the values: they
 * are evenly spaced where the values are, linearly or by factors. A Gaussian's deviation is the distance to the farther
 * of its neighbours among the seen and the ends, no less than the range over min(100, 1 + seen) and no more than the
 * range. It is cut off at the ends and sums to 1.
 */
function ofNeighbours(count: number, seen: readonly number[]): number[] {
  const sorted = [...seen].sort((a, b) => a - b);
  const least = count / Math.min(100, 1 + seen.length);
  const weight = 1 / (1 + seen.length);
  const mixed = new Array<number>(count).fill(weight / count);
  for (const [at, mean] of sorted.entries()) {
    const before = sorted[at - 1] ?? 0;
    const after = sorted[at + 1] ?? count - 1;
    const deviation = Math.min(count, Math.max(least, mean - before, after - mean));
    const heights = mixed.map((_, index) => {
      const distance = (index - mean) / deviation;
      return exponential(-distance * distance / 2);
    });
    const total = heights.reduce((sum, height) => sum + height, 0);
    for (const [index, height] of heights.entries()) mixed[index]! += weight * height / total;
  }
  return mixed;
}
