/** The Pareto front: which of many points no other surpasses. */

/**
 * Which points are on the front, by their scores, of which more is better: no other is as good in all and better in one.
 * Points with equal scores are on it together; one that lacks a score is on none, nor is any where nothing is scored.
 *
 * Sorted by the first score, then by the next, a point is surpassed by those before it alone, and then by one of the
 * front. Of two scores the last on the front has the best second one and is asked alone: n log n. Of more scores all of
 * the front are.
 */
export function onFront(scores: readonly (readonly (number | undefined)[])[]): boolean[] {
  const on = scores.map(() => false);
  const order = scores.flatMap((each, at) =>
    each.length === 0 || each.includes(undefined) ? [] : [{ at, own: each as readonly number[] }]
  ).sort((a, b) => firstDifference(b.own, a.own));
  const front: (readonly number[])[] = [];
  for (const { at, own } of order) {
    const asked = own.length <= 2 ? front.slice(-1) : front;
    if (asked.some((other) => surpasses(other, own))) continue;
    on[at] = true;
    front.push(own);
  }
  return on;
}

function surpasses(other: readonly number[], own: readonly number[]): boolean {
  return other.every((score, at) => score >= own[at]!) &&
    other.some((score, at) => score > own[at]!);
}

/** Negative where `a` is less in the first score in which the two differ. */
function firstDifference(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((score, at) => score !== b[at]);
  return at < 0 ? 0 : a[at]! < b[at]! ? -1 : 1;
}
