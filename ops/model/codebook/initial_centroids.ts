/**
 * Where the centroids of k-means begin: the three initialisations that Deep Compression compares, the last one
 * seeded.
 */
import type { Stream } from "../../../engine/tensor/random.ts";

/** Their names, the default first. */
export const INITS = ["linear", "density", "k-means++"] as const;

/** A way to begin. */
export type Init = (typeof INITS)[number];

type Begin = (sorted: Float32Array, count: number, draws: Stream) => Float64Array;

const beginnings: { readonly [I in Init]: Begin } = {
  linear(sorted, count) {
    const [low, high] = [sorted[0]!, sorted.at(-1)!];
    if (count === 1) return Float64Array.of((low + high) / 2);
    return Float64Array.from({ length: count }, (_, i) => low + i * (high - low) / (count - 1));
  },
  density: (sorted, count) =>
    Float64Array.from(
      { length: count },
      (_, i) => sorted[Math.floor((i + 0.5) * sorted.length / count)]!,
    ),
  "k-means++"(sorted, count, draws) {
    const chosen = [sorted[Math.floor(draws.uniform(0, 0) * sorted.length)]!];
    const nearest = Float64Array.from(sorted, (value) => squared(value - chosen[0]!));
    while (chosen.length < count) {
      const total = nearest.reduce((sum, each) => sum + each);
      const value = sorted[landing(nearest, draws.uniform(0, chosen.length) * total)]!;
      chosen.push(value);
      sorted.forEach((each, i) => {
        nearest[i] = Math.min(nearest[i]!, squared(each - value));
      });
    }
    return Float64Array.from(chosen).sort();
  },
};

/**
 * The first `count` centroids for ascending values, ascending. `linear`: evenly from the smallest to the largest;
 * `density`: at the middles of `count` equal shares of the values (both Han et al. 2015, "Deep Compression", §3.2);
 * `k-means++`: each drawn with a probability that grows with its squared distance from those before (Arthur &
 * Vassilvitskii 2007).
 */
export function initialCentroids(
  sorted: Float32Array,
  count: number,
  init: Init,
  draws: Stream,
): Float64Array {
  return beginnings[init](sorted, count, draws);
}

/** The index at which the running sum of `shares` passes `target`. */
function landing(shares: Float64Array, target: number): number {
  let last = 0;
  for (let i = 0, sum = 0; i < shares.length; i++) {
    if (shares[i] === 0) continue;
    sum += shares[i]!;
    last = i;
    if (sum > target) break;
  }
  return last;
}

const squared = (value: number): number => value * value;
