/** JSON lines: an object a line, as rows of cells under the names of the first one's fields. */
import { notJson } from "../../../engine/quote.ts";
import { bytesText } from "../../../engine/size.ts";
import { assertNoUtf16, behindMark, decodedUtf8, REPLACEMENT } from "./utf8.ts";
import { emptyTable, type TableFile, type TableWriter, tableWriter } from "./writer.ts";

/** Of a line in bytes: its object is one of the engine's. */
const LONGEST = 100_000_000;
const [LINE, RETURN] = [0x0a, 0x0d];

/**
 * The rows, the names of the columns first; empty lines are skipped. Throws a RangeError that names the line, and for UTF-16;
 * a MemoryError where the cells would take more than `memory`.
 */
export function readJsonLines(bytes: Uint8Array, name: string, memory: number): TableFile {
  assertNoUtf16(bytes, name);
  let writer: TableWriter | undefined;
  let columns: readonly string[] = [];
  let number = 0;
  for (const { text: line, sound } of linesOf(bytes, name)) {
    number++;
    if (line.trim() === "") continue;
    const fields = objectIn(line, number, name);
    if (writer === undefined) {
      columns = Object.keys(fields);
      writer = tableWriter(name, columns, number, {
        rows: rowsIn(bytes) + 1,
        memory,
        held: bytes.length,
      });
    }
    for (const [column, field] of columns.entries()) {
      const text = textOf(fields[field], number, name);
      writer.columns[column]!.put(writer.row, text);
      if (sound) continue;
      if (field.includes(REPLACEMENT)) writer.binary(column, 0);
      if (text.includes(REPLACEMENT)) writer.binary(column, writer.row);
    }
    writer.end(number);
  }
  return writer?.file() ?? emptyTable(name);
}

/** Lines, one at a time, without the line feed or carriage return and line feed behind them. */
function* linesOf(bytes: Uint8Array, name: string): Generator<ReturnType<typeof decodedUtf8>> {
  // A byte order mark stands at the beginning and nowhere else.
  for (let at = behindMark(bytes, 0); at <= bytes.length;) {
    const found = bytes.indexOf(LINE, at);
    const end = found < 0 ? bytes.length : found;
    const cut = found >= 0 && end > at && bytes[end - 1] === RETURN ? end - 1 : end;
    if (cut - at > LONGEST) {
      throw new RangeError(
        `Cannot read "${name}": a line of ${bytesText(cut - at)} is longer than ${
          bytesText(LONGEST)
        }; an object stands on each`,
      );
    }
    yield decodedUtf8(bytes.subarray(at, cut));
    at = end + 1;
  }
}

function rowsIn(bytes: Uint8Array): number {
  let count = 1;
  for (let at = bytes.indexOf(LINE); at >= 0; at = bytes.indexOf(LINE, at + 1)) count++;
  return count;
}

function objectIn(line: string, number: number, name: string): Readonly<Record<string, unknown>> {
  const where = `Cannot read "${name}": line ${number}`;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RangeError(`${where} ${notJson(line, error)}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new RangeError(`${where} is not an object: { "text": …, "label": … }`);
}

function textOf(value: unknown, number: number, name: string): string {
  try {
    return cellOf(value);
  } catch (error) {
    // The engine writes lists in lists by calling itself.
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(
      `Cannot read "${name}": line ${number} has a value that is nested too deep`,
    );
  }
}

/** A value as separated values would write it; nothing for null and for what is not there. */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  // Whole numbers of 64 bits inside of lists, as Parquet has them.
  const plain = (_key: string, each: unknown) => typeof each === "bigint" ? Number(each) : each;
  return JSON.stringify(ArrayBuffer.isView(value) ? [...value as Int32Array] : value, plain);
}
