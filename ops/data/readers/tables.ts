/** Tables as samples: a row each, one column the answer, the others numbers. */
import type { RunContext, Task } from "../../../engine/op.ts";
import { given } from "../../../engine/given.ts";
import { listed, quoted } from "../../../engine/quote.ts";
import { COLUMNS_NOTE, type PartName } from "../dataset.ts";
import type { Loaded, Samples } from "../samples.ts";
import { cellsFrom, columnOf, textAt } from "../table/column.ts";
import { notANumber, numberAt } from "../table/numbers.ts";
import {
  cellHelp,
  type CellWishes,
  missingWords,
  type RawReader,
  rawReader,
} from "../table/raw_table.ts";
import { assertEven, assertTexts, type TableFile } from "../table/writer.ts";
import { labelsOf, type WrittenLabels } from "./label_rows.ts";
import { answersOf, classNames } from "./labels.ts";
import { type KeyReader, keyReader } from "./split_keys.ts";
import { columnsOf } from "./several_labels.ts";
import {
  assertSameColumns,
  type ChosenColumns,
  chosenColumns,
  type TableWishes,
} from "./table_columns.ts";

type SourceParts<T> = Readonly<Partial<Record<PartName, T>>> & { readonly train: T };

/**
 * Reads the parts. `warn` is told what a person may not expect, `note` the names of columns of plain numbers; `memory`
 * bounds what coded columns may take. Throws a RangeError with file, line and column where a cell is not what it must be.
 */
export function loadTables(
  files: SourceParts<TableFile>,
  wishes: TableWishes,
  { warn, note, memory }: Pick<RunContext, "warn" | "note" | "memory">,
): Loaded {
  const columns = new Map<PartName, TableRows>();
  const { missing, categories } = wishes.columns ?? {};
  const reader = missing === undefined && categories === undefined
    ? undefined
    : rawReader(given({ missing, categories }), memory);
  const keys = keysOf(wishes);
  // The first one read says which columns hold categories.
  const { train, ...others } = files;
  const entries = Object.entries({ train, ...others }) as [PartName, TableFile][];
  const chosen = entries.map(([, file]) => chosenColumns(file, wishes, keys !== undefined));
  for (const [i, [part, file]] of entries.entries()) {
    const known = { file: files.train.name, chosen: chosen[0]! };
    assertSameColumns(known, { file: file.name, chosen: chosen[i]! }, wishes.columns);
    columns.set(part, readColumns(file, wishes, { chosen: chosen[i]!, reader, keys }));
  }
  const { names, inputs } = columns.get("train")!;
  if (reader === undefined && names !== undefined) {
    note(COLUMNS_NOTE, inputs.map((place) => names[place]!));
  }
  for (const { name, stray } of reader?.table().columns ?? []) {
    if (stray === undefined) continue;
    warn(`the column ${quoted(name)} of "${files.train.name}" is coded as categories: ${stray}`);
  }
  if (wishes.labels === "none") {
    const bare = entries.map(([part]) => [part, bareSamples(columns.get(part)!)] as const);
    const parts = Object.fromEntries(bare) as unknown as SourceParts<Samples>;
    return { ...parts, ...given({ table: reader?.table() }) };
  }
  warnOfLabel(files.train, wishes, names, warn);
  const { label, separator } = wishes.columns ?? {};
  const several = typeof label === "object" ? label : undefined;
  const named = wishes.task === "multi-label" && several !== undefined
    ? wishes.classes ?? several
    : classNames(
      columns.get("train")!.labels,
      { ...wishes, ...given({ separator }), warn },
      files.train.name,
    );
  const samples = entries.map(([part, file]) =>
    [
      part,
      samplesOf(columns.get(part)!, named, wishes.task, { file: file.name, separator }),
    ] as const
  );
  return {
    ...Object.fromEntries(samples) as unknown as SourceParts<Samples>,
    ...given({
      classes: named,
      targets: wishes.task === "regression" ? several : undefined,
      table: reader?.table(),
    }),
  };
}

/** What reads the column that a recipe divides by; undefined where it divides by none. */
function keysOf({ split }: TableWishes): KeyReader | undefined {
  const { by, column } = split ?? {};
  return column !== undefined && (by === "group" || by === "time")
    ? keyReader({ by, column })
    : undefined;
}

interface TableRows {
  readonly x: Float32Array;
  /** The places of what is seen. */
  readonly inputs: readonly number[];
  readonly labels: WrittenLabels;
  /** What each row is divided by. */
  readonly keys?: Float64Array;
  /** The line of each row. */
  readonly lines: Int32Array;
  /** The first row, where it holds names. */
  readonly names?: readonly string[];
}

