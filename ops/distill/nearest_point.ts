/** A point between two scores, and which of others is nearest to it. */

/** `nearest` is a position; the first of equally near ones. */
export function nearestPoint(
  scores: readonly number[],
  [low, high]: readonly [low: number, high: number],
  at: number,
): { readonly point: number; readonly nearest: number } {
  const point = low + at * (high - low);
  const distances = scores.map((score) => Math.abs(score - point));
  return { point, nearest: distances.indexOf(Math.min(...distances)) };
}
