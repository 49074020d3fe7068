/** The result table: one row per measured model, laid out for a terminal or in Markdown. */
import type { Graph } from "../graph/graph.ts";
import { bytesCompared, modelLabel, type ModelRow } from "./model_row.ts";
import { markdownText } from "./markdown_text.ts";
import {
  bytesText,
  countText,
  halfInterval,
  latencyText,
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

/** One column: what stands in it for a row, and whether anybody needs it. */
interface Column {
  readonly head: string;
  cell(row: ModelRow): string | undefined;
}

/** Stands where a row has nothing to say. */
const NOTHING = "–";

/** The table of the models of a run. */
export function resultTable(graph: Graph, models: readonly ModelRow[]): Table {
  const { result, reference: against } = graph.recipe;
  const reference = models.find(({ name }) => name === against);
  const columns = columnsFor(graph, models, reference)
    .filter(({ cell }) => models.some((row) => cell(row) !== undefined));
  const label = (name: string) => `${modelLabel(graph, name)}${name === result ? "  result" : ""}`;
  return {
    head: ["model", ...columns.map(({ head }) => head)],
    rows: models.map((row) => [
      label(row.name),
      ...columns.map(({ cell }) => cell(row) ?? NOTHING),
    ]),
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

function columnsFor(
  graph: Graph,
  models: readonly ModelRow[],
  reference: ModelRow | undefined,
): Column[] {
  const touchesZeros = models.some(({ name }) => {
    const facts = graph.node(name)?.facts;
    return facts?.kind === "model" && facts.established.includes("zeros");
  });
  const other = (row: ModelRow) => row.name === reference?.name ? undefined : row;
  const further = [
    ...new Set(
      models.flatMap((row) =>
        Object.keys(row.metrics).filter((name) => typeof row.metrics[name] === "number")
      ),
    ),
  ];
  return [
    { head: "accuracy", cell: accuracyCell },
    { head: "Δ", cell: (row) => difference(other(row), reference) },
    { head: "agrees", cell: (row) => text(other(row)?.agreement, percentText) },
    ...(models.some(({ accuracy }) => accuracy !== undefined) ? [] : [
      { head: "loss", cell: (row: ModelRow) => text(row.loss, plainText) },
    ]),
    ...further.map((name): Column => ({
      head: name,
      cell: (row) => {
        const value = row.metrics[name];
        return typeof value === "number" ? plainText(value) : undefined;
      },
    })),
    { head: "parameters", cell: (row) => text(row.parameters, countText) },
    { head: "nonzero", cell: (row) => touchesZeros ? text(row.nonzero, countText) : undefined },
    { head: "MACs", cell: (row) => text(row.macs, countText) },
    { head: "bytes", cell: (row) => text(row.bytes?.encoded, bytesText) },
    { head: "÷", cell: (row) => shrinkage(row, reference) },
    { head: "gzip", cell: (row) => text(row.bytes?.gzip, bytesText) },
    { head: "latency", cell: (row) => text(row.latency, latencyText) },
  ];
}

function accuracyCell({ accuracy, samples }: ModelRow): string | undefined {
  if (accuracy === undefined) return undefined;
  if (samples === undefined) return percentText(accuracy);
  const half = 100 * halfInterval(accuracy, samples);
  return `${(100 * accuracy).toFixed(1)} ±${half.toFixed(1)} %`;
}

function difference(
  row: ModelRow | undefined,
  reference: ModelRow | undefined,
): string | undefined {
  if (row?.accuracy === undefined || reference?.accuracy === undefined) return undefined;
  return pointsText(row.accuracy - reference.accuracy);
}

function shrinkage(row: ModelRow, reference: ModelRow | undefined): string | undefined {
  if (row.bytes === undefined || reference?.bytes === undefined) return undefined;
  return (bytesCompared(reference.bytes) / row.bytes.encoded).toFixed(1);
}

function text(value: number | undefined, write: (value: number) => string): string | undefined {
  return value === undefined ? undefined : write(value);
}

function notesFor(
  models: readonly ModelRow[],
  reference: ModelRow | undefined,
  columns: readonly Column[],
): string[] {
  const samples = models.find((row) => row.samples !== undefined)?.samples;
  const heads = columns.map(({ head }) => head);
  const sentences = [
    ...(heads.includes("accuracy") && samples !== undefined
      ? [`± 95 % interval of ${wholeText(samples)} samples.`]
      : []),
    ...comparisonNotes(heads, reference === undefined ? [] : [reference], models),
  ];
  return sentences.length === 0 ? [] : [sentences.join(" ")];
}

/** A model in the notes of a table: by name, and what was counted of it. */
export type Weighed = Pick<ModelRow, "name" | "bytes">;

/** What the columns under these heads compare with, and what bytes they count. */
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
