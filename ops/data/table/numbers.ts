/** Cells of tables as numbers: which are, and what is said of those that are not. */
import { quoted } from "../../../engine/quote.ts";
import { type Column, textAt, valueAt } from "./column.ts";

/** The number that a cell is, if it is one, and one that 32 bits hold. */
export function numberIn(cell: string): number | undefined {
  const number = cell === "" ? NaN : Number(cell);
  return Number.isFinite(Math.fround(number)) ? number : undefined;
}

/** The same of a column's cell. */
export function numberAt(column: Column, place: number): number | undefined {
  const value = valueAt(column, place);
  if (value === undefined) return numberIn(textAt(column, place));
  return Number.isFinite(Math.fround(value)) ? value : undefined;
}

/** What a cell is that is no number, for a sentence. */
export function notANumber(cell: string): string {
  return `${quoted(cell)}, ${
    cell !== "" && Number.isFinite(Number(cell)) ? "more than 32 bits hold" : "not a number"
  }`;
}

/** Whether a cell of a first row is the name of a column: neither a number nor what stands for a missing one. */
export function isName(cell: string): boolean {
  return cell === "" || Number.isNaN(Number(cell)) && !/^[-+]?(?:nan|inf)$/i.test(cell);
}
