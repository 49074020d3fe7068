/** Tables as samples: a row each, one column the answer, the others numbers. */
import type { Task } from "../../engine/op.ts";
import type { PartName } from "./dataset.ts";
import type { Loaded, Samples } from "./samples.ts";
import { parseSeparated, type Row } from "./separated.ts";

/** A file of a table. */
export interface TableFile {
  readonly name: string;
  readonly text: string;
  readonly separator: string;
}

/** How to read it. */
export interface TableWishes {
  readonly columns?: { readonly input?: readonly string[]; readonly label?: string };
  readonly classes?: readonly string[];
  readonly task: Task;
}

type Parts<T> = Readonly<Partial<Record<PartName, T>>> & { readonly train: T };

/** Reads the parts. Throws a RangeError with file, line and column where a cell is not what it must be. */
export function loadTables(files: Parts<TableFile>, wishes: TableWishes): Loaded {
  const columns = new Map<PartName, Columns>();
  const entries = Object.entries(files) as [PartName, TableFile][];
  for (const [part, file] of entries) columns.set(part, readColumns(file, wishes));
  const named = namesOf(columns.get("train")!.labels, wishes);
  const samples = entries.map(([part, file]) =>
    [part, samplesOf(columns.get(part)!, named, wishes.task, file.name)] as const
  );
  return {
    ...Object.fromEntries(samples) as unknown as Parts<Samples>,
    ...(named === undefined ? {} : { classes: named }),
  };
}

interface Columns {
  readonly x: Float32Array;
  readonly width: number;
  readonly labels: readonly string[];
}

function readColumns({ name, text, separator }: TableFile, { columns }: TableWishes): Columns {
  const rows = parseSeparated(text, separator, name);
  const [first] = rows;
  if (first === undefined) throw new RangeError(`Cannot read "${name}": it has no rows`);
  const all = first.cells.map((_, i) => i);
  const place = (column: string) => {
    const found = first.cells.indexOf(column);
    if (found >= 0) return found;
    throw new RangeError(
      `Cannot find the column "${column}" in "${name}": it has ${first.cells.join(", ")}`,
    );
  };
  const label = columns?.label === undefined ? all.length - 1 : place(columns.label);
  const inputs = columns?.input?.map(place) ?? all.filter((column) => column !== label);
  const headed = columns !== undefined ||
    inputs.some((column) => numberOf(first.cells[column]!) === undefined);
  const body = headed ? rows.slice(1) : rows;
  const x = new Float32Array(body.length * inputs.length);
  body.forEach((row, i) => {
    assertWidth(row, all.length, name);
    inputs.forEach((column, k) => x[i * inputs.length + k] = cellNumber(row, column, name));
  });
  return { x, width: inputs.length, labels: body.map(({ cells }) => cells[label]!) };
}

/** Class names where labels are words; undefined where they are numbers, whose names are the numbers found. */
function namesOf(
  labels: readonly string[],
  { task, classes }: TableWishes,
): readonly string[] | undefined {
  if (task !== "classification") return undefined;
  const found = [...new Set(labels)];
  const words = found.some((label) => !/^\d+$/.test(label));
  if (classes !== undefined) {
    return words || found.every((label) => classes.includes(label)) ? classes : undefined;
  }
  return words ? found.sort() : undefined;
}

function samplesOf(
  { x, width, labels }: Columns,
  names: readonly string[] | undefined,
  task: Task,
  file: string,
): Samples {
  const common = { count: labels.length, input: [width], x };
  if (task === "classification" && names !== undefined) {
    const indexOf = new Map(names.map((name, i) => [name, i]));
    const y = Int32Array.from(labels, (label) => {
      const index = indexOf.get(label);
      if (index !== undefined) return index;
      throw new RangeError(
        `Cannot place the label "${label}" of "${file}" among ${names.join(", ")}`,
      );
    });
    return { ...common, y };
  }
  const numbers = labels.map((label) => {
    const number = numberOf(label);
    if (number !== undefined) return number;
    throw new RangeError(`Cannot read the label "${label}" of "${file}" as a number`);
  });
  return {
    ...common,
    y: task === "classification" ? Int32Array.from(numbers) : Float32Array.from(numbers),
  };
}

function cellNumber({ cells, line }: Row, column: number, name: string): number {
  const number = numberOf(cells[column]!);
  if (number !== undefined) return number;
  throw new RangeError(
    `Cannot read "${name}": line ${line}, column ${column + 1} is "${cells[column]}", not a number`,
  );
}

function assertWidth({ cells, line }: Row, width: number, name: string): void {
  if (cells.length === width) return;
  throw new RangeError(
    `Cannot read "${name}": line ${line} has ${cells.length} cells, the first has ${width}`,
  );
}

function numberOf(cell: string): number | undefined {
  const number = cell === "" ? NaN : Number(cell);
  return Number.isFinite(number) ? number : undefined;
}
