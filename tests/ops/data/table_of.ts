/** A file of a table as columns of cells, by the name of its format. */
import { MEMORY } from "../../../engine/size.ts";
import { dataFormat, type DataFormatName } from "../../../ops/data/data_formats.ts";
import type { TableFile } from "../../../ops/data/table/writer.ts";

export type TableName = DataFormatName & ("csv" | "tsv" | "jsonl" | "parquet");

export const tableOf = (
  format: TableName,
  bytes: Uint8Array,
  name: string,
  memory: number = MEMORY,
): Promise<TableFile> => dataFormat(format).table!(bytes, name, memory);
