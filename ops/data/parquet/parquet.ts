/** Parquet files (parquet.apache.org) as a table: one column after another, each cell as separated values would write it. */
import { reasonOf } from "../../../engine/quote.ts";
import { MemoryError } from "../../../engine/size.ts";
import { parquetMetadata, parquetRead, parquetSchema } from "../../../engine/deps/hyparquet.ts";
import { cellOf } from "../table/json_lines.ts";
import { type TableFile, tableWriter } from "../table/writer.ts";
import { assertParquet } from "./pages.ts";

/**
 * The rows, the names of the columns first. Throws a RangeError that names the file, a MemoryError where its values would
 * take more than `memory`.
 */
export async function readParquet(
  bytes: Uint8Array,
  name: string,
  memory: number,
): Promise<TableFile> {
  try {
    assertParquet(bytes, `Cannot read "${name}": its values`, memory);
    const file = bytes.slice().buffer;
    const metadata = parquetMetadata(file);
    const columns = parquetSchema(metadata).children.map((each) => each.element.name);
    const count = Number(metadata.num_rows);
    const writer = tableWriter(name, columns, 0, count + 1, { memory, held: bytes.length });
    for (const [place, column] of columns.entries()) {
      const cells = writer.columns[place]!;
      for (let row = 0; row < count; row++) cells.put(row + 1, "");
      // What is thrown while a chunk is given is nobody's: chunks are kept until all are there.
      const chunks: Chunk[] = [];
      const onChunk = (chunk: Chunk) => void chunks.push(chunk);
      await parquetRead({ file, metadata, columns: [column], onChunk });
      for (const { columnData, rowStart } of chunks) {
        const most = Math.min(columnData.length, count - rowStart);
        for (let i = 0; i < most; i++) cells.put(rowStart + i + 1, cellOf(columnData[i]));
      }
    }
    for (let row = 0; row < count; row++) writer.end(row + 1);
    return writer.file();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof MemoryError) throw error;
    throw new RangeError(`Cannot read "${name}" as Parquet: ${reasonOf(error)}`, { cause: error });
  }
}

interface Chunk {
  readonly columnData: ArrayLike<unknown>;
  readonly rowStart: number;
}
