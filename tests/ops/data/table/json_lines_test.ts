import assert from "node:assert/strict";
import { cellOf, readJsonLines } from "../../../../ops/data/table/json_lines.ts";
import { rowsOf } from "../table_reference.ts";

const read = (text: string) => readJsonLines(new TextEncoder().encode(text), "d.jsonl", 1e9);

Deno.test("objects are rows under the names of the first, empty lines none", () => {
  const file = read('{"b":1,"a":"x"}\n\n{"a":null,"b":[1,2]}\n');
  assert.deepEqual(rowsOf(file).map(({ cells }) => cells), [["b", "a"], ["1", "x"], ["[1,2]", ""]]);
  assert.deepEqual([...file.lines], [1, 1, 3]);
  assert.equal(read("").columns.length, 0);
});

Deno.test("a line that is no object is refused with its number", () => {
  assert.throws(() => read('{"a":1}\n[1]\n'), /"d.jsonl".*line 2/);
  assert.throws(() => read('{"a":1}\n{"a":\n'), /"d.jsonl".*line 2/);
});

Deno.test("a value is a cell: text as it is, lists as JSON, nothing as nothing", () => {
  assert.equal(cellOf("x"), "x");
  assert.equal(cellOf(1.5), "1.5");
  assert.equal(cellOf(true), "true");
  assert.equal(cellOf(null), "");
  assert.equal(cellOf(undefined), "");
  assert.equal(cellOf([1, [2]]), "[1,[2]]");
  assert.equal(cellOf(Int32Array.of(3, 4)), "[3,4]");
  assert.equal(cellOf([7n]), "[7]");
});
