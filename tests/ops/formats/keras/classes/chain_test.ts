import assert from "node:assert/strict";
import { chainOf } from "../../../../../ops/formats/keras/classes/chain.ts";
import { lines, reading } from "./one_reading.ts";

Deno.test("layers stand behind one another, called after the file's layer; what changes nothing is left out", () => {
  const { of, added } = reading({}, [[2, 3], [3, 2]]);
  const chain = chainOf(of);
  assert.equal(chain.as("same", [2, 3]), chain);
  assert.equal(chain.transposed("same", [0, 1]), chain);
  const transposed = chain.transposed("swapped", [1, 0]);
  assert.deepEqual(transposed.shape, [3, 2]);
  const sum = transposed.then("", { kind: "combine", by: "sum" }, { others: ["x1"] });
  assert.deepEqual([sum.last, sum.as("row", [6]).shape], ["a", [6]]);
  assert.deepEqual(lines(added), [
    "a.swapped permute < x0",
    "a combine < a.swapped x1",
    "a.row reshape < a",
  ]);
});
