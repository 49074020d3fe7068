/** Parquet files (parquet.apache.org) as a table: one column after another, each cell as separated values would write it. */
import { reasonOf } from "../../../engine/quote.ts";
import { MemoryError } from "../../../engine/size.ts";
import { parquetMetadata, parquetRead, parquetSchema } from "../../../engine/deps/hyparquet.ts";
import { cellOf } from "../table/json_lines.ts";
import { NO_LINE, type TableFile, tableWriter } from "../table/writer.ts";
import { compressors } from "./codecs.ts";
import { assertParquet } from "./pages.ts";

/** A file that is sound. */
interface ParquetFile {
  readonly rows: number;
  /** The columns, lists and structs as one each, with the type of those that are neither. */
  readonly columns: readonly { readonly name: string; readonly type: string | undefined }[];
  /** What its writer says beside the columns, by key. */
  readonly notes: ReadonlyMap<string, string>;
  /** Hands over each value of a column with its row, counted from 0. */
  each(column: string, body: (row: number, value: unknown) => void): Promise<void>;
}

/**
 * What `read` makes of a file. Throws a RangeError that names it where it is damaged or `read` fails, a MemoryError where its
 * values would take more than `memory`.
 */
export async function withParquet<T>(
  bytes: Uint8Array,
  { name, memory }: { readonly name: string; readonly memory: number },
  read: (file: ParquetFile) => Promise<T>,
): Promise<T> {
  try {
    assertParquet(bytes, `Cannot read "${name}": its values`, memory);
    const file = bytes.slice().buffer;
    const metadata = parquetMetadata(file);
    const rows = Number(metadata.num_rows);
    const notes = metadata.key_value_metadata?.map(({ key, value = "" }) => [key, value] as const);
    return await read({
      rows,
      columns: parquetSchema(metadata).children.map(({ element: { name, type } }) => ({
        name,
        type,
      })),
      notes: new Map(notes),
      async each(column, body) {
        // What is thrown while a chunk is given is nobody's: chunks are kept until all are there.
        const chunks: ColumnRun[] = [];
        const onChunk = (chunk: ColumnRun) => void chunks.push(chunk);
        const options = { columns: [column], compressors, utf8: false };
        await parquetRead({ ...options, file, metadata, onChunk });
        for (const { columnData, rowStart } of chunks) {
          const most = Math.min(columnData.length, rows - rowStart);
          for (let i = 0; i < most; i++) body(rowStart + i, columnData[i]);
        }
      },
    });
  } catch (error) {
    if (!(error instanceof Error) || error instanceof MemoryError) throw error;
    throw new RangeError(`Cannot read "${name}" as Parquet: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * The rows, the names of the columns first. Throws a RangeError that names the file, a MemoryError where its values would
 * take more than `memory`.
 */
export function readParquet(bytes: Uint8Array, name: string, memory: number): Promise<TableFile> {
  return withParquet(bytes, { name, memory }, async ({ rows, columns, each }) => {
    const binary: (number | undefined)[] = columns.map(() => undefined);
    const writer = tableWriter(name, columns.map(({ name }) => name), NO_LINE, {
      rows: rows + 1,
      memory,
      held: bytes.length,
    });
    for (const [place, { name, type }] of columns.entries()) {
      const cells = writer.columns[place]!;
      for (let row = 0; row < rows; row++) cells.put(row + 1, "");
      await each(name, (row, value) => {
        const { cell, text } = cellIn(value, type);
        cells.put(row + 1, cell);
        if (!text) binary[place] ??= row + 1;
      });
    }
    for (let row = 0; row < rows; row++) writer.end(row + 1);
    return { ...writer.file(), binary };
  });
}

const [strict, lossy] = [new TextDecoder("utf-8", { fatal: true }), new TextDecoder()];

/** A value as a cell, and whether the bytes in it are text: those of a picture are read as well as they can be. */
export function cellIn(
  value: unknown,
  type: string | undefined,
): { readonly cell: string; readonly text: boolean } {
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

interface ColumnRun {
  readonly columnData: ArrayLike<unknown>;
  readonly rowStart: number;
}
