/**
 * Bisection of one ordered variable: the extreme value that still satisfies everything. It takes for granted that the
 * aim and what must be satisfied change in one direction each along the values; so both ends are tried, the better one
 * first taken for the goal, and the values between halved: 2 + ⌈log₂ (values − 1)⌉ trials at most.
 */
import { compareJudgements, type Tried } from "./judgement.ts";
import type { Space, SpacePoint } from "./space.ts";

/** The next value to try; undefined where the last one that holds is found, or none of the ends holds. */
export function nextBisected(space: Space, tried: readonly Tried[]): SpacePoint | undefined {
  const last = space[0]!.count - 1;
  const at = (index: number) => tried.find(({ point }) => point[0] === index);
  const [lower, upper] = [at(0), at(last)];
  if (upper === undefined) return [last];
  if (lower === undefined) return [0];
  // Where both ends hold, the better of them is the extreme; where none does, nothing between is taken to.
  if ((lower.violation === 0) === (upper.violation === 0)) return undefined;
  let holds = compareJudgements(lower, upper) < 0 ? 0 : last;
  let fails = last - holds;
  while (Math.abs(holds - fails) > 1) {
    const middle = Math.floor((holds + fails) / 2);
    const judged = at(middle);
    if (judged === undefined) return [middle];
    if (judged.violation === 0) holds = middle;
    else fails = middle;
  }
  return undefined;
}
