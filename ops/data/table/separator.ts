/** What separates the cells of a file that is said to separate them by commas: spreadsheets write semicolons and tabs, too. */
import { behindMark } from "./utf8.ts";

const QUOTE = 0x22;
const [LINE, RETURN] = [0x0a, 0x0d];
const COMMA = 0x2c;
/** In the order in which they are tried. */
const OTHERS = [0x3b, 0x09];

/**
 * A comma; or the semicolon, else tab, that both the first and the second row have outside quotes, where the first has no
 * comma there. Such a table would be of one column, and no cell of it a number.
 */
export function separatorOf(bytes: Uint8Array): string {
  const [first, second] = rowsOf(bytes);
  if (first === undefined || second === undefined || first.has(COMMA)) return ",";
  const found = OTHERS.find((byte) => first.has(byte) && second.has(byte));
  return String.fromCharCode(found ?? COMMA);
}

/** Which separators stand outside quotes in the first two rows that are not empty. */
function rowsOf(bytes: Uint8Array): readonly ReadonlySet<number>[] {
  const rows: Set<number>[] = [];
  let row: Set<number> | undefined;
  let quoted = false;
  let begins = true;
  let closed = false;
  for (const byte of bytes.subarray(behindMark(bytes, 0))) {
    // Two quotes are one of the cell.
    const turns: boolean = byte === QUOTE && (begins || quoted || closed);
    closed = turns && quoted;
    if (turns) quoted = !quoted;
    else if (!quoted && (byte === LINE || byte === RETURN)) {
      if (rows.length === 2) break;
      row = undefined;
      begins = true;
      continue;
    }
    if (row === undefined) rows.push(row = new Set());
    begins = !quoted && (byte === COMMA || OTHERS.includes(byte));
    if (begins) row.add(byte);
  }
  return rows;
}
