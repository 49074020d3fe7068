/**
 * Separated values (RFC 4180): rows of cells, quoted where a cell holds a separator, a quote or a line's end. They are read
 * from the bytes: a file may be longer than any text can be.
 */
import { LARGEST } from "../../../engine/field.ts";
import { assertText } from "../../../engine/size.ts";
import { assertNoUtf16, behindMark, decodedUtf8 } from "./utf8.ts";
import { emptyTable, type TableFile, type TableWriter, tableWriter } from "./writer.ts";

const QUOTE = 0x22;
const [LINE, RETURN] = [0x0a, 0x0d];
/** From so many bytes on it is asked whether a cell can be a text. */
const LONG = 1 << 20;

/** A place in a file, and what its sentences call it. */
interface TableCursor {
  readonly bytes: Uint8Array;
  /** The separator's code. */
  readonly between: number;
  readonly name: string;
  at: number;
  line: number;
  /** Whether the bytes of the cell that is read are UTF-8. */
  sound: boolean;
}

/**
 * Reads a table; empty lines are skipped. Throws a RangeError naming the line where a quote is not closed, and for
 * UTF-16; a MemoryError where the cells would take more than `memory`.
 */
export function readSeparated(
  bytes: Uint8Array,
  separator: string,
  name: string,
  memory: number,
): TableFile {
  assertNoUtf16(bytes, name);
  const cursor: TableCursor = {
    bytes,
    between: separator.charCodeAt(0),
    name,
    at: behindMark(bytes, behindMark(bytes, 0)),
    line: 1,
    sound: true,
  };
  const rows = rowsOf(name, bytes, memory);
  while (cursor.at < bytes.length) {
    const begins = cursor.line;
    const cells = readRow(cursor, rows);
    readLineEnd(cursor);
    if (cells > 0) rows.end(begins, cells);
  }
  return rows.file();
}

/** Where rows go: the first one makes the table, one of another length is kept in mind and ends it. */
interface TableBuilder {
  begin(): void;
  /** Takes a cell's bytes as a number, if they are one in a column of numbers. */
  number(cell: number, from: number, to: number): boolean;
  put(cell: number, text: string, sound: boolean): void;
  end(line: number, cells: number): void;
  file(): TableFile;
}

function rowsOf(name: string, bytes: Uint8Array, memory: number): TableBuilder {
  const lines = linesIn(bytes);
  const held = bytes.length;
  let writer: TableWriter | undefined;
  let first: string[] = [];
  let unsound: number[] = [];
  let stopped = false;
  return {
    begin() {
      if (writer === undefined) [first, unsound] = [[], []];
    },
    number: (cell, from, to) =>
      !stopped && writer?.columns[cell]?.number(writer.row, bytes, from, to) === true,
    put(cell, text, sound) {
      if (writer === undefined) {
        first.push(text);
        if (!sound) unsound.push(cell);
      } else if (!stopped) {
        writer.columns[cell]?.put(writer.row, text);
        if (!sound) writer.binary(cell, writer.row);
      }
    },
    end(line, cells) {
      if (writer === undefined) {
        // A row takes a byte for each cell, separators and its end counted.
        const rows = Math.min(lines, Math.floor(held / cells) + 1);
        writer = tableWriter(name, first, line, { rows, memory, held });
        for (const cell of unsound) writer.binary(cell, 0);
      } else if (cells !== writer.columns.length) {
        writer.ragged(line, cells);
        stopped = true;
      } else if (!stopped) writer.end(line);
    },
    file: () => writer?.file() ?? emptyTable(name),
  };
}

/** Reads cells up to the row's end, and says how many there were: none in an empty line. */
function readRow(cursor: TableCursor, rows: TableBuilder): number {
  const { bytes, between, name } = cursor;
  rows.begin();
  for (let cell = 0;; cell++) {
    const empty = bytes[cursor.at] === QUOTE
      ? readQuoted(cursor, rows, cell)
      : readUnquoted(cursor, rows, cell);
    if (bytes[cursor.at] !== between) return cell === 0 && empty ? 0 : cell + 1;
    if (cell >= LARGEST.units) {
      throw new RangeError(
        `Cannot read "${name}": line ${cursor.line} has more than ${LARGEST.units} cells`,
      );
    }
    cursor.at++;
  }
}

function readLineEnd(cursor: TableCursor): void {
  const { bytes, name, line } = cursor;
  if (cursor.at < bytes.length && bytes[cursor.at] !== RETURN && bytes[cursor.at] !== LINE) {
    throw new RangeError(`Cannot read "${name}": line ${line} goes on behind a closing quote`);
  }
  if (bytes[cursor.at] === RETURN) cursor.at++;
  if (bytes[cursor.at] === LINE) cursor.at++;
  cursor.line++;
}

/** Reads a cell, and says whether it is empty. */
function readUnquoted(cursor: TableCursor, rows: TableBuilder, cell: number): boolean {
  const { bytes, between, at: from } = cursor;
  let to = from;
  while (to < bytes.length) {
    const byte = bytes[to]!;
    if (byte === between || byte === LINE || byte === RETURN) break;
    to++;
  }
  cursor.at = to;
  if (rows.number(cell, from, to)) return false;
  cursor.sound = true;
  const text = decoded(cursor, from, to).trim();
  rows.put(cell, text, cursor.sound);
  return text === "";
}

function readQuoted(cursor: TableCursor, rows: TableBuilder, cell: number): boolean {
  const { bytes, name, line: begins } = cursor;
  cursor.sound = true;
  let text = "";
  for (;;) {
    const from = cursor.at + 1;
    const end = bytes.indexOf(QUOTE, from);
    if (end < 0) {
      throw new RangeError(`Cannot read "${name}": the quote of line ${begins} is never closed`);
    }
    for (let next = from; next < end; next++) if (bytes[next] === LINE) cursor.line++;
    text += decoded(cursor, from, end);
    cursor.at = end + 1;
    if (bytes[cursor.at] !== QUOTE) break;
    text += '"';
  }
  rows.put(cell, text, cursor.sound);
  return text === "";
}

function decoded(cursor: TableCursor, from: number, to: number): string {
  const { bytes, name, line } = cursor;
  if (to - from > LONG) assertText(`Cannot read "${name}": a cell of line ${line}`, to - from);
  const { text, sound } = decodedUtf8(bytes.subarray(from, to));
  if (!sound) cursor.sound = false;
  return text;
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
