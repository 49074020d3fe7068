/** The table of a sweep: one row per point, variables first, repeats folded together, the best marked. */
import type { Json } from "../digest.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import type { PointGroup } from "./points.ts";
import {
  bytesText,
  countText,
  halfInterval,
  latencyText,
  percentText,
  plainText,
  pointsText,
} from "../quantity.ts";
import { comparisonNotes, type Table } from "./table.ts";

const NOTHING = "–";
const BEST = "◆";

interface Column {
  readonly head: string;
  cell(group: PointRow): string | undefined;
}

const columns: readonly Column[] = [
  { head: "accuracy", cell: accuracyCell },
  { head: "Δ", cell: ({ difference }) => text(difference, pointsText) },
  { head: "agrees", cell: ({ metrics }) => text(metrics?.agreement, percentText) },
  {
    head: "loss",
    cell: ({ metrics }) =>
      metrics?.accuracy === undefined ? text(metrics?.loss, plainText) : undefined,
  },
  { head: "parameters", cell: ({ metrics }) => text(metrics?.parameters, countText) },
  { head: "MACs", cell: ({ metrics }) => text(metrics?.macs, countText) },
  { head: "bytes", cell: ({ metrics }) => text(metrics?.bytes?.encoded, bytesText) },
  { head: "÷", cell: ({ shrinkage }) => text(shrinkage, (value) => value.toFixed(1)) },
  { head: "gzip", cell: ({ metrics }) => text(metrics?.bytes?.gzip, bytesText) },
  { head: "latency", cell: ({ metrics }) => text(metrics?.latency, latencyText) },
];

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
  const shown = columns.filter(({ cell }) => groups.some((group) => cell(group) !== undefined));
  return {
    head: [...(marks ? [""] : []), ...variables, ...shown.map(({ head }) => head)],
    rows: groups.map((group) => [
      ...(marks ? [group.pareto ? BEST : ""] : []),
      ...variables.map((name) => valueText(group.values[name])),
      ...shown.map(({ cell }) => cell(group) ?? NOTHING),
    ]),
    notes: [notes.join(" ")],
    left: variables.length + (marks ? 1 : 0),
  };
}

function accuracyCell({ metrics, accuracy }: PointRow): string | undefined {
  if (accuracy !== undefined) {
    const { mean, deviation, count } = accuracy;
    return `${(100 * mean).toFixed(1)} ± ${(100 * deviation).toFixed(1)} % (${count})`;
  }
  if (metrics?.accuracy === undefined) return undefined;
  if (metrics.samples === undefined) return percentText(metrics.accuracy);
  const half = 100 * halfInterval(metrics.accuracy, metrics.samples);
  return `${(100 * metrics.accuracy).toFixed(1)} ±${half.toFixed(1)} %`;
}

function valueText(value: Json | undefined): string {
  return value === undefined ? NOTHING : typeof value === "string" ? value : JSON.stringify(value);
}

function text(value: number | undefined, write: (value: number) => string): string | undefined {
  return value === undefined ? undefined : write(value);
}
