/** Tables of which a test lists rows by hand, so that a row which is added to them is no edit of the test. */
import assert from "node:assert/strict";

type Rows = Readonly<Record<string, unknown>>;

/** Holds that each listed row is in the table and is exactly as listed; rows that are not listed may be anything. */
export function assertListed(table: Rows, rows: Rows): void {
  const found = Object.entries(table).filter(([name]) => Object.hasOwn(rows, name));
  assert.deepEqual(Object.fromEntries(found), rows);
}

/** The same of rows in words, each of which begins with its name; listed rows are in the listed order. */
export function assertListedInOrder(table: readonly string[], rows: readonly string[]): void {
  const names = new Set(rows.map(nameOf));
  assert.deepEqual(table.filter((row) => names.has(nameOf(row))), rows);
}

const nameOf = (row: string): string => /^[^ ,]+/.exec(row)![0];
