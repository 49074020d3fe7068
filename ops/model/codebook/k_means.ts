/**
 * Lloyd's k-means on a line: values in order, so that a cluster is a stretch of them and an iteration one pass. In
 * double precision and a fixed order: the same values give the same centroids however they were arranged.
 */

/** After so many passes it stops; weights of real layers come to rest in far fewer. */
const PASSES = 300;

/** A division of ascending values: cluster c holds `sorted[ends[c − 1]]` to before `sorted[ends[c]]`. */
interface ClusterDivision {
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
  const distinct = sorted.filter((value, i) => value !== sorted[i - 1]);
  if (distinct.length <= initial.length) return Float64Array.from(distinct);
  let centroids = initial;
  let before: Uint32Array | undefined;
  for (let pass = 0; pass < PASSES; pass++) {
    const division = divided(sorted, centroids);
    if (division.ends.every((end, c) => end === before?.[c])) break;
    centroids = filled(sorted, division);
    before = division.ends;
  }
  const { ends } = divided(sorted, centroids);
  return centroids.filter((_, c) => ends[c]! > (ends[c - 1] ?? 0));
}

/** Every value to its nearest centroid; a cluster without values keeps its centroid. */
function divided(sorted: Float32Array, centroids: Float64Array): ClusterDivision {
  const means = centroids.slice();
  const ends = new Uint32Array(centroids.length);
  let at = 0;
  for (const [c, centroid] of centroids.entries()) {
    const begin = at;
    const next = centroids[c + 1];
    const border = next === undefined ? Infinity : centroid + (next - centroid) / 2;
    let sum = 0;
    while (sorted[at]! <= border) sum += sorted[at++]!;
    if (at > begin) means[c] = sum / (at - begin);
    ends[c] = at;
  }
  return { means, ends };
}

/** The means, with the first cluster that holds nothing moved; what is moved divides the values in another way. */
function filled(sorted: Float32Array, { means, ends }: ClusterDivision): Float64Array {
  const idle = ends.findIndex((end, c) => end === (ends[c - 1] ?? 0));
  return idle < 0 ? means : means.with(idle, farthest(sorted, { means, ends })).sort();
}

/** The value farthest from its mean: one of a cluster's two ends; of equals the lowest. */
function farthest(sorted: Float32Array, { means, ends }: ClusterDivision): number {
  let [value, distance] = [NaN, 0];
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
