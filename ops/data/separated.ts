/** Separated values (RFC 4180): rows of cells, quoted where a cell holds a separator, a quote or a line's end. */

/** A row and the line it begins on, from 1. */
export interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/** Reads rows; empty lines are skipped. Throws a RangeError naming the line where a quote is not closed. */
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
