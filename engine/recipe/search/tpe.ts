/**
 * Tree-structured Parzen estimators (Bergstra, Bardenet, Bengio, Kégl 2011): what was tried is parted into the best
 * γ and the rest, l and g say how likely each value is among the one and the other, and the next point is the one of
 * some candidates drawn from l for which l ÷ g is greatest, which is where the expected improvement is.
 *
 * Trials that violate a claim rank behind those that satisfy all, by how little they do: so the search is led back to
 * where claims hold.
 */
import { nextAtRandom } from "./at_random.ts";
import { compareJudgements, type Tried } from "./judgement.ts";
import { parzen, pick } from "./parzen.ts";
import { rankOfPoint, type Space, type SpacePoint } from "./space.ts";

/** Trials at random before anything is judged by results. */
export const STARTUP = 10;
/** The part of the trials that is taken for good. */
const GAMMA = 0.15;
/** Candidates that are compared. */
const CANDIDATES = 24;
/** Draws for them: a point that was tried is none, its results are known. */
const DRAWS = 10 * CANDIDATES;

/** The next point; at random at first, and where l draws nothing but what was tried. */
export function nextByParzen(
  space: Space,
  tried: readonly Tried[],
  draw: () => number,
): SpacePoint | undefined {
  if (tried.length < STARTUP) return nextAtRandom(space, tried, draw);
  const ranked = tried.toSorted(compareJudgements);
  const good = ranked.slice(0, Math.ceil(GAMMA * tried.length));
  const rest = ranked.slice(good.length);
  const estimate = (trials: readonly Tried[]) =>
    space.map((axis, at) => parzen(axis, trials.map(({ point }) => point[at]!)));
  const [l, g] = [estimate(good), estimate(rest)];
  const known = new Set(tried.map(({ point }) => rankOfPoint(space, point)));
  let best: { readonly point: SpacePoint; readonly ratio: number } | undefined;
  for (let draws = 0, found = 0; draws < DRAWS && found < CANDIDATES; draws++) {
    const point = l.map((probabilities) => pick(probabilities, draw()));
    if (known.has(rankOfPoint(space, point))) continue;
    found++;
    const ratio = point.reduce(
      (product, index, at) => product * l[at]![index]! / g[at]![index]!,
      1,
    );
    if (best === undefined || ratio > best.ratio) best = { point, ratio };
  }
  return best?.point ?? nextAtRandom(space, tried, draw);
}
