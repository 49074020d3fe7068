/** The result table: one row per measured model, laid out for a terminal or in Markdown. */
import { given } from "../given.ts";
import type { Graph } from "../graph/graph.ts";
import type { Metrics, MetricSet } from "../metrics.ts";
import { figureNamed } from "./figures.ts";
import type { Spread } from "./mean_metrics.ts";
import { bytesCompared, modelLabel, type ModelRow } from "./model_row.ts";
import { markdownText } from "./markdown_text.ts";
import { integersCell, latencyCell, latencySentences } from "./timing.ts";
import {
  bytesText,
  countText,
  halfInterval,
  percentText,
  plainText,
  pointsText,
  wholeText,
} from "../quantity.ts";

/** A table of texts; the first columns are set left, the others right. */
export interface Table {
  /** Column titles. */
  readonly head: readonly string[];
  /** Cells as a person reads them. */
  readonly rows: readonly (readonly string[])[];
  /** Sentences below it. */
  readonly notes: readonly string[];
  /** How many columns are set left; 1 where absent. */
  readonly left?: number;
}

/** Stands where a row has nothing to say. */
export const NOTHING = "–";

/** The table of the models of a run. */
export function resultTable(graph: Graph, models: readonly ModelRow[]): Table {
  const { result, reference: against } = graph.recipe;
  const reference = models.find(({ name }) => name === against);
  const rows = models.map((row) => comparedRow(graph, models, row, reference));
  const columns = shownColumns(rows, furtherColumns(graph.recipe.metrics, models));
  const label = (name: string) => `${modelLabel(graph, name)}${name === result ? "  result" : ""}`;
  return {
    head: ["model", ...columns.map(({ head }) => head)],
    rows: rows.map((row, at) => [label(models[at]!.name), ...cellsOf(columns, row)]),
    notes: notesFor(models, reference, columns),
  };
}

/** A table for a terminal. */
export function tableText({ head, rows, notes, left = 1 }: Table): string {
  const lines = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...lines.map((line) => width(line[at] ?? ""))));
  const text = lines.map((line) =>
    line.map((cell, at) => {
      const space = " ".repeat(widths[at]! - width(cell));
      return at < left ? cell + space : space + cell;
    }).join("  ").trimEnd()
  );
  return [...text, ...notes.map((note) => `  ${note}`)].join("\n");
}

