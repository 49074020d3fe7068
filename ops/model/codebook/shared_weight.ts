/** One weight array whose values are shared: a codebook and a code for each weight. */
import type { Stream } from "../../../engine/tensor/random.ts";
import type { Weight } from "../model.ts";
import { decodeWeight } from "../weights.ts";
import { type Init, initialCentroids } from "./initial_centroids.ts";
import { kMeans } from "./k_means.ts";

/** The most values that a weight can share: codes are stored in a byte. */
export const CODES = 256;

/**
 * The weight with at most `clusters` values, found by k-means over those that are not pruned. Where a mask holds
 * zeros, code 0 is theirs alone and its centroid is 0; it comes on top of `clusters`, unless these are 256 already.
 * Centroids ascend behind it. A weight of no more different values is stored exactly.
 */
export function sharedWeight(
  weight: Weight,
  clusters: number,
  init: Init,
  draws: Stream,
): Weight {
  const { shape, mask } = weight;
  const values = decodeWeight(weight);
  const zeros = mask?.includes(0) ? [0] : [];
  const live = zeros.length > 0 ? values.filter((_, i) => mask![i] !== 0) : values;
  const centroids = centroidsOf(live, Math.min(clusters, CODES - zeros.length), init, draws);
  const nearest = nearestOf(centroids);
  const data = Uint8Array.from(
    values,
    (value, i) => mask?.[i] === 0 ? 0 : zeros.length + nearest(value),
  );
  const codebook = Float32Array.from([...zeros, ...centroids]);
  const encoding = {
    use: "codebook",
    bits: codeBits(codebook.length),
    centroids: codebook,
  } as const;
  return mask === undefined ? { shape, encoding, data } : { shape, encoding, data, mask };
}

/** The bits of a code that tells `count` values apart; at least one. */
export function codeBits(count: number): number {
  return Math.max(1, 32 - Math.clz32(count - 1));
}

/** Ascending float32 values, no two alike. */
function centroidsOf(
  values: Float32Array,
  count: number,
  init: Init,
  draws: Stream,
): readonly number[] {
  if (values.length === 0) return [];
  const sorted = values.slice().sort();
  const exact = kMeans(sorted, initialCentroids(sorted, count, init, draws));
  return [...new Set(Float32Array.from(exact))];
}

/** The index of the nearest centroid; half-way, the lower one. */
function nearestOf(centroids: readonly number[]): (value: number) => number {
  const borders = centroids.slice(1).map((next, i) => centroids[i]! + (next - centroids[i]!) / 2);
  return (value) => {
    let [low, high] = [0, borders.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= borders[middle]!) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
