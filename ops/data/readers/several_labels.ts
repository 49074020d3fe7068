/** Answers of several parts: columns of numbers or of zeros and ones side by side, and cells that list labels. */
import { LARGEST } from "../../../engine/field.ts";
import { excerpt, listed, quoted } from "../../../engine/quote.ts";
import { type Column, textAt } from "../table/column.ts";
import { notANumber, numberAt } from "../table/numbers.ts";
import { columnPlace, type TableFile } from "../table/writer.ts";
import type { StoredArray } from "./stored_array.ts";

/** What a cell that lists labels is read by. */
interface ListWishes {
  /** Between two labels of a cell; absent: cells are JSON lists. */
  readonly separator?: string | undefined;
  readonly file: string;
  /** The line of each cell. */
  readonly lines?: ArrayLike<number> | undefined;
}

/** The columns of these names as rows of numbers, `true` as 1 and `false` as 0. Throws a RangeError with line and column. */
export function columnsOf(file: TableFile, names: readonly string[], from: number): StoredArray {
  const { name, first, lines, columns } = file;
  const places = names.map((each) => columnPlace(first!, each, name));
  const rows = lines.length - from;
  const data = new Float32Array(rows * places.length);
  for (let row = 0, at = 0; row < rows; row++) {
    for (const place of places) {
      const column = columns[place]!;
      const cell = textAt(column, row + from);
      const number = cell === "true" ? 1 : cell === "false" ? 0 : numberAt(column, row + from);
      if (number === undefined) {
        throw new RangeError(
          `Cannot read "${name}": line ${lines[row + from]}, column ${place + 1} (${
            quoted(first![place]!)
          }) is ${notANumber(cell)}, and the answers are numbers`,
        );
      }
      data[at++] = number;
    }
  }
  return { shape: [rows, places.length], data };
}

/** Every label that cells list, sorted. Throws a RangeError where a cell lists nothing that can be read. */
export function listedLabels(cells: Column, wishes: ListWishes): readonly string[] {
  const found = new Set<string>();
  for (let row = 0; row < cells.codes.length; row++) {
    for (const label of labelsAt(cells, row, wishes)) found.add(label);
    if (found.size > LARGEST.units) {
      throw new RangeError(
        `Cannot tell the labels of "${wishes.file}": they are more than ${LARGEST.units} different ones`,
      );
    }
  }
  return [...found].sort();
}

/** A row for each cell: 1 at the labels that it lists, else 0. Throws a RangeError for a label that is none of the names. */
export function markedLabels(
  cells: Column,
  names: readonly string[],
  wishes: ListWishes,
): Float32Array {
  const { length } = cells.codes;
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const y = new Float32Array(length * names.length);
  for (let row = 0; row < length; row++) {
    for (const label of labelsAt(cells, row, wishes)) {
      const index = indexOf.get(label);
      if (index === undefined) {
        throw new RangeError(
          `Cannot place the label ${quoted(label)} of "${wishes.file}"${
            lineOf(row, wishes)
          } among ${listed(names, 12)}`,
        );
      }
      y[row * names.length + index] = 1;
    }
  }
  return y;
}

/** The zeros and ones of an array as answers. Throws a RangeError where it holds anything else. */
export function flagsOf({ shape, data }: StoredArray, name: string): Float32Array {
  const odd = data.findIndex((value) => value !== 0 && value !== 1);
  if (shape.length === 2 && odd < 0) return Float32Array.from(data);
  throw new RangeError(
    `Cannot use the labels of "${name}": ${
      shape.length === 2
        ? `row ${Math.floor(odd / shape[1]!)} has ${data[odd]}, and a label is there, 1, or not, 0`
        : `their shape is ${shape.join("×")}; expected is ${
          shape[0] ?? 0
        }×labels, of zeros and ones`
    }`,
  );
}

/** The labels that a cell lists, none where it is empty. */
function labelsAt(cells: Column, row: number, wishes: ListWishes): readonly string[] {
  const cell = textAt(cells, row).trim();
  if (cell === "") return [];
  const list = cell.startsWith("[") ? listIn(cell) : undefined;
  if (list !== undefined) return list.map(String);
  if (wishes.separator !== undefined) {
    return cell.split(wishes.separator).map((label) => label.trim()).filter((label) =>
      label !== ""
    );
  }
  throw new RangeError(
    `Cannot read the labels ${quoted(excerpt(cell))} of "${wishes.file}"${
      lineOf(row, wishes)
    }: they are no list; say what stands between labels: columns: { separator: ";" }`,
  );
}

function listIn(cell: string): readonly unknown[] | undefined {
  try {
    return JSON.parse(cell);
  } catch {
    return undefined;
  }
}

function lineOf(row: number, { lines }: ListWishes): string {
  return lines === undefined ? "" : ` (line ${lines[row]})`;
}
