/**
 * Tables read in the plainest way: the whole text at once, an object for each cell. What the reader in columns must agree with,
 * sentence by sentence.
 */
import { notJson } from "../../../engine/quote.ts";
import { textAt } from "../../../ops/data/table/column.ts";
import { isName, notANumber, numberIn } from "../../../ops/data/table/numbers.ts";
import { cellOf } from "../../../ops/data/table/json_lines.ts";
import { cellHelp } from "../../../ops/data/table/raw_table.ts";
import type { TableFile } from "../../../ops/data/table/writer.ts";
import { quoted as inQuotes } from "../../../engine/quote.ts";

/** A row and the line it begins on, from 1. */
export interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/** The rows of a table in columns; the one of another width at last. */
export function rowsOf({ columns, lines, ragged }: TableFile): readonly Row[] {
  const rows = Array.from(lines, (line, row) => ({
    cells: columns.map((column) => textAt(column, row)),
    line,
  }));
  return ragged === undefined
    ? rows
    : [...rows, { cells: Array(ragged.cells).fill("?"), line: ragged.line }];
}

/** The samples of a table whose last column is the label, or what is said of its first mistake. */
export function samplesOf(rows: readonly Row[], name: string, named: boolean) {
  const [first, ...others] = rows;
  if (first === undefined) throw new RangeError(`Cannot read "${name}": it has no rows`);
  const inputs = first.cells.map((_, i) => i).slice(0, -1);
  const headed = named || inputs.some((column) => isName(first.cells[column]!));
  const body = headed ? others : rows;
  const x = body.flatMap(({ cells, line }) => {
    if (cells.length !== first.cells.length) {
      throw new RangeError(
        `Cannot read "${name}": line ${line} has ${cells.length} cells, the first has ${first.cells.length}`,
      );
    }
    return inputs.map((column) => {
      const number = numberIn(cells[column]!);
      if (number !== undefined) return Math.fround(number);
      const called = `column ${column + 1}${headed ? ` (${inQuotes(first.cells[column]!)})` : ""}`;
      throw new RangeError(
        `Cannot read "${name}": line ${line}, ${called} is ${notANumber(cells[column]!)}${
          headed ? cellHelp(cells[column]!, {}) : ""
        }`,
      );
    });
  });
  return { x, labels: body.map(({ cells }) => cells.at(-1)!) };
}

/** Separated values; empty lines are skipped. */
export function parseSeparated(text: string, separator: string, name: string): Row[] {
  const rows: Row[] = [];
  const plain = new RegExp(`[^${separator}\r\n]*`, "y");
  let [at, line] = [text.startsWith("\ufeff") ? 1 : 0, 1];
  while (at < text.length) {
    const [cells, begins] = [[] as string[], line];
    for (;;) {
      cells.push(text[at] === '"' ? quoted() : unquoted());
      if (text[at] !== separator) break;
      at++;
    }
    if (at < text.length && text[at] !== "\r" && text[at] !== "\n") {
      throw new RangeError(`Cannot read "${name}": line ${line} goes on behind a closing quote`);
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    line++;
    if (cells.length > 1 || cells[0] !== "") rows.push({ cells, line: begins });
  }
  return rows;

  function unquoted(): string {
    plain.lastIndex = at;
    const cell = plain.exec(text)![0];
    at += cell.length;
    return cell.trim();
  }

  function quoted(): string {
    const begins = line;
    let cell = "";
    for (;;) {
      const end = text.indexOf('"', at + 1);
      if (end < 0) {
        throw new RangeError(`Cannot read "${name}": the quote of line ${begins} is never closed`);
      }
      const piece = text.slice(at + 1, end);
      line += piece.split("\n").length - 1;
      cell += piece;
      at = end + 1;
      if (text[at] !== '"') return cell;
      cell += '"';
    }
  }
}

/** JSON lines, the names of the columns first. */
export function parseJsonLines(text: string, name: string): Row[] {
  const rows: Row[] = [];
  let columns: readonly string[] | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const fields = objectIn(line, index + 1, name);
    if (columns === undefined) {
      columns = Object.keys(fields);
      rows.push({ cells: columns, line: index + 1 });
    }
    rows.push({ cells: columns.map((column) => cellOf(fields[column])), line: index + 1 });
  }
  return rows;
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
