/** Files of tables as columns of cells: separated values, JSON lines, Parquet. */
import { listed } from "../../../engine/quote.ts";
import { MEMORY } from "../../../engine/size.ts";
import { readJsonLines } from "../table/json_lines.ts";
import { readSeparated } from "../table/separated.ts";
import type { TableFile } from "../table/writer.ts";

/** Formats of tables. */
export type TableFormat = "csv" | "tsv" | "jsonl" | "parquet";

const parsers: {
  readonly [F in TableFormat]: (
    bytes: Uint8Array,
    name: string,
    memory: number,
  ) => Promise<TableFile> | TableFile;
} = {
  csv: (bytes, name, memory) => readSeparated(bytes, ",", name, memory),
  tsv: (bytes, name, memory) => readSeparated(bytes, "\t", name, memory),
  jsonl: (bytes, name, memory) => ({ ...readJsonLines(bytes, name, memory), named: true }),
  parquet: async (bytes, name, memory) => {
    const { readParquet } = await import("../parquet/parquet.ts");
    return { ...await readParquet(bytes, name, memory), named: true };
  },
};

/** Whether a format is one of a table. */
export function isTable(format: string): format is TableFormat {
  return Object.hasOwn(parsers, format);
}

/**
 * Reads a table. Throws a RangeError that names the file and the line where one is not as it should be, a MemoryError where
 * its cells would take more than `memory`.
 */
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
