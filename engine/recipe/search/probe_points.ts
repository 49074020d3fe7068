/** The points of a search that are looked at before anything runs, so that a value that cannot be is found at once. */
import type { Space, SpacePoint } from "./space.ts";

/** Points looked at, at most: what stands beyond is found when its turn comes. */
const MOST = 100;

/**
 * Points that together have every value of every variable, all variables going on at once; of a range, which is long and
 * even, the first two values and the last. `most` bounds how many there are.
 */
export function probePoints(space: Space, most: number): SpacePoint[] {
  const telling = space.map(({ count, even }) => {
    const all = Array.from({ length: count }, (_, index) => index);
    return even && count > 3 ? [0, 1, count - 1] : all;
  });
  const longest = Math.max(...telling.map(({ length }) => length));
  const length = Math.max(1, Math.floor(Math.min(longest, most, MOST)));
  return Array.from(
    { length },
    (_, at) => telling.map((indices) => indices[Math.min(at, indices.length - 1)]!),
  );
}
