/** The column that says which samples belong together, or when they were. */
import { quoted } from "../../../engine/quote.ts";
import { textAt } from "../table/column.ts";
import { numberIn } from "../table/numbers.ts";
import { columnPlace, type TableFile } from "../table/writer.ts";

/** What a recipe divides by. */
interface KeyWishes {
  readonly by: "group" | "time";
  readonly column: string;
}

/** Reads the keys of the rows of a file from one on. */
export type KeyReader = (file: TableFile, from: number) => Float64Array;

/** A date or a time of Parquet is a cell of JSON, a text in quotes. */
const QUOTED = /^"(.*)"$/;

/** A date, and perhaps a time of day with its zone; without one it is UTC, wherever it is read. */
const DATE =
  /^(\d{4}-\d{2}(?:-\d{2})?)(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Groups are numbered as they appear, over all files that are read; times are numbers, or milliseconds of dates (ISO 8601).
 * Throws a RangeError with file, line and column where a cell is no time.
 */
export function keyReader({ by, column }: KeyWishes): KeyReader {
  const groups = new Map<string, number>();
  // Years and dates in one column would be millennia apart.
  let dated: boolean | undefined;
  return (file, from) => {
    const { name, first, lines, columns } = file;
    const place = columnPlace(first!, column, name);
    return Float64Array.from({ length: lines.length - from }, (_, row) => {
      const cell = textAt(columns[place]!, row + from);
      if (by === "group") {
        if (!groups.has(cell)) groups.set(cell, groups.size);
        return groups.get(cell)!;
      }
      const number = numberIn(cell) === undefined ? undefined : Number(cell);
      const time = number ?? dateIn(cell);
      dated ??= number === undefined;
      if (time !== undefined && dated === (number === undefined)) return time;
      throw new RangeError(
        `Cannot read "${name}": line ${lines[row + from]}, column ${place + 1} (${
          quoted(column)
        }) is ${quoted(cell)}, no ${dated ? "date as 2024-01-31 or 2024-01-31T10:00Z" : "number"}`,
      );
    });
  };
}

function dateIn(cell: string): number | undefined {
  const [, date, time = "00:00", zone = "Z"] = DATE.exec(cell.replace(QUOTED, "$1")) ?? [];
  const found = date === undefined ? NaN : Date.parse(`${date.padEnd(10, "-01")}T${time}${zone}`);
  return Number.isNaN(found) ? undefined : found;
}
