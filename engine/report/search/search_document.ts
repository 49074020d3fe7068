/** What a search did, as part of the document of its run. */
import { given } from "../../given.ts";
import type { Digest, Json } from "../../digest.ts";
import type { Plan } from "../../graph/plan.ts";
import type { Metrics } from "../../metrics.ts";
import { bestOf } from "../../recipe/search/trial_score.ts";
import type { SearchPlan } from "../../recipe/recipe.ts";
import { sizeOfSpace } from "../../recipe/search/space.ts";
import type { StrategyName } from "../../recipe/search/strategy.ts";
import type { LockedSearch, LockedTrial } from "../../run/lock.ts";
import type { Trial } from "./trial.ts";

/** Why no further trial was made: the budget, nothing left to try, a failure, a signal. */
export type SearchEnd = "trials" | "time" | "points" | "failed" | "interrupted";

/** A search in the document. */
export interface SearchDocument {
  /** How points were chosen. */
  readonly strategy: StrategyName;
  /** Points there are. */
  readonly points: number;
  /** As many trials as it might have made: all points, or those of its budget. */
  readonly most: number;
  /** The metric that was made small … */
  readonly minimize?: string;
  /** … or else large. */
  readonly maximize?: string;
  /** What a trial had to satisfy, as written. */
  readonly where: readonly string[];
  /** In the order in which they were made. */
  readonly trials: readonly TrialDocument[];
  /** The index of the best of them; null where every trial failed. */
  readonly winner: number | null;
  /** Why no further one was made. */
  readonly ended: SearchEnd;
}

/** What is known of a search before it goes on. */
export interface RecalledSearch {
  /** What is searched, and how. */
  readonly plan: SearchPlan;
  /** The trials that are recorded. */
  readonly document: SearchDocument;
  /**
   * The values of trials to come, the first of them the one whose steps are planned: as many as results do not decide.
   * None where the search is recorded to its end; the steps are then those of its winner.
   */
  readonly ahead: readonly SearchDocument["trials"][number]["values"][];
}

/** A plan; of a recipe that is searched, of the trial that would be next, or of the winner where there is none. */
export interface RecipePlan extends Plan {
  /** Of a recipe that searches: how far its trials are recorded. */
  readonly search?: RecalledSearch;
}

/** A trial in the document. Everything was measured on validation samples. */
export interface TrialDocument {
  /** The values of the variables. */
  readonly values: Readonly<Record<string, Json>>;
  /** Of the metric that is made best; null where it was not measured. */
  readonly value: number | null;
  /** Whether every claim holds. */
  readonly satisfied: boolean;
  /** The claims, in the order of `where`. */
  readonly where: readonly {
    readonly claim: string;
    readonly met: boolean;
    readonly left: number | null;
    readonly right: number | null;
  }[];
  /** How far it is from satisfying them: the sum of relative distances; null where it failed. */
  readonly violation: number | null;
  /** Of the model that it made. */
  readonly metrics?: Metrics;
  /** The digest of that model. */
  readonly result?: Digest;
  /** Of the steps that ran for it. */
  readonly seconds: number;
  /** Why it came to nothing. */
  readonly failed?: string;
}

/** The document of a search. `wanted`: as many trials, whatever its budget says. */
export function searchDocument(
  { strategy, space, aim, direction, where, budget }: SearchPlan,
  trials: readonly Trial[],
  ended: SearchEnd,
  wanted = budget.trials,
): SearchDocument {
  const points = sizeOfSpace(space);
  return {
    strategy,
    points,
    most: Math.min(points, wanted ?? points),
    [direction]: aim.text,
    where: where.map(({ text }) => text),
    trials: trials.map(trialDocument),
    winner: winnerOf(trials) ?? null,
    ended,
  };
}

/** The index of the best trial; undefined where every one failed. */
export function winnerOf(trials: readonly Trial[]): number | undefined {
  const best = bestOf(trials);
  return best === undefined || trials[best]!.violation === Infinity ? undefined : best;
}

/** What a lock keeps of it; undefined where nothing has won. */
export function lockedSearch({ trials, winner }: SearchDocument): LockedSearch | undefined {
  if (winner === null) return undefined;
  return { trials: trials.map(lockedTrial), winner };
}

/** What a lock keeps of a trial. */
export function lockedTrial({ values, result }: Pick<Trial, "values" | "result">): LockedTrial {
  return { values, result: result ?? "" };
}

function trialDocument(trial: Trial): TrialDocument {
  const { values, value, where, violation, metrics, result, seconds, failed } = trial;
  return {
    values,
    value: value ?? null,
    satisfied: violation === 0,
    where: where.map(({ claim, met, left, right }) => ({ claim, met, left, right })),
    violation: Number.isFinite(violation) ? violation : null,
    ...given({ metrics, result }),
    seconds,
    ...given({ failed }),
  };
}
