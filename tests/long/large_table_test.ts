/** A table of more cells than the engine has room for objects: 51 million rows, 306 MB. */
import assert from "node:assert/strict";
import { tableOf } from "../ops/data/table_of.ts";
import { loadTables } from "../../ops/data/readers/tables.ts";

Deno.test("a table of 153 million cells is read, or refused in a sentence", async () => {
  const row = new TextEncoder().encode("1,2,0\n");
  const bytes = new Uint8Array(51_000_000 * row.length);
  for (let at = 0; at < bytes.length; at += row.length) bytes.set(row, at);
  const file = await tableOf("csv", bytes, "rows.csv");
  assert.equal(file.lines.length, 51_000_000);
  const { train } = loadTables({ train: file }, { task: "classification" }, {
    warn() {},
    note() {},
    memory: Infinity,
  });
  assert.deepEqual([train.count, train.x[0], train.x.at(-1), train.y!.at(-1)], [
    51_000_000,
    1,
    2,
    0,
  ]);
  await assert.rejects(
    tableOf("csv", bytes, "rows.csv", 1e9),
    /"rows.csv": .* would take 4\.18 GB .* --memory 5GB/,
  );
});
