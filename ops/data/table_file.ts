/** Files of tables as rows of cells: separated values, JSON lines, Parquet. */
import { listed } from "../../engine/quote.ts";
import { MEMORY } from "../../engine/size.ts";
import { parseJsonLines } from "./json_lines.ts";
import { parseSeparated, type Row } from "./separated.ts";

/** Formats of tables. */
export type TableFormat = "csv" | "tsv" | "jsonl" | "parquet";

/** A file of a table. */
export interface TableFile {
  readonly name: string;
  readonly rows: readonly Row[];
  /** Whether the first row holds the names of the columns; undefined: only its cells can tell. */
  readonly named?: true;
}

const parsers: {
  readonly [F in TableFormat]: (
    bytes: Uint8Array,
    name: string,
    memory: number,
  ) => Promise<TableFile> | TableFile;
} = {
  csv: (bytes, name) => ({ name, rows: parseSeparated(textOf(bytes), ",", name) }),
  tsv: (bytes, name) => ({ name, rows: parseSeparated(textOf(bytes), "\t", name) }),
  jsonl: (bytes, name) => ({ name, rows: parseJsonLines(textOf(bytes), name), named: true }),
  parquet: async (bytes, name, memory) => {
    const { parseParquet } = await import("./parquet/parquet.ts");
    return { name, rows: await parseParquet(bytes, name, memory), named: true };
  },
};

/** Whether a format is one of a table. */
export function isTable(format: string): format is TableFormat {
  return Object.hasOwn(parsers, format);
}

/** Reads a table. Throws a RangeError that names the file and the line where one is not as it should be. */
export async function tableOf(
  format: TableFormat,
  bytes: Uint8Array,
  name: string,
  memory: number = MEMORY,
): Promise<TableFile> {
  return await parsers[format](bytes, name, memory);
}

/** The place of a column. Throws a RangeError that lists those that are there. */
export function columnPlace(first: readonly string[], column: string, file: string): number {
  const found = first.indexOf(column);
  if (found >= 0) return found;
  throw new RangeError(
    `Cannot find the column "${column}" in "${file}": it has ${listed(first)}`,
  );
}

/** Throws a RangeError where a row is not as wide as the first. */
export function assertWidth({ cells, line }: Row, width: number, file: string): void {
  if (cells.length === width) return;
  throw new RangeError(
    `Cannot read "${file}": line ${line} has ${cells.length} cells, the first has ${width}`,
  );
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
