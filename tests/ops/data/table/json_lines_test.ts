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
  const where = 'Cannot read "d.jsonl": line 2';
  for (const value of ["[1]", "3", "null", '"x"']) {
    assert.throws(() => read(`{"a":1}\n${value}\n`), {
      message: `${where} is not an object: { "text": …, "label": … }`,
    });
  }
  assert.throws(
    () => read('{"a":1}\n{"a":\n'),
    /^RangeError: Cannot read "d.jsonl": line 2 is not JSON/,
  );
  const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  assert.throws(() => read(`{"a":1}\n{"a":${deep}}`), {
    message: `${where} has a value that is nested too deep`,
  });
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

Deno.test("lines end in a line feed, perhaps behind a carriage return, and a mark begins the first", () => {
  const cells = (text: string) => rowsOf(read(text)).map(({ cells }) => cells[0]);
  assert.deepEqual(cells('\ufeff{"a":"x"}\r\n  \r\n{"a":"y"}'), ["a", "x", "y"]);
  assert.deepEqual(cells('\n{"a":"\ufeffx"}\n\n'), ["a", "\ufeffx"]);
  assert.throws(() => cells('{"a":"x"}\n\ufeff{"a":"y"}'), /line 2 is not JSON/);
  // A carriage return without a line feed ends nothing, and is a blank of JSON.
  assert.deepEqual(cells('{"a":"x"}\r'), ["a", "x"]);
});

Deno.test("rows are counted before they are read, and no line is longer than an object may be", () => {
  const bytes = new TextEncoder().encode('{"a":1}\n{"a":2}\n');
  // Four rows of a cell of 24 bytes and a line of four, and the file itself.
  const needed = 4 * (24 + 4) + bytes.length;
  assert.equal(rowsOf(readJsonLines(bytes, "d", needed)).length, 3);
  assert.throws(() => readJsonLines(bytes, "d", needed - 1), /"d": 4 rows of 1 cells would take/);
  assert.throws(() => readJsonLines(new Uint8Array(100_000_001), "d", 1e9), {
    message: 'Cannot read "d": a line of 100 MB is longer than 100 MB; an object stands on each',
  });
});

Deno.test("of bytes that are not UTF-8 each column's first row is kept, and UTF-16 is refused", () => {
  const latin1 = (text: string) =>
    readJsonLines(Uint8Array.from(text, (each) => each.charCodeAt(0)), "d.jsonl", 1e9);
  const { binary } = latin1('{"a":1,"b":"\xc3\xb6","c":"x"}\n{"a":2,"b":"\xf6","c":"x"}');
  assert.deepEqual(binary, [undefined, 2, undefined]);
  assert.deepEqual(latin1('{"gr\xf6\xdfe":1,"b":2}').binary, [0, undefined]);
  assert.equal(latin1('{"a":"\xef\xbf\xbd"}').binary, undefined);
  assert.throws(() => latin1("\xfe\xff\0{"), /Cannot read "d.jsonl": it is UTF-16/);
});
