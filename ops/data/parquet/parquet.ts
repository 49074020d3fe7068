/** Parquet files (parquet.apache.org) as rows of cells. */
import { reasonOf } from "../../../engine/quote.ts";
import { MEMORY, MemoryError } from "../../../engine/size.ts";
import {
  parquetMetadata,
  parquetReadObjects,
  parquetSchema,
} from "../../../engine/deps/hyparquet.ts";
import { cellOf } from "../json_lines.ts";
import type { Row } from "../separated.ts";
import { assertParquet } from "./pages.ts";

/**
 * The rows, the names of the columns first. Throws a RangeError that names the file, a MemoryError where its values would
 * take more than `memory`.
 */
export async function parseParquet(
  bytes: Uint8Array,
  name: string,
  memory: number = MEMORY,
): Promise<Row[]> {
  try {
    assertParquet(bytes, `Cannot read "${name}": its values`, memory);
    const file = bytes.slice().buffer;
    const columns = parquetSchema(parquetMetadata(file)).children.map((each) => each.element.name);
    const objects = await parquetReadObjects({ file });
    return [
      { cells: columns, line: 0 },
      ...objects.map((fields, index) => ({
        cells: columns.map((column) => cellOf(fields[column])),
        line: index + 1,
      })),
    ];
  } catch (error) {
    if (!(error instanceof Error) || error instanceof MemoryError) throw error;
    throw new RangeError(`Cannot read "${name}" as Parquet: ${reasonOf(error)}`, { cause: error });
  }
}
