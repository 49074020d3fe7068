/** The exact number of lowest scores in one ranking over several arrays; of equals the lower position goes first. */

/** One array in the ranking. Where `mask` is 0 the entry has gone already and goes again, before all others. */
export interface Ranked {
  readonly scores: Float32Array;
  readonly mask?: Uint8Array | undefined;
}

/**
 * Masks (1 stays, 0 goes) of `count` lowest entries over all arrays together, in their order. Entries whose mask is 0
 * stay gone even where they are more than `count`.
 */
export function lowestMasks(arrays: readonly Ranked[], count: number): Uint8Array[] {
  const keys = arrays.map(sortKeys);
  const all = new Uint32Array(keys.reduce((sum, each) => sum + each.length, 0));
  keys.reduce((offset, each) => (all.set(each, offset), offset + each.length), 0);
  all.sort();
  if (count <= 0) return keys.map((each) => Uint8Array.from(each, (key) => Number(key !== 0)));
  const last = all[Math.min(count, all.length) - 1]!;
  let ties = count - lowerBound(all, last);
  return keys.map((each) =>
    Uint8Array.from(each, (key) => {
      if (key === 0 || key < last) return 0;
      return key > last || ties-- <= 0 ? 1 : 0;
    })
  );
}

/**
 * Integers in the order of the scores: a float's bits rise with it, those of a negative one fall; 0 is left for what has
 * gone.
 */
function sortKeys({ scores, mask }: Ranked): Uint32Array {
  // Adding 0 makes −0 the 0 that it equals.
  const bits = new Uint32Array(scores.map((score) => score + 0).buffer);
  return bits.map((key, i) =>
    mask?.[i] === 0 ? 0 : key >>> 31 === 0 ? key + 0x80000000 : ~key >>> 0
  );
}

/** How many of the sorted values are below `value`. */
function lowerBound(sorted: Uint32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
