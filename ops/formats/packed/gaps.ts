/** Positions as distances, each from the one before (Han et al. 2015, "Deep Compression", figure 2). */

/** One stored entry: so far behind the last one; a filler holds a zero. */
export interface SparseEntry {
  /** From 1; the first entry's from −1, so it is the position plus 1. */
  readonly gap: number;
  readonly filler: boolean;
}

/**
 * Entries for ascending positions with gaps of at most 2^bits; where a gap is larger, entries that hold a zero are put
 * in at the largest distance.
 */
export function entriesOf(positions: Iterable<number>, bits: number): SparseEntry[] {
  const largest = 1 << bits;
  const entries: SparseEntry[] = [];
  let last = -1;
  for (const position of positions) {
    for (; position - last > largest; last += largest) entries.push({ gap: largest, filler: true });
    entries.push({ gap: position - last, filler: false });
    last = position;
  }
  return entries;
}
