/** How many go. Counts are exact: they depend on the ratio and on how many there are, never on the values. */

/** The whole number nearest `ratio · total`; a half stays. */
export function countOf(ratio: number, total: number): number {
  return Math.max(0, Math.ceil(ratio * total - 0.5));
}

/** What limits how many channels of a group stay. */
export interface KeepLimits {
  /** At least so many stay. */
  readonly minKeep: number;
  /** What stays is a multiple of it, rounded up, unless the group has fewer. */
  readonly roundTo: number;
}

/** How many of `total` channels stay when `removed` were to go. */
export function keptCount(
  total: number,
  removed: number,
  { minKeep, roundTo }: KeepLimits,
): number {
  const wanted = Math.max(total - removed, minKeep);
  return Math.min(total, Math.ceil(wanted / roundTo) * roundTo);
}
