/** The claims of a recipe, checked against what was measured. */
import { given } from "../given.ts";
import type { Graph } from "../graph/graph.ts";
import { checkClaim } from "../recipe/claims/check_claim.ts";
import { closeInWords } from "../recipe/claims/claim_interval.ts";
import { measuredOf } from "./model_row.ts";
import { placeInDocument } from "../run/problem.ts";
import { type Problem } from "../error.ts";
import { sweptClaims } from "./sweep/sweep_claims.ts";
import type { StepStates } from "../run/step_state.ts";

/** A claim, checked. */
export interface Expectation {
  /** As written. */
  readonly claim: string;
  /** Whether it holds. */
  readonly met: boolean;
  /** The values of both sides; null where something was not measured. */
  readonly left: number | null;
  /** The right side, likewise. */
  readonly right: number | null;
  /** Both sides in words: `92.3 % is 0.1 points below 92.4 %`. */
  readonly sentence: string;
  /** Where its sides differ by less than their samples can tell: `close: the 95 % interval is ±0.6 points`. */
  readonly close?: string;
  /** Where it stands. */
  readonly place: Problem["place"];
}

/** Checks every claim of a recipe. */
export function expectations(graph: Graph, states: StepStates): Expectation[] {
  const { recipe } = graph;
  return sweptClaims(recipe, measuredOf(graph, states)).map(({ text, claim, path, metricsOf }) => {
    const { met, left = null, right = null, text: sentence } = checkClaim(claim, metricsOf);
    const close = closeInWords(claim, metricsOf);
    const place = placeInDocument(recipe, path);
    return { claim: text, met, left, right, sentence, ...given({ close }), place };
  });
}

/** What is said of a checked claim: both sides, and whether it was close. */
export function expectationText({ sentence, close }: Expectation): string {
  return close === undefined ? sentence : `${sentence}; ${close}`;
}