/** A table in Markdown. */
export function tableMarkdown({ head, rows, notes, left = 1 }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => markdownText(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = head.map((_, at) => at < left ? ":--" : "--:");
  return [
    line(head),
    line(rule),
    ...rows.map(line),
    ...(notes.length === 0 ? [] : ["", notes.join(" ")]),
  ].join("\n");
}

/** A row of measurements: what was measured, and how it compares with its reference, where there is another. */
export interface MeasuredRow {
  readonly metrics: Omit<Metrics, "metrics"> & Partial<Pick<Metrics, "metrics">> | undefined;
  /** Of repeats: mean and deviation of the accuracy. */
  readonly spread?: Spread | undefined;
  /** Accuracy less that of the reference. */
  readonly difference?: number | undefined;
  /** How often smaller in bytes than the reference. */
  readonly shrinkage?: number | undefined;
}

/** One column: what stands in it for a row, and whether anybody needs it. */
interface ReportColumn {
  readonly head: string;
  cell(row: MeasuredRow): string | undefined;
}

/** The columns of tables of models and of points, but those of metrics that few have. */
const columns: readonly ReportColumn[] = [
  { head: "accuracy", cell: accuracyCell },
  { head: "Δ", cell: ({ difference }) => text(difference, pointsText) },
  { head: "agrees", cell: ({ metrics }) => text(metrics?.agreement, percentText) },
  { head: "loss", cell: ({ metrics }) => text(metrics?.loss, plainText) },
  { head: "parameters", cell: ({ metrics }) => text(metrics?.parameters, countText) },
  { head: "nonzero", cell: ({ metrics }) => text(metrics?.nonzero, countText) },
  { head: "MACs", cell: ({ metrics }) => text(metrics?.macs, countText) },
  { head: "bytes", cell: ({ metrics }) => text(metrics?.bytes?.encoded, bytesText) },
  { head: "÷", cell: ({ shrinkage }) => text(shrinkage, (value) => value.toFixed(1)) },
  { head: "gzip", cell: ({ metrics }) => text(metrics?.bytes?.gzip, bytesText) },
  { head: "latency", cell: ({ metrics }) => metrics && latencyCell(metrics) },
  { head: "in integers", cell: ({ metrics }) => metrics && integersCell(metrics) },
];

/** The columns in which a row has something, with further ones behind the loss. */
export function shownColumns(
  rows: readonly MeasuredRow[],
  further: readonly ReportColumn[] = [],
): readonly ReportColumn[] {
  const behind = columns.findIndex(({ head }) => head === "parameters");
  return columns.toSpliced(behind, 0, ...further)
    .filter(({ cell }) => rows.some((row) => cell(row) !== undefined));
}

/** A row's cells in these columns. */
export function cellsOf(columns: readonly ReportColumn[], row: MeasuredRow): string[] {
  return columns.map(({ cell }) => cell(row) ?? NOTHING);
}

/** What the table of a run says of a model: loss only where no accuracy is, zeros only where a step is about them. */
function comparedRow(
  graph: Graph,
  models: readonly ModelRow[],
  { agreement, loss, nonzero, ...row }: ModelRow,
  reference: ModelRow | undefined,
): MeasuredRow {
  const touchesZeros = models.some(({ name }) => {
    const facts = graph.node(name)?.facts;
    return facts?.kind === "model" && facts.established.includes("zeros");
  });
  const isOther = row.name !== reference?.name;
  const chooses = models.some(({ accuracy }) => accuracy !== undefined);
  return {
    metrics: {
      ...row,
      ...given({
        agreement: isOther ? agreement : undefined,
        loss: chooses ? undefined : loss,
        nonzero: touchesZeros ? nonzero : undefined,
      }),
    },
    difference: isOther && row.accuracy !== undefined && reference?.accuracy !== undefined
      ? row.accuracy - reference.accuracy
      : undefined,
    shrinkage: row.bytes === undefined || reference?.bytes === undefined
      ? undefined
      : bytesCompared(reference.bytes) / row.bytes.encoded,
  };
}

/** Columns of the single figures that some model has beside those that every model may have, as their metrics say. */
function furtherColumns(known: MetricSet, models: readonly ModelRow[]): ReportColumn[] {
  const names = models.flatMap(({ metrics }) =>
    Object.keys(metrics).filter((name) => typeof metrics[name] === "number")
  );
  return [...new Set(names)].map((name) => {
    return {
      head: known.get(name)?.head ?? figureNamed(known, name).label,
      cell: ({ metrics }) => metrics && furtherCell(known, metrics, name),
    };
  });
}

/** A single figure beside those that every model may have, with its interval where it has one. */
export function furtherCell(
  known: MetricSet,
  { metrics, intervals }: Partial<Pick<Metrics, "metrics" | "intervals">>,
  name: string,
): string | undefined {
  const { write } = figureNamed(known, name);
  const value = metrics?.[name];
  if (typeof value !== "number") return undefined;
  const [low, high] = intervals?.[name] ?? [];
  return low === undefined || high === undefined
    ? write(value)
    : `${write(value)} [${write(low)}, ${write(high)}]`;
}

function accuracyCell({ metrics, spread }: MeasuredRow): string | undefined {
  if (spread !== undefined) {
    const { mean, deviation, count } = spread;
    return `${(100 * mean).toFixed(1)} ± ${(100 * deviation).toFixed(1)} % (${count})`;
  }
  if (metrics?.accuracy === undefined) return undefined;
  if (metrics.samples === undefined) return percentText(metrics.accuracy);
  const half = 100 * halfInterval(metrics.accuracy, metrics.samples);
  return `${(100 * metrics.accuracy).toFixed(1)} ±${half.toFixed(1)} %`;
}

function text(value: number | undefined, write: (value: number) => string): string | undefined {
  return value === undefined ? undefined : write(value);
}

function notesFor(
  models: readonly ModelRow[],
  reference: ModelRow | undefined,
  columns: readonly ReportColumn[],
): string[] {
  const samples = models.find((row) => row.samples !== undefined)?.samples;
  const heads = columns.map(({ head }) => head);
  const sentences = [
    ...(heads.includes("accuracy") && samples !== undefined
      ? [`± 95 % interval of ${wholeText(samples)} samples.`]
      : []),
    ...(models.some(({ intervals }) => intervals !== undefined)
      ? ["[ ] 95 % interval, the samples drawn anew 200 times."]
      : []),
    ...comparisonNotes(heads, reference === undefined ? [] : [reference], models),
  ];
  return sentences.length === 0 ? [] : [sentences.join(" ")];
}

/** A model in the notes of a table: by name, what was counted of it, and how it was timed. */
type Weighed = Pick<ModelRow, "name" | "bytes" | "timing">;

/** What the columns under these heads compare with, what bytes they count, and where latencies were measured. */
export function comparisonNotes(
  heads: readonly string[],
  references: readonly Weighed[],
  models: readonly Weighed[],
): string[] {
  const compared = ["Δ", "agrees", "÷"].filter((head) => heads.includes(head));
  const against = [...new Set(references.map(({ name }) => name))];
  const as = compared.includes("÷") && references.some(({ bytes }) => bytes?.loaded !== undefined)
    ? "; ÷ against the files it was loaded from"
    : "";
  const counted = models.flatMap(({ name, bytes }) => bytes === undefined ? [] : [{ name, bytes }]);
  const own = new Set(counted.flatMap(({ name, bytes }) => bytes.own ? [name] : []));
  const formats = new Set(counted.flatMap(({ bytes }) => bytes.own ? [] : [bytes.format]));
  return [
    against.length > 0 && compared.length > 0
      ? `${listed(compared)} against ${listed(against)}${as}.`
      : "",
    bytesSentence([...formats], [...own]),
    ...latencySentences(models.map(({ timing }) => timing)),
  ].filter((sentence) => sentence !== "");
}

/** What is counted: the files of a format, or those that a model was loaded from. */
function bytesSentence(formats: readonly string[], own: readonly string[]): string {
  const parts = [
    ...(formats.length > 0 ? [`encoded as ${formats.join(", ")}`] : []),
    ...(own.length > 0 ? [`of ${listed(own)} the files it was loaded from`] : []),
  ];
  return parts.length === 0 ? "" : `bytes = ${parts.join("; ")}.`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Characters that a terminal shows in one cell each; all that is printed here is of that kind. */
function width(cell: string): number {
  return [...cell].length;
}
