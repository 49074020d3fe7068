/** A trial of a search, and its score by what was measured of it. */
import { given } from "../../given.ts";
import type { Digest, Json } from "../../digest.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Metrics } from "../../metrics.ts";
import { checkClaim } from "../../recipe/claims/check_claim.ts";
import type { Tried } from "../../recipe/search/trial_score.ts";
import type { SearchPlan } from "../../recipe/recipe.ts";
import { type SpacePoint, valuesAt } from "../../recipe/search/space.ts";
import { type Expectation, expectations } from "../expectations.ts";
import { measuredOf, type ModelRow, modelRows } from "../model_row.ts";
import type { StepStates } from "../../run/step_state.ts";

/** One trial. */
export interface Trial extends Tried {
  readonly values: Readonly<Record<string, Json>>;
  /** Of the metric that is made best; absent where it was not measured. */
  readonly value?: number;
  readonly where: readonly Expectation[];
  /** Of its result, on validation samples. */
  readonly metrics?: Metrics;
  readonly result?: Digest;
  /** Of the steps that ran for it. */
  readonly seconds: number;
  /** Why it came to nothing. */
  readonly failed?: string;
}

/** A trial whose steps are all done. */
export function scoredTrial(
  plan: SearchPlan,
  point: SpacePoint,
  { graph, states }: { readonly graph: Graph; readonly states: StepStates },
): Trial {
  const metricsOf = measuredOf(graph, states);
  const { left: value } = checkClaim(plan.aim.claim, metricsOf);
  const where = expectations(graph, states);
  const { result } = graph.recipe;
  const row = modelRows(graph, states).find(({ name }) => name === result);
  const made = result === undefined ? undefined : states.get(result)?.outcome;
  const scored = value === undefined
    ? { score: Infinity, violation: Infinity, failed: `\`${plan.aim.text}\` was not measured` }
    : {
      value,
      score: plan.direction === "minimize" ? value : -value,
      violation: where.reduce((sum, claim) => sum + excess(claim), 0),
    };
  return {
    point,
    values: valuesAt(plan, point),
    ...scored,
    where,
    ...given({ metrics: row && withoutName(row), result: made?.artifact.digest }),
    seconds: secondsRun(states),
  };
}

/** A trial that came to nothing. */
export function failedTrial(
  plan: SearchPlan,
  point: SpacePoint,
  failed: string,
  states: StepStates = new Map(),
): Trial {
  return {
    point,
    values: valuesAt(plan, point),
    score: Infinity,
    violation: Infinity,
    where: [],
    seconds: secondsRun(states),
    failed,
  };
}

/** By how much of the greater side a claim is missed; something where both sides are equal, all where one is unknown. */
function excess({ met, left, right }: Expectation): number {
  if (met) return 0;
  if (left === null || right === null) return 1;
  const greater = Math.max(Math.abs(left), Math.abs(right));
  return greater === 0
    ? Number.EPSILON
    : Math.max(Number.EPSILON, Math.abs(left - right) / greater);
}

function withoutName({ name: _, ...metrics }: ModelRow): Metrics {
  return metrics;
}

function secondsRun(states: StepStates): number {
  const ran = [...states.values()].filter(({ status }) => status === "ran");
  return ran.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
}
