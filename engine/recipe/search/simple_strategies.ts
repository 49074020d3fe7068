/** Strategies that estimate nothing: every point in order, points at random, and bisection. */
import { compareScores, type Tried } from "./trial_score.ts";
import { pointOfRank, rankOfPoint, sizeOfSpace, type Space, type SpacePoint } from "./space.ts";

/** The point after those that were tried: every point in order, the last variable changing fastest. */
export function nextOfGrid(space: Space, tried: readonly Tried[]): SpacePoint | undefined {
  return tried.length < sizeOfSpace(space) ? pointOfRank(space, tried.length) : undefined;
}

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

/**
 * Bisection of one ordered variable: the extreme value that still satisfies everything. It takes for granted that the
 * aim and what must be satisfied change in one direction each along the values; so both ends are tried, the better one
 * first taken for the goal, and the values between halved: 2 + ⌈log₂ (values − 1)⌉ trials at most. Undefined where the
 * last value that holds is found, or none of the ends holds.
 */
export function nextBisected(space: Space, tried: readonly Tried[]): SpacePoint | undefined {
  const last = space[0]!.count - 1;
  const at = (index: number) => tried.find(({ point }) => point[0] === index);
  const [lower, upper] = [at(0), at(last)];
  if (upper === undefined) return [last];
  if (lower === undefined) return [0];
  // Where both ends hold, the better of them is the extreme; where none does, nothing between is taken to.
  if ((lower.violation === 0) === (upper.violation === 0)) return undefined;
  let holds = compareScores(lower, upper) < 0 ? 0 : last;
  let fails = last - holds;
  while (Math.abs(holds - fails) > 1) {
    const middle = Math.floor((holds + fails) / 2);
    const trial = at(middle);
    if (trial === undefined) return [middle];
    if (trial.violation === 0) holds = middle;
    else fails = middle;
  }
  return undefined;
}
