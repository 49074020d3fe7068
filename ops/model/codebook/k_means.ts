/**
 * Lloyd's k-means on a line: values in order, so that a cluster is a stretch of them and an iteration one pass. In
 * double precision and a fixed order: the same values give the same centroids however they were arranged.
 */

/** After so many passes it stops; weights of real layers come to rest in far fewer. */
const PASSES = 300;

/** A division of ascending values: cluster c holds `sorted[ends[c − 1]]` to before `sorted[ends[c]]`. */
interface Division {
  readonly means: Float64Array;
  readonly ends: Uint32Array;
}

/**
 * Centroids, ascending, each the mean of the values nearest to it; a value half-way belongs to the lower one. A
 * centroid that no value is nearest to moves to the value farthest from its own, one in each pass; so the sum of
 * squared distances never rises. Where there are no more different values than centroids these values are the result.
 * `sorted` is ascending and not empty, `initial` ascending.
 */
export function kMeans(sorted: Float32Array, initial: Float64Array): Float64Array {
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (distinct.length <= initial.length) return Float64Array.from(distinct);
  let centroids = initial;
  let before: Uint32Array | undefined;
  for (let pass = 0; pass < PASSES; pass++) {
    const { means, ends } = divided(sorted, centroids);
    centroids = means;
    const idle = firstEmpty(ends);
    if (idle < 0 && before !== undefined && ends.every((end, c) => end === before![c])) break;
    if (idle >= 0) {
      centroids[idle] = farthest(sorted, { means, ends });
      centroids.sort();
    }
    before = ends;
  }
  const { ends } = divided(sorted, centroids);
  return centroids.filter((_, c) => ends[c]! > (ends[c - 1] ?? 0));
}

/** Every value to its nearest centroid; a cluster without values keeps its centroid. */
function divided(sorted: Float32Array, centroids: Float64Array): Division {
  const means = centroids.slice();
  const ends = new Uint32Array(centroids.length);
  let at = 0;
  for (let c = 0; c < centroids.length; c++) {
    const begin = at;
    const last = c + 1 === centroids.length;
    const border = last ? Infinity : centroids[c]! + (centroids[c + 1]! - centroids[c]!) / 2;
    let sum = 0;
    while (at < sorted.length && sorted[at]! <= border) sum += sorted[at++]!;
    if (at > begin) means[c] = sum / (at - begin);
    ends[c] = at;
  }
  return { means, ends };
}

function firstEmpty(ends: Uint32Array): number {
  return ends.findIndex((end, c) => end === (ends[c - 1] ?? 0));
}

/** The value farthest from its mean: one of a cluster's two ends; of equals the lowest. */
function farthest(sorted: Float32Array, { means, ends }: Division): number {
  let [value, distance] = [sorted[0]!, -1];
  for (const [c, mean] of means.entries()) {
    const [begin, end] = [ends[c - 1] ?? 0, ends[c]!];
    if (begin === end) continue;
    for (const candidate of [sorted[begin]!, sorted[end - 1]!]) {
      if (Math.abs(candidate - mean) <= distance) continue;
      [value, distance] = [candidate, Math.abs(candidate - mean)];
    }
  }
  return value;
}
