/**
 * Tree-structured Parzen estimators (Bergstra, Bardenet, Bengio, Kégl 2011): what was tried is parted into the best
 * γ and the rest, l and g say how likely each value is among the one and the other, and the next point is the one of
 * some candidates drawn from l for which l ÷ g is greatest, which is where the expected improvement is.
 *
 * Trials that violate a claim rank behind those that satisfy all, by how little they do: so the search is led back to
 * where claims hold.
 *
 * A batch is chosen from the results before it, one point after another: those of it that are chosen already count
 * among the rest, as if they had come to the worst, so that the others keep away from them. That is the constant liar
 * (Ginsbourger, Le Riche, Carraro 2010) with the greatest lie, for these estimators as Optuna's `constant_liar` has it.
 */
import { compareScores, type Tried } from "./trial_score.ts";
import { nextAtRandom } from "./simple_strategies.ts";
import { type Axis, rankOfPoint, type Space, type SpacePoint } from "./space.ts";

/** Trials at random before results are looked at. */
export const STARTUP = 10;
/** The part of the trials that is taken for good. */
const GAMMA = 0.15;
/** Candidates that are compared. */
const CANDIDATES = 24;
/** Draws for them: a point that was tried is none, its results are known. */
const DRAWS = 10 * CANDIDATES;

/**
 * The next point; at random at first, and where l draws nothing but what was tried. Of what was tried the first `known`
 * have results, default all; the others are points of the same batch.
 */
export function nextByParzen(
  space: Space,
  tried: readonly Tried[],
  draw: () => number,
  known = tried.length,
): SpacePoint | undefined {
  if (tried.length < STARTUP) return nextAtRandom(space, tried, draw);
  const ranked = tried.slice(0, known).toSorted(compareScores);
  const good = ranked.slice(0, Math.ceil(GAMMA * known));
  const rest = [...ranked.slice(good.length), ...tried.slice(known)];
  const estimate = (trials: readonly Tried[]) =>
    space.map((axis, at) => parzen(axis, trials.map(({ point }) => point[at]!)));
  const [l, g] = [estimate(good), estimate(rest)];
  const taken = new Set(tried.map(({ point }) => rankOfPoint(space, point)));
  let best: { readonly point: SpacePoint; readonly ratio: number } | undefined;
  for (let draws = 0, found = 0; draws < DRAWS && found < CANDIDATES; draws++) {
    const point = l.map((probabilities) => pick(probabilities, draw()));
    if (taken.has(rankOfPoint(space, point))) continue;
    found++;
    const ratio = point.reduce(
      (product, index, at) => product * l[at]![index]! / g[at]![index]!,
      1,
    );
    if (best === undefined || ratio > best.ratio) best = { point, ratio };
  }
  return best?.point ?? nextAtRandom(space, tried, draw);
}

/** How likely each value of an axis is, by the indices of those that were seen (§4.2). */
export function parzen(axis: Axis, seen: readonly number[]): number[] {
  return axis.even ? ofNeighbours(axis.count, seen) : ofCategories(axis.count, seen);
}

/** The index that a number from 0 up to 1 picks. */
export function pick(probabilities: readonly number[], drawn: number): number {
  let sum = 0;
  for (const [index, probability] of probabilities.entries()) {
    sum += probability;
    if (drawn < sum) return index;
  }
  return probabilities.length - 1;
}

/** Categories with an even prior of weight 1: proportional to N · 1/N + C, with C of the seen ones equal to it. */
function ofCategories(count: number, seen: readonly number[]): number[] {
  const counts = new Array<number>(count).fill(1);
  for (const index of seen) counts[index]!++;
  return counts.map((each) => each / (count + seen.length));
}

/**
 * The even prior and a Gaussian around each value that was seen, all of equal weight, on the indices of the values: they
 * are evenly spaced where the values are, linearly or by factors. A Gaussian's deviation is the distance to the farther
 * of its neighbours among the seen and the ends, no less than the range over min(100, 1 + seen) and no more than the
 * range. It is cut off at the ends and sums to 1.
 */
function ofNeighbours(count: number, seen: readonly number[]): number[] {
  const sorted = [...seen].sort((a, b) => a - b);
  const least = count / Math.min(100, 1 + seen.length);
  const weight = 1 / (1 + seen.length);
  const mixed = new Array<number>(count).fill(weight / count);
  for (const [at, mean] of sorted.entries()) {
    const before = sorted[at - 1] ?? 0;
    const after = sorted[at + 1] ?? count - 1;
    const deviation = Math.min(count, Math.max(least, mean - before, after - mean));
    const heights = mixed.map((_, index) => {
      const distance = (index - mean) / deviation;
      return exponential(-distance * distance / 2);
    });
    const total = heights.reduce((sum, height) => sum + height, 0);
    for (const [index, height] of heights.entries()) mixed[index]! += weight * height / total;
  }
  return mixed;
}

const LN2_HIGH = 0.693147180369123816490; // 33 bits: k × LN2_HIGH is exact
const LN2_LOW = 1.90821492927058770002e-10;

/** Terms of the series for |x| ≤ ½ ln 2: the next one is below 2⁻⁵⁵. */
const TERMS = 14;

/**
 * eˣ, x ≤ 0, within a few units in the last place; 0 below −700. Of operations that IEEE 754 fixes: what it decides is
 * the same on every machine.
 */
export function exponential(x: number): number {
  if (!(x > -700)) return 0;
  const twos = Math.round(x / LN2_HIGH);
  const rest = x - twos * LN2_HIGH - twos * LN2_LOW;
  let sum = 1;
  for (let term = TERMS; term >= 1; term--) sum = 1 + sum * rest / term;
  for (let halved = twos; halved < 0; halved++) sum /= 2;
  return sum;
}
