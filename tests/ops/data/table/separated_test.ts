import assert from "node:assert/strict";
import { readSeparated } from "../../../../ops/data/table/separated.ts";
import { fc } from "../../../deps.ts";
import { rowsOf as rowsIn } from "../table_reference.ts";

const rows = (text: string, separator = ",") =>
  rowsIn(readSeparated(new TextEncoder().encode(text), separator, "t.csv", 1e9));

const cells = (text: string, separator = ",") => rows(text, separator).map((row) => row.cells);

Deno.test("rows of cells: quotes, line ends of all kinds, empty lines, a byte order mark", () => {
  assert.deepEqual(cells("a,b\r\n1,2\n\n 3 ,4"), [["a", "b"], ["1", "2"], ["3", "4"]]);
  assert.deepEqual(cells('"a,b","say ""hi""","two\nlines"\n1,,3'), [[
    "a,b",
    'say "hi"',
    "two\nlines",
  ], ["1", "", "3"]]);
  assert.deepEqual(cells("\ufeffx\ty\n", "\t"), [["x", "y"]]);
});

Deno.test("a row knows its line, also behind a cell of several lines", () => {
  assert.deepEqual(rows('"a\nb"\nc\n').map((row) => row.line), [1, 3]);
});

Deno.test("whatever is written quoted is read again", () => {
  const cell = fc.string({ maxLength: 6 });
  const rows = fc.integer({ min: 2, max: 3 }).chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 4 })
  );
  fc.assert(fc.property(rows, (rows) => {
    const text = rows.map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(","))
      .join("\n");
    assert.deepEqual(cells(text), rows);
  }));
});

Deno.test("a quote that is not closed, or not at the end of its cell, is refused with its line", () => {
  assert.throws(
    () => cells('a,b\n1,"2'),
    /Cannot read "t.csv": the quote of line 2 is never closed/,
  );
  assert.throws(() => cells('a,"b"c'), /line 1 goes on behind a closing quote/);
});

Deno.test("a row of one number is a row, of one empty cell none, before the first row too", () => {
  assert.deepEqual(cells("\n\nx\n1\n\n2\n"), [["x"], ["1"], ["2"]]);
  assert.deepEqual(cells('"\n"\n""\na'), [["\n"], ["a"]]);
  assert.deepEqual(cells("a,b\n1,2\n3,4,5\n6,7"), [["a", "b"], ["1", "2"], ["?", "?", "?"]]);
});

Deno.test("room is made for as many rows as there are line ends, of all kinds, and one more", () => {
  const x = `"${"x".repeat(50)}"`;
  const rowsFor = (text: string) => {
    try {
      readSeparated(new TextEncoder().encode(text), ",", "t.csv", 1);
      return assert.fail();
    } catch (error) {
      return Number(/: (\d+) rows of 2 cells/.exec((error as Error).message)![1]);
    }
  };
  for (const end of ["\n", "\r", "\r\n"]) {
    assert.equal(rowsFor(`1,${x}${end}2,${x}${end}3,${x}`), 3);
    assert.equal(rowsFor(`${end}1,${x}`), 2);
    assert.equal(rowsFor(`1,${x}${end}`), 2);
  }
});

Deno.test("a row may have as many cells as a layer inputs, and no more", () => {
  const row = (count: number) => `a\n${",".repeat(count - 1)}\n`;
  assert.throws(
    () => cells(row(1_000_002)),
    new RangeError('Cannot read "t.csv": line 2 has more than 1000000 cells'),
  );
});

/** Characters as bytes of one each. */
const latin1 = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0));

Deno.test("of bytes that are not UTF-8 each column's first row is kept, and UTF-16 is refused", () => {
  const read = (text: string) => readSeparated(latin1(text), ",", "t.csv", 1e9);
  const { binary } = read('a,b,c\n1,h\xf6ll,"x""\xe4"\n2,h\xf6ll,"\xe4""x"\n3,ok,ok');
  assert.deepEqual(binary, [undefined, 1, 1]);
  assert.deepEqual(read('a,"gr\xf6\xdfe"\n1,2').binary, [undefined, 0]);
  assert.deepEqual(read("\xf6\n").binary, [0]);
  assert.equal(read("a,\xc3\xb6\n1,\xef\xbf\xbd").binary, undefined);
  // A row of another width ends the table.
  assert.equal(read("a,b\n1\n\xf6,2").binary, undefined);
  assert.throws(() => read("\xff\xfea\0"), /Cannot read "t.csv": it is UTF-16/);
});
