/** A strategy let loose on a function whose best point is known. */
import {
  bestOf,
  type TrialScore,
  type Tried,
} from "../../../../engine/recipe/search/trial_score.ts";
import type { Space, SpacePoint } from "../../../../engine/recipe/search/space.ts";
import { nextPoint, type StrategyName } from "../../../../engine/recipe/search/strategy.ts";

/** Everything that was tried, in order. */
export function searched(
  strategy: StrategyName,
  space: Space,
  objective: (point: SpacePoint) => TrialScore,
  { trials = Infinity, seed = 0, batch = 1 }: {
    readonly trials?: number;
    readonly seed?: number;
    readonly batch?: number;
  } = {},
): Tried[] {
  const tried: Tried[] = [];
  while (tried.length < trials) {
    const point = nextPoint({ strategy, space, seed, batch }, tried);
    if (point === undefined) break;
    tried.push({ point, ...objective(point) });
  }
  return tried;
}

/** A function without constraints. */
export const free = (score: (point: SpacePoint) => number) => (point: SpacePoint): TrialScore => ({
  score: score(point),
  violation: 0,
});

/** The best of what was tried. */
export function best(tried: readonly Tried[]): Tried {
  return tried[bestOf(tried)!]!;
}
