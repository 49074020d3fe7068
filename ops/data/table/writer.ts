/** A table of a file as columns of cells, and how readers write it row by row. */
import { given } from "../../../engine/given.ts";
import { listed, quoted } from "../../../engine/quote.ts";
import { assertFits } from "../../../engine/size.ts";
import { CELL, type Column, type ColumnWriter, columnWriter, textAt } from "./column.ts";

/** A file of a table: plain data. */
export interface TableFile {
  readonly name: string;
  /** The cells of the first row, which may hold the names of the columns; absent where there is no row. */
  readonly first?: readonly string[];
  /** As many as the first row has cells; the first row's cells are in them too. */
  readonly columns: readonly Column[];
  /** The line on which each row begins, from 1; `NO_LINE` where names stand on none. */
  readonly lines: Int32Array;
  /** The first row that is not as wide as the first, behind those that are read; what follows it is not kept. */
  readonly ragged?: { readonly line: number; readonly cells: number };
  /** Of each column the first row, if one holds bytes that are not UTF-8; absent where no cell does. */
  readonly binary?: readonly (number | undefined)[];
  /** Whether the first row holds the names of the columns; undefined: only its cells can tell. */
  readonly named?: true;
}

/** Of names that a file holds apart from its rows, as Parquet does. */
export const NO_LINE = 0;

/** A table that is being written row by row. */
export interface TableWriter {
  readonly columns: readonly ColumnWriter[];
  /** The row that is being written. */
  readonly row: number;
  /** Notes that the bytes of a cell are not UTF-8. */
  binary(column: number, row: number): void;
  /** Ends the row: it is kept, and the next one is written. */
  end(line: number): void;
  /** Ends the table at a row of another width: nothing behind it is kept. */
  ragged(line: number, cells: number): void;
  file(): TableFile;
}

/** A writer of at most `rows` rows under these first cells, which stand on a line; `held` are the bytes they are read from. */
export function tableWriter(
  name: string,
  first: readonly string[],
  line: number,
  { rows, memory, held }: {
    readonly rows: number;
    readonly memory: number;
    readonly held: number;
  },
): TableWriter {
  const what = `Cannot read "${name}"`;
  const bytes = held + rows * (first.length * CELL + Int32Array.BYTES_PER_ELEMENT);
  assertFits(`${what}: ${rows} rows of ${first.length} cells`, bytes, memory, "divide it");
  const columns = first.map(() => columnWriter(rows, what, memory));
  const lines = new Int32Array(rows);
  let count = 0;
  let ragged: TableFile["ragged"];
  let binary: (number | undefined)[] | undefined;
  const end = (line: number): void => {
    lines[count++] = line;
  };
  first.forEach((cell, column) => columns[column]!.put(0, cell));
  end(line);
  return {
    columns,
    get row() {
      return count;
    },
    end,
    binary(column, row) {
      binary ??= first.map(() => undefined);
      if (column in binary) binary[column] ??= row;
    },
    ragged: (line, cells) => void (ragged ??= { line, cells }),
    file: () => ({
      name,
      first,
      columns: columns.map((column) => column.column(count)),
      lines: lines.subarray(0, count),
      ...given({ ragged, binary }),
    }),
  };
}

/** The table without a row. */
export function emptyTable(name: string): TableFile {
  return { name, columns: [], lines: new Int32Array() };
}

/** Throws a RangeError where a cell of a column holds bytes that are not UTF-8: they are another encoding's, or a picture's. */
export function assertTexts(
  { name, first = [], lines, columns, binary }: TableFile,
  column: number,
): void {
  const row = binary?.[column];
  if (row === undefined) return;
  const why = lines[0] === NO_LINE
    ? ", as a picture's are; choose others: columns: { input: …, label: … }"
    : `: ${quoted(textAt(columns[column]!, row))}; save the file as UTF-8`;
  throw new RangeError(
    `Cannot read "${name}": line ${lines[row]}, column ${column + 1} (${
      quoted(first[column]!)
    }) holds bytes that are not UTF-8 text${why}`,
  );
}

/** Throws a RangeError where a row is not as wide as the first. */
export function assertEven({ name, ragged, columns }: TableFile): void {
  if (ragged === undefined) return;
  throw new RangeError(
    `Cannot read "${name}": line ${ragged.line} has ${ragged.cells} cells, the first has ${columns.length}`,
  );
}

/** The place of a column. Throws a RangeError that lists those that are there. */
export function columnPlace(first: readonly string[], column: string, file: string): number {
  const found = first.indexOf(column);
  if (found >= 0) return found;
  throw new RangeError(
    `Cannot find the column "${column}" in "${file}": it has ${listed(first)}`,
  );
}