/** To learn the sample itself needs no label, and there may be none: then the last column is missing in the samples. */
function warnOfLabel(
  { name }: TableFile,
  { task, columns }: TableWishes,
  names: readonly string[] | undefined,
  warn: (sentence: string) => void,
): void {
  if (task !== "reconstruction" || columns?.label !== undefined || columns?.input !== undefined) {
    return;
  }
  const [last, way] = names === undefined
    ? ["", "give the file a first row of names and name all: columns: { input: […] }"]
    : [`, ${quoted(names.at(-1)!)},`, `name all: columns: { input: [${listed(names)}] }`];
  warn(
    `the last column of "${name}"${last} is taken as the label and is no part of the samples; to learn it too, ${way}`,
  );
}

function readColumns(
  file: TableFile,
  { columns, task, labels: none }: TableWishes,
  { chosen, reader, keys }: {
    readonly chosen: ChosenColumns;
    readonly reader: RawReader | undefined;
    readonly keys: KeyReader | undefined;
  },
): TableRows {
  const { name, columns: cells } = file;
  const { inputs, answers, key, names } = chosen;
  const headed = names !== undefined;
  const from = headed ? 1 : 0;
  const lines = file.lines.subarray(from);
  const x = reader?.read(file, inputs, from) ?? numbersOf(file, inputs, { from, headed });
  assertEven(file);
  for (const column of [...inputs, ...answers, ...key === undefined ? [] : [key]]) {
    assertTexts(file, column);
  }
  // A cell without a label lists none.
  if (columns?.missing !== undefined && task !== "multi-label") {
    for (const answer of answers) assertLabelled(file, answer, { from, columns });
  }
  const labels = none === "none" ? columnOf([]) : labelsIn();
  return {
    x,
    inputs,
    labels,
    lines,
    ...given({ keys: keys?.(file, from), names }),
  };

  function labelsIn(): WrittenLabels {
    if (typeof columns?.label === "object") return columnsOf(file, columns.label, from);
    const written = cellsFrom(cells[answers[0]!]!, from);
    return task === "multi-label" ? written : labelsOf(written, name);
  }
}

/** The cells of some columns, row by row, from one row on. */
function numbersOf(
  { name, first, columns: cells, lines }: TableFile,
  inputs: readonly number[],
  { from, headed }: { readonly from: number; readonly headed: boolean },
): Float32Array {
  const x = new Float32Array((lines.length - from) * inputs.length);
  for (let row = from, at = 0; row < lines.length; row++) {
    for (const column of inputs) x[at++] = cellNumber(row, column);
  }
  return x;

  function cellNumber(row: number, column: number): number {
    const number = numberAt(cells[column]!, row);
    if (number !== undefined) return number;
    const called = `column ${column + 1}${headed ? ` (${quoted(first![column]!)})` : ""}`;
    throw new RangeError(
      `Cannot read "${name}": line ${lines[row]}, ${called} is ${
        notANumber(textAt(cells[column]!, row))
      }${headed ? cellHelp(textAt(cells[column]!, row), {}) : ""}`,
    );
  }
}

/** Throws a RangeError where a row has no label: what it is cannot be made up. */
function assertLabelled(
  { name, first, columns, lines }: TableFile,
  label: number,
  { from, columns: wishes }: { readonly from: number; readonly columns: CellWishes },
): void {
  const missing = missingWords(wishes);
  for (let row = from; row < lines.length; row++) {
    const text = textAt(columns[label]!, row);
    if (!missing.has(text)) continue;
    throw new RangeError(
      `Cannot read "${name}": line ${lines[row]}, column ${label + 1} (${
        quoted(first![label]!)
      }) is ${quoted(text)}, and a missing label is not made up; leave the row out`,
    );
  }
}

function bareSamples({ x, inputs, lines, keys }: TableRows): Samples {
  return { count: lines.length, input: [inputs.length], x, y: null, ...given({ keys }) };
}

function samplesOf(
  { x, inputs, labels, lines, keys }: TableRows,
  names: readonly string[] | undefined,
  task: Task,
  place: { readonly file: string; readonly separator: string | undefined },
): Samples {
  return {
    count: lines.length,
    input: [inputs.length],
    x,
    ...given({ keys }),
    lines,
    ...answersOf(labels, names, task, { ...place, lines }),
  };
}
