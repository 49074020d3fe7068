import assert from "node:assert/strict";
import { firstOfEach } from "../../../../engine/report/folded/first_of_each.ts";

Deno.test("of more than 1000 rows the first ten of each kind are printed", () => {
  const rows = Array.from({ length: 1001 }, (_, at) => at);
  const kind = (row: number) => row % 100 === 0 ? "round" : "other";
  const { shown, left } = firstOfEach(rows, kind);
  assert.deepEqual(shown, [
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    100,
    200,
    300,
    400,
    500,
    600,
    700,
    800,
    900,
  ]);
  assert.deepEqual([...left], [["other", 980], ["round", 1]]);
  assert.deepEqual(firstOfEach(rows.slice(1), kind), { shown: rows.slice(1), left: new Map() });
});
