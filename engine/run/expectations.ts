/** The claims of a recipe, checked against what was measured. */
import type { Graph } from "../graph/graph.ts";
import type { Metrics } from "../metrics.ts";
import { checkClaim } from "../recipe/check_claim.ts";
import { exportedBytes, modelRows } from "./model_row.ts";
import { placeInDocument, type Problem } from "./problem.ts";
import { sweptClaims } from "./sweep_claims.ts";
import type { StepStates } from "./step_state.ts";

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
  /** Where it stands. */
  readonly place: Problem["place"];
}

/** Checks every claim of a recipe. */
export function expectations(graph: Graph, states: StepStates): Expectation[] {
  const { recipe } = graph;
  return sweptClaims(recipe, measuredOf(graph, states)).map(({ text, claim, path, metricsOf }) => {
    const { met, left = null, right = null, text: sentence } = checkClaim(claim, metricsOf);
    return { claim: text, met, left, right, sentence, place: placeInDocument(recipe, path) };
  });
}

/** What was measured of a model, by its name or as `result`; undefined where nothing was. */
export function measuredOf(
  graph: Graph,
  states: StepStates,
): (model: string) => Metrics | undefined {
  const rows = new Map(modelRows(graph, states).map((row) => [row.name, row]));
  return (model) => {
    const name = model === "result" ? graph.recipe.result ?? model : model;
    const row = rows.get(name);
    return row && { ...row, metrics: { ...row.metrics, bytes: exportedBytes(states, name) } };
  };
}
