/** Points drawn evenly, none twice. */
import type { Tried } from "./judgement.ts";
import { pointOfRank, rankOfPoint, sizeOfSpace, type Space, type SpacePoint } from "./space.ts";

/** One of the points that were not tried, each as likely as any other. */
export function nextAtRandom(
  space: Space,
  tried: readonly Tried[],
  draw: () => number,
): SpacePoint | undefined {
  const ranks = [...new Set(tried.map(({ point }) => rankOfPoint(space, point)))]
    .sort((a, b) => a - b);
  const left = sizeOfSpace(space) - ranks.length;
  if (left <= 0) return undefined;
  let rank = Math.floor(draw() * left);
  // The k-th of those that are left: ranks that are gone are stepped over.
  for (const gone of ranks) if (rank >= gone) rank++;
  return pointOfRank(space, rank);
}
