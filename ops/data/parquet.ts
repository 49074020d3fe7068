/** Parquet files (parquet.apache.org) as rows of cells. */
import { reasonOf } from "../../engine/quote.ts";
import { parquetMetadata, parquetReadObjects, parquetSchema } from "../../engine/deps/hyparquet.ts";
import { cellOf } from "./json_lines.ts";
import type { Row } from "./separated.ts";

/** The rows, the names of the columns first. Throws a RangeError that names the file. */
export async function parseParquet(bytes: Uint8Array, name: string): Promise<Row[]> {
  const file = bytes.slice().buffer;
  try {
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
    if (!(error instanceof Error)) throw error;
    throw new RangeError(`Cannot read "${name}" as Parquet: ${reasonOf(error)}`, { cause: error });
  }
}
