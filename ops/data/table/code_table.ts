/** Columns of a table as numbers: missing cells filled, categories coded, by what is learned on train alone. */
import { given } from "../../../engine/given.ts";
import { quoted } from "../../../engine/quote.ts";
import { assertFits } from "../../../engine/size.ts";
import type { CodedColumn } from "../dataset.ts";
import type { Parts, Samples } from "../samples.ts";
import type { RawColumn, RawTable } from "./raw_table.ts";
import { type Missing, USUAL_MOST } from "./table_fields.ts";

/** What a category is called that is no text: a missing cell. */
export const MISSING = "(missing)";

/**
 * The parts coded, and what was learned for it of `train`: of each column in their order, and behind them of each indicator.
 * Throws a RangeError that names the column where there is nothing to learn from, or more categories than are allowed; a
 * MemoryError where the codes would take more than the memory.
 */
export function codeTable(
  parts: Parts,
  table: RawTable,
): { readonly parts: Parts; readonly columns: readonly CodedColumn[] } {
  const { columns: raw, wishes, memory } = table;
  const cells = (at: number) => cellsOf(parts.train, at, raw.length);
  const learned = raw.map((column, at) => learn(column, cells(at), table));
  const indicators = wishes.missing?.indicator !== true
    ? []
    : raw.flatMap(({ name, texts }, at) =>
      texts === undefined && cells(at).some(Number.isNaN) ? [{ name, missing: at }] : []
    );
  const columns = [...learned, ...indicators];
  const width = columns.reduce((sum, column) => sum + columnWidth(column), 0);
  const rows = Object.values(parts).reduce((sum, { count }) => sum + count, 0);
  assertFits(
    `Cannot code "${table.file}": ${rows} rows of ${width} columns`,
    rows * width * Float32Array.BYTES_PER_ELEMENT,
    memory,
    "fewer categories: columns: { categories: { use: one-hot, most: … } }",
  );
  const coded = (samples: Samples) => codedSamples(samples, { raw, columns, width });
  const { train, validation, test } = parts;
  return {
    columns,
    parts: { train: coded(train), validation: coded(validation), test: coded(test) },
  };
}

/** How many columns of samples stand for one of the file. */
export function columnWidth(column: CodedColumn): number {
  if (!("categories" in column) || column.code === "integer") return 1;
  return column.categories.length + (column.unknown ? 1 : 0);
}

/** Of each column of the samples whether it holds zeros and ones that stand for something, and is no measure. */
export function zerosAndOnes(columns: readonly CodedColumn[]): boolean[] {
  return columns.flatMap((column) =>
    Array(columnWidth(column)).fill(
      "missing" in column || "categories" in column && column.code === "one-hot",
    )
  );
}

/** One column of samples. */
function cellsOf({ x, count }: Samples, at: number, width: number): Float64Array {
  return Float64Array.from({ length: count }, (_, row) => x[row * width + at]!);
}

function learn(column: RawColumn, cells: Float64Array, table: RawTable): CodedColumn {
  const { name } = column;
  const { missing } = table.wishes;
  const present = cells.filter((cell) => !Number.isNaN(cell));
  if (present.length === 0) {
    throw new RangeError(
      `Cannot learn from the column ${
        quoted(name)
      } of "${table.file}": each of its ${cells.length} cells in train is ` +
        "missing; leave it out: columns: { input: […] }",
    );
  }
  if (column.texts === undefined) {
    return { name, ...given({ fill: missing && fillOf(present, missing) }) };
  }
  const { use: code, most, ...unknown } = table.wishes.categories!;
  const counts = countsOf(cells, column.texts);
  const frequent = [...counts].sort(([a, n], [b, m]) => m - n || order(a, b)).map(([text]) => text);
  if (most === undefined && frequent.length > USUAL_MOST) {
    throw new RangeError(
      `Cannot code the column ${
        quoted(name)
      } of "${table.file}": its cells in train say ${frequent.length} different ` +
        `things, as ${quoted(frequent[0]!)}${
          column.stray === undefined ? "" : `; ${column.stray}`
        }; leave it out, or say how many of the most frequent are told apart: ` +
        `columns: { categories: { use: ${code}, most: ${USUAL_MOST} } }`,
    );
  }
  const filled = missing?.use === "most-frequent";
  const categories = frequent.filter((text) => !filled || text !== MISSING).slice(0, most);
  return {
    name,
    code,
    categories: categories.sort(order),
    ...given({
      fill: filled ? frequent.find((text) => text !== MISSING) : undefined,
      unknown: "unknown" in unknown && unknown.unknown === "column" ? true : undefined,
    }),
  };
}

/** The number that stands for missing ones. */
function fillOf(present: Float64Array, missing: Missing): number {
  switch (missing.use) {
    case "mean":
      return present.reduce((sum, each) => sum + each, 0) / present.length;
    case "median": {
      const sorted = present.toSorted();
      const half = Math.floor(sorted.length / 2);
      return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
    }
    case "most-frequent": {
      const counts = new Map<number, number>();
      for (const each of present) counts.set(each, (counts.get(each) ?? 0) + 1);
      return [...counts].reduce((a, b) => b[1] > a[1] || b[1] === a[1] && b[0] < a[0] ? b : a)[0];
    }
    case "constant":
      return missing.value;
    default:
      return missing satisfies never;
  }
}

/** How often each category is there, missing ones among them. */
function countsOf(cells: Float64Array, texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    const text = textOf(cell, texts);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

function textOf(cell: number, texts: readonly string[]): string {
  return Number.isNaN(cell) ? MISSING : texts[cell]!;
}

/** By code units: the same wherever it is asked. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface TableCoding {
  readonly raw: readonly RawColumn[];
  readonly columns: readonly CodedColumn[];
  readonly width: number;
}

function codedSamples(samples: Samples, { raw, columns, width }: TableCoding): Samples {
  const { count } = samples;
  const x = new Float32Array(count * width);
  let first = 0;
  for (const [at, column] of columns.entries()) {
    const cells = cellsOf(samples, "missing" in column ? column.missing : at, raw.length);
    const write = writer(column, raw[at]?.texts);
    for (let row = 0; row < count; row++) write(x, row * width + first, cells[row]!);
    first += columnWidth(column);
  }
  return { ...samples, input: [width], x };
}

type Write = (x: Float32Array, at: number, cell: number) => void;

/** What writes a cell of the column. */
function writer(column: CodedColumn, texts: readonly string[] | undefined): Write {
  if ("missing" in column) return (x, at, cell) => void (x[at] = Number.isNaN(cell) ? 1 : 0);
  if (!("categories" in column)) {
    return (x, at, cell) => void (x[at] = Number.isNaN(cell) ? column.fill! : cell);
  }
  const { code, categories, unknown, fill } = column;
  const places = new Map(categories.map((category, place) => [category, place]));
  const placeOf = (cell: number): number | undefined =>
    places.get(Number.isNaN(cell) && fill !== undefined ? fill : textOf(cell, texts!));
  if (code === "integer") return (x, at, cell) => void (x[at] = (placeOf(cell) ?? -1) + 1);
  return (x, at, cell) => {
    const place = placeOf(cell) ?? (unknown ? categories.length : undefined);
    if (place !== undefined) x[at + place] = 1;
  };
}
