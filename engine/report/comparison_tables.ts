/** A comparison as tables: figures that differ, steps that differ. */
import type { MetricSet } from "../metrics.ts";
import { type Table, tableText } from "./table.ts";
import { valuesText } from "../quantity.ts";
import type { FigureComparison, RunComparison } from "./compare.ts";
import { figureNamed } from "./figures.ts";
import { whenText } from "./provenance.ts";

/** A comparison as text. */
export function comparisonText(comparison: RunComparison, metrics: MetricSet): string {
  const shown = ({ rows, notes, ...table }: Table): string =>
    rows.length === 0 ? notes.join("\n") : tableText({ ...table, rows, notes });
  return [
    ...comparedRuns(comparison),
    shown(figureTable(comparison, metrics)),
    shown(stepTable(comparison)),
  ]
    .filter((part) => part !== "").join("\n") + "\n";
}

/** The two runs, in a sentence each. */
export function comparedRuns({ a, b }: RunComparison): string[] {
  return [["A", a] as const, ["B", b] as const].map((
    [letter, { recipe, settings, ok, date, host, unlisted = 0 }],
  ) =>
    `${letter} ${recipe}${settings === undefined ? "" : ` with ${valuesText(settings)}`}, ${
      whenText(date)
    } on ${host}${ok ? "" : ", not ok"}${
      unlisted === 0 ? "" : `; ${unlisted} of its steps are not listed, nor compared`
    }`
  );
}

/** The figures that differ; models without one are named below. */
export function figureTable({ figures }: RunComparison, metrics: MetricSet): Table {
  const models = [...new Set(figures.map(({ model }) => model))];
  const differing = figures.filter(({ a, b }) => a !== b);
  const same = models.filter((model) => !differing.some((each) => each.model === model));
  return {
    head: ["model", "figure", "A", "B", "difference"],
    rows: differing.map((each) => figureRow(each, metrics)),
    notes: same.length === 0 ? [] : [`The same in both: ${same.join(", ")}.`],
    left: 2,
  };
}

/** The steps that differ. */
export function stepTable({ steps }: RunComparison): Table {
  return {
    head: ["step", "differs in", "because"],
    rows: steps.map(({ step, what, why }) => [step, words[what], why.join(", ")]),
    notes: steps.length === 0 ? ["Every step is the same in both."] : [],
    left: 3,
  };
}

const words = {
  "only in A": "only in A",
  "only in B": "only in B",
  result: "its result",
  way: "its way to the same result",
} as const;

function figureRow({ model, figure, a, b }: FigureComparison, metrics: MetricSet): string[] {
  const { label, write, difference } = figureNamed(metrics, figure);
  const shown = (value: number | undefined) => value === undefined ? "–" : write(value);
  const change = a === undefined || b === undefined ? "–" : difference(a, b);
  return [model, label, shown(a), shown(b), change];
}
