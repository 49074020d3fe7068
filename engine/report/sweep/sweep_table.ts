/** The table of a sweep: one row per point, variables first, repeats folded together, the best marked. */
import { given } from "../../given.ts";
import { valueText } from "../../quantity.ts";
import type { ExpandedRecipe } from "../../recipe/recipe.ts";
import type { PointGroup } from "./points.ts";
import {
  cellsOf,
  comparisonNotes,
  type MeasuredRow,
  NOTHING,
  shownColumns,
  type Table,
} from "../table.ts";

const BEST = "◆";

/** The table. */
export function sweepTable({ sweep }: ExpandedRecipe, groups: readonly PointGroup[]): Table {
  const marks = (sweep?.pareto.length ?? 0) > 0;
  const repeated = groups.some(({ points }) => points.length > 1);
  const table = pointTable(groups, marks, []);
  const references = groups.flatMap((group) => group.references);
  const models = [...groups.flatMap(({ results }) => results), ...references];
  const notes = [
    repeated ? "mean ± standard deviation (repeats by seed)." : "± 95 % interval of the samples.",
    ...(marks
      ? [`${BEST} no other is as good in ${sweep!.pareto.join(" and ")} and better in one.`]
      : []),
    ...comparisonNotes(table.head, references, models),
  ];
  return { ...table, notes: [notes.join(" ")] };
}

/** What a row of points is made of. */
export type PointRow = Pick<
  PointGroup,
  "values" | "metrics" | "accuracy" | "difference" | "shrinkage" | "pareto"
>;

/** One row per point, variables first, then what was measured; `marks`: the first column marks the best. */
export function pointTable(
  groups: readonly PointRow[],
  marks: boolean,
  notes: readonly string[],
): Table {
  const variables = [...new Set(groups.flatMap(({ values }) => Object.keys(values)))];
  const measured = groups.map(measuredRow);
  const shown = shownColumns(measured);
  return {
    head: [...(marks ? [""] : []), ...variables, ...shown.map(({ head }) => head)],
    rows: groups.map((group, at) => [
      ...(marks ? [group.pareto ? BEST : ""] : []),
      ...variables.map((name) => name in group.values ? valueText(group.values[name]) : NOTHING),
      ...cellsOf(shown, measured[at]!),
    ]),
    notes: [notes.join(" ")],
    left: variables.length + (marks ? 1 : 0),
  };
}

/** The loss is said only of points that have no accuracy; what is not 0 is a matter of models. */
function measuredRow({ metrics, accuracy, difference, shrinkage }: PointRow): MeasuredRow {
  const { nonzero: _, loss, ...shown } = metrics ?? {};
  const both = metrics?.accuracy === undefined ? { ...shown, ...given({ loss }) } : shown;
  return { metrics: both, spread: accuracy, difference, shrinkage };
}
