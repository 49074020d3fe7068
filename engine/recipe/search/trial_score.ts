/** What came of a trial, as a strategy sees it: how well it did, and how far it is from what it had to satisfy. */
import type { SpacePoint } from "./space.ts";

/** How good one trial was. */
export interface TrialScore {
  /** Less is better; infinite where nothing was measured. */
  readonly score: number;
  /** 0 where everything is satisfied; infinite where the trial failed. */
  readonly violation: number;
}

/** A point that was tried. */
export interface Tried extends TrialScore {
  readonly point: SpacePoint;
}

/**
 * Negative where `a` is better: what satisfies everything before what does not, those by their score, these by how
 * little they violate.
 */
export function compareScores(a: TrialScore, b: TrialScore): number {
  return compare(a.violation, b.violation) || compare(a.score, b.score);
}

/** The index of the best; the first of equals. Undefined for none. */
export function bestOf(trials: readonly TrialScore[]): number | undefined {
  if (trials.length === 0) return undefined;
  return trials.reduce(
    (best, each, at) => compareScores(each, trials[best]!) < 0 ? at : best,
    0,
  );
}

/** Infinities are equal to themselves, which their difference does not say. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
