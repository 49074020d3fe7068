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
    const elements = parquetSchema(metadata).children.map((each) => each.element);
    const columns = elements.map((each) => each.name);
    const binary: (number | undefined)[] = columns.map(() => undefined);
    const count = Number(metadata.num_rows);
    const writer = tableWriter(name, columns, 0, {
      rows: count + 1,
      memory,
      held: bytes.length,
    });
    for (const [place, column] of columns.entries()) {
      const cells = writer.columns[place]!;
      for (let row = 0; row < count; row++) cells.put(row + 1, "");
      // What is thrown while a chunk is given is nobody's: chunks are kept until all are there.
      const chunks: Chunk[] = [];
      const onChunk = (chunk: Chunk) => void chunks.push(chunk);
      await parquetRead({ file, metadata, columns: [column], onChunk, utf8: false });
      for (const { columnData, rowStart } of chunks) {
        const most = Math.min(columnData.length, count - rowStart);
        for (let i = 0; i < most; i++) {
          const row = rowStart + i + 1;
          const { cell, text } = cellIn(columnData[i], elements[place]!.type);
          cells.put(row, cell);
          if (!text) binary[place] ??= row;
        }
      }
    }
    for (let row = 0; row < count; row++) writer.end(row + 1);
    return { ...writer.file(), binary };
  } catch (error) {
    if (!(error instanceof Error) || error instanceof MemoryError) throw error;
    throw new RangeError(`Cannot read "${name}" as Parquet: ${reasonOf(error)}`, { cause: error });
  }
}

const [strict, lossy] = [new TextDecoder("utf-8", { fatal: true }), new TextDecoder()];

/** A value as a cell, and whether the bytes in it are text: those of a picture are read as well as they can be. */
function cellIn(value: unknown, type: string | undefined): { cell: string; text: boolean } {
  let text = true;
  const decoded = (bytes: Uint8Array): string => {
    try {
      return strict.decode(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      text = false;
      return lossy.decode(bytes);
    }
  };
  const plain = (each: unknown): unknown => {
    if (each instanceof Uint8Array) return decoded(each);
    if (Array.isArray(each)) return each.map(plain);
    if (
      typeof each !== "object" || each === null || Object.getPrototypeOf(each) !== Object.prototype
    ) {
      return each;
    }
    return Object.fromEntries(Object.entries(each).map(([name, inner]) => [name, plain(inner)]));
  };
  const bytes = value instanceof Uint8Array && type !== "BYTE_ARRAY";
  const cell = cellOf(bytes ? value : plain(value));
  return { cell, text };
}

interface Chunk {
  readonly columnData: ArrayLike<unknown>;
  readonly rowStart: number;
}
