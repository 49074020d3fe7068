/** The table of a run: its models, or the points of its sweep. */
import type { Graph } from "../graph/graph.ts";
import { modelRows } from "./model_row.ts";
import { sweepPoints } from "./sweep/points.ts";
import type { StepStates } from "../run/step_state.ts";
import { sweepTable } from "./sweep/sweep_table.ts";
import { resultTable, type Table } from "./table.ts";

/** The table of the steps that ended. */
export function runTable(graph: Graph, states: StepStates): Table {
  const { recipe } = graph;
  return recipe.sweep === undefined
    ? resultTable(graph, modelRows(graph, states))
    : sweepTable(recipe, sweepPoints(graph, states));
}
