/** The Pareto front: which of many points no other surpasses. */

/**
 * Which points are on the front, by their scores; more is better. A point is on it if no other is at least as good in
 * every score and better in one. Points with equal scores are on it together. A point that lacks a score is not on it,
 * and without scores no point is.
 *
 * The points are sorted by the first score, then by the next. Only those before a point can surpass it, and if any does,
 * one of the front does. With two scores the last point of the front has the best second score, so that it alone is
 * compared: n log n. With more scores all points of the front are compared.
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
