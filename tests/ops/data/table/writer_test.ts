import assert from "node:assert/strict";
import { textAt } from "../../../../ops/data/table/column.ts";
import {
  assertEven,
  assertTexts,
  columnPlace,
  emptyTable,
  tableWriter,
} from "../../../../ops/data/table/writer.ts";

const room = { rows: 3, memory: 1e9, held: 0 };

Deno.test("a table is what was written row by row under its first cells", () => {
  const writer = tableWriter("t", ["a", "b"], 2, room);
  assert.equal(writer.row, 1);
  writer.columns[0]!.put(1, "1");
  writer.columns[1]!.put(1, "x");
  writer.end(5);
  const file = writer.file();
  assert.deepEqual([file.name, file.first, [...file.lines]], ["t", ["a", "b"], [2, 5]]);
  assert.deepEqual(file.columns.map((column) => [0, 1].map((row) => textAt(column, row))), [
    ["a", "1"],
    ["b", "x"],
  ]);
  assert.equal(file.ragged, undefined);
  assertEven(file);
});

Deno.test("of rows of another width the first is kept, and refused where it matters", () => {
  const writer = tableWriter("t", ["a", "b"], 1, room);
  writer.ragged(3, 5);
  writer.ragged(4, 1);
  assert.throws(
    () => assertEven(writer.file()),
    /Cannot read "t": line 3 has 5 cells, the first has 2/,
  );
  assertEven(emptyTable("t"));
});

Deno.test("cells that the budget does not hold are refused before any is there", () => {
  // Two cells of a code and a place of 4 bytes, and the number of the line.
  assert.throws(
    () => tableWriter("t", ["a", "b"], 1, { rows: 1000, memory: 1000, held: 0 }),
    /Cannot read "t": 1000 rows of 2 cells would take .* divide it/,
  );
});

Deno.test("a column is found by its name, and bytes that are no text are named by their place", () => {
  assert.equal(columnPlace(["a", "b"], "b", "t"), 1);
  assert.throws(() => columnPlace(["a", "b"], "c", "t"), /the column "c" in "t": it has a, b/);
  const file = { ...emptyTable("t"), first: ["a", "b"], lines: Int32Array.of(0, 7) };
  assertTexts({ ...file, binary: [1, undefined] }, 1);
  assert.throws(
    () => assertTexts({ ...file, binary: [undefined, 1] }, 1),
    /Cannot read "t": line 7, column 2 \("b"\) holds bytes that are not UTF-8 text, as a picture's are; choose others/,
  );
});

Deno.test("of bytes that are not UTF-8 the first row of each column is kept", () => {
  const writer = tableWriter("t", ["a", "b"], 1, room);
  assert.equal(writer.file().binary, undefined);
  writer.columns[1]!.put(1, "x\ufffd");
  writer.binary(1, 1);
  writer.end(4);
  writer.binary(1, 2);
  writer.binary(2, 2);
  assert.deepEqual(writer.file().binary, [undefined, 1]);
  assertTexts(writer.file(), 0);
  assert.throws(() => assertTexts(writer.file(), 1), {
    message:
      'Cannot read "t": line 4, column 2 ("b") holds bytes that are not UTF-8 text: "x\\ufffd"; save the file as UTF-8',
  });
});

Deno.test("a cell takes 24 bytes, a row four, and the bytes that are read their own", () => {
  const needed = 10 + 3 * (2 * 24 + 4);
  const writer = tableWriter("t", ["a", "b"], 1, { rows: 3, memory: needed, held: 10 });
  assert.deepEqual(writer.file().columns.map((column) => textAt(column, 0)), ["a", "b"]);
  assert.throws(
    () => tableWriter("t", ["a", "b"], 1, { rows: 3, memory: needed - 1, held: 10 }),
    /Cannot read "t": 3 rows of 2 cells would take/,
  );
  assert.equal(columnPlace(["a", "b", "a"], "a", "t"), 0);
});
