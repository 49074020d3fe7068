/**
 * Separated values (RFC 4180): rows of cells, quoted where a cell holds a separator, a quote or a line's end. They are read
 * from the bytes: a file may be longer than any text can be.
 */
import { LARGEST } from "../../../engine/field.ts";
import { assertText } from "../../../engine/size.ts";
import { emptyTable, type TableFile, type TableWriter, tableWriter } from "./writer.ts";

const QUOTE = 0x22;
const [LINE, RETURN] = [0x0a, 0x0d];
const MARK = [0xef, 0xbb, 0xbf];
/** From so many bytes on it is asked whether a cell can be a text. */
const LONG = 1 << 20;

/**
 * Reads a table; empty lines are skipped. Throws a RangeError naming the line where a quote is not closed, a MemoryError
 * where the cells would take more than `memory`.
 */
export function readSeparated(
  bytes: Uint8Array,
  separator: string,
  name: string,
  memory: number,
): TableFile {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const between = separator.charCodeAt(0);
  const lines = linesIn(bytes);
  let writer: TableWriter | undefined;
  let [at, line, cell] = [markAt(bytes, markAt(bytes, 0)), 1, 0];
  let first: string[] = [];
  let [empty, stopped] = [true, false];
  while (at < bytes.length) {
    const begins = line;
    if (writer === undefined) first = [];
    for (cell = 0;; cell++) {
      if (bytes[at] === QUOTE) quoted();
      else unquoted();
      if (bytes[at] !== between) break;
      if (cell >= LARGEST.units) {
        throw new RangeError(
          `Cannot read "${name}": line ${line} has more than ${LARGEST.units} cells`,
        );
      }
      at++;
    }
    cell++;
    if (at < bytes.length && bytes[at] !== RETURN && bytes[at] !== LINE) {
      throw new RangeError(`Cannot read "${name}": line ${line} goes on behind a closing quote`);
    }
    if (bytes[at] === RETURN) at++;
    if (bytes[at] === LINE) at++;
    line++;
    if (cell === 1 && empty) continue;
    if (writer === undefined) {
      // A row takes a byte for each cell, separators and its end counted.
      const rows = Math.min(lines, Math.floor(bytes.length / cell) + 1);
      writer = tableWriter(name, first, begins, { rows, memory, held: bytes.length });
    } else if (cell !== writer.columns.length) {
      writer.ragged(begins, cell);
      stopped = true;
    } else if (!stopped) writer.end(begins);
  }
  return writer?.file() ?? emptyTable(name);

  function unquoted(): void {
    const from = at;
    while (at < bytes.length) {
      const byte = bytes[at]!;
      if (byte === between || byte === LINE || byte === RETURN) break;
      at++;
    }
    const column = stopped ? undefined : writer?.columns[cell];
    if (column?.number(writer!.row, bytes, from, at)) return void (empty = false);
    take(decoded(from, at).trim());
  }

  function quoted(): void {
    const begins = line;
    let text = "";
    for (;;) {
      const end = bytes.indexOf(QUOTE, at + 1);
      if (end < 0) {
        throw new RangeError(`Cannot read "${name}": the quote of line ${begins} is never closed`);
      }
      for (let next = at + 1; next < end; next++) if (bytes[next] === LINE) line++;
      text += decoded(at + 1, end);
      at = end + 1;
      if (bytes[at] !== QUOTE) return take(text);
      text += '"';
    }
  }

  function take(text: string): void {
    empty = text === "";
    if (writer === undefined) first.push(text);
    else if (!stopped) writer.columns[cell]?.put(writer.row, text);
  }

  function decoded(from: number, to: number): string {
    if (to - from > LONG) assertText(`Cannot read "${name}": a cell of line ${line}`, to - from);
    return decoder.decode(bytes.subarray(from, to));
  }
}

/** Behind a byte order mark, if one is there. */
function markAt(bytes: Uint8Array, at: number): number {
  return MARK.every((byte, i) => bytes[at + i] === byte) ? at + MARK.length : at;
}

/** How many lines there are at most: each ends in a line feed, a carriage return, or both. */
function linesIn(bytes: Uint8Array): number {
  let count = 1;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === LINE || byte === RETURN && bytes[at + 1] !== LINE) count++;
  }
  return count;
}
