/** JSON lines: an object a line, as rows of cells under the names of the first one's fields. */
import { reasonOf } from "../../engine/quote.ts";
import type { Row } from "./separated.ts";

/** The rows, the names of the columns first; empty lines are skipped. Throws a RangeError that names the line. */
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
    throw new RangeError(`${where} is not JSON: ${reasonOf(error)}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new RangeError(`${where} is not an object: { "text": …, "label": … }`);
}

/** A value as separated values would write it; nothing for null and for what is not there. */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  // Whole numbers of 64 bits inside of lists, as Parquet has them.
  const plain = (_key: string, each: unknown) => typeof each === "bigint" ? Number(each) : each;
  return JSON.stringify(ArrayBuffer.isView(value) ? [...value as Int32Array] : value, plain);
}
