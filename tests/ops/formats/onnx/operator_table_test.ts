import assert from "node:assert/strict";
import { operatorRows, TABLE, tableOf } from "./operator_table.ts";

/** A text as its words: the formatter pads tables. */
const words = (text: string) => text.replace(/\s+/g, " ").replace(/-{3,}/g, "---");

Deno.test("the table of the commonest operators is that of now, and nearly all are read", async () => {
  const rows = await operatorRows();
  assert.equal(words(await Deno.readTextFile(TABLE)), words(tableOf(rows)));
  assert.equal(rows.length, 60);
  const read = rows.filter(({ failures }) => failures.read === undefined);
  assert.ok(read.length >= 0.95 * rows.length, `${read.length} of ${rows.length} are read`);
});
