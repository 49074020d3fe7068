import assert from "node:assert/strict";
import {
  cellsFrom,
  columnOf,
  columnWriter,
  distinctTexts,
  textAt,
} from "../../../../ops/data/table/column.ts";
import { numberAt, numberIn } from "../../../../ops/data/table/numbers.ts";
import { type TableName, tableOf } from "../table_of.ts";
import { loadTables } from "../../../../ops/data/readers/tables.ts";
import { fc } from "../../../deps.ts";
import { parseJsonLines, parseSeparated, type Row, rowsOf, samplesOf } from "../table_reference.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** What comes of a reading: its result, or the sentence of its error. */
async function told<T>(
  read: () => T | Promise<T>,
): Promise<{ readonly result?: T; readonly error?: string }> {
  try {
    return { result: await read() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** Cells that people and programs write, and some that nobody should. */
const cell = fc.oneof(
  fc.integer({ min: -200, max: 200 }).map(String),
  fc.double({ noNaN: true }).map(String),
  fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.nat(8)).map(([value, digits]) =>
    value.toFixed(digits)
  ),
  fc.constantFrom(
    "",
    " ",
    "-0",
    "007",
    "1e5",
    "+3",
    ".5",
    "5.",
    "NaN",
    "inf",
    "0x10",
    " 4 ",
    "-",
    "1.2.3",
    "1e400",
  ),
  fc.constantFrom(
    "12345678901234567890",
    "0.1000000000000000055",
    "setosa",
    "virginica",
    "naïve",
    "\u00a0x",
    "\ufeffy",
  ),
  fc.string({ maxLength: 5 }),
);
const quoted = cell.map((text) => `"${text.replaceAll('"', '""')}"`);
const ends = fc.constantFrom("\n", "\n", "\r\n", "\r", "\n\n", "\n \n");

const separated = (separator: string) =>
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 8 })).chain((
    [width, height],
  ) =>
    fc.array(
      fc.tuple(
        fc.oneof({
          weight: 9,
          arbitrary: fc.array(fc.oneof(cell, quoted), { minLength: width, maxLength: width }),
        }, {
          weight: 1,
          arbitrary: fc.array(cell, { maxLength: 5 }),
        }),
        ends,
      ),
      { minLength: height, maxLength: height },
    )
  ).map((rows) => rows.map(([cells, end]) => cells.join(separator) + end).join(""));

for (const [format, separator] of [["csv", ","], ["tsv", "\t"]] as const) {
  Deno.test(`rows, lines and errors are those of the plainest reader: ${format}`, async () => {
    const text = fc.tuple(fc.constantFrom("", "", "\ufeff"), separated(separator)).map((parts) =>
      parts.join("")
    );
    await fc.assert(
      fc.asyncProperty(
        text,
        (text) => agree(format, utf8(text), (text) => parseSeparated(text, separator, "t")),
      ),
      { numRuns: 500 },
    );
  });
}

Deno.test("rows, lines and errors are those of the plainest reader: JSON lines", async () => {
  const value = fc.oneof(
    fc.double({ noNaN: true }),
    fc.integer(),
    cell,
    fc.constantFrom(null, true, [1], [1, 2], { a: 1 }),
  );
  const line = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.dictionary(fc.constantFrom("a", "b", "c"), value).map((each) =>
        JSON.stringify(each)
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom("", " ", "{", "[]", "3", "\ufeff{}") },
  );
  const text = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n")), { maxLength: 6 })
    .map((lines) => lines.map((each) => each.join("")).join(""));
  await fc.assert(
    fc.asyncProperty(
      text,
      (text) => agree("jsonl", utf8(text), (text) => parseJsonLines(text, "t")),
    ),
    { numRuns: 500 },
  );
});

Deno.test("bytes that are no UTF-8 are read as a decoder reads them", async () => {
  const bytes = fc.array(
    fc.constantFrom(0x2c, 0x0a, 0x22, 0xe2, 0x82, 0xac, 0xff, 0xef, 0xbb, 0xbf, 0x31, 0x61),
    { maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(
      bytes,
      (bytes) => agree("csv", Uint8Array.from(bytes), (text) => parseSeparated(text, ",", "t")),
    ),
    { numRuns: 1000 },
  );
});

async function agree(format: TableName, bytes: Uint8Array, parse: (text: string) => Row[]) {
  const expected = await told(() => parse(new TextDecoder().decode(bytes)));
  const found = await told(() => tableOf(format, bytes, "t"));
  if (found.result === undefined || expected.result === undefined) {
    return assert.equal(found.error, expected.error);
  }
  const width = expected.result[0]?.cells.length;
  const odd = expected.result.findIndex(({ cells }) => cells.length !== width);
  const rows = rowsOf(found.result);
  assert.deepEqual(
    rows.map(({ cells, line }, i) => i === odd ? { line, width: cells.length } : { cells, line }),
    (odd < 0 ? expected.result : expected.result.slice(0, odd + 1))
      .map(({ cells, line }, i) =>
        i === odd ? { line, width: cells.length } : { cells: [...cells], line }
      ),
  );
  if (width === undefined || width < 2) return;
  const named = format === "jsonl";
  const samples = await told(() => samplesOf(expected.result!, "t", named));
  const loaded = await told(() =>
    loadTables({ train: found.result! }, { task: "reconstruction", columns: {} }, {
      warn() {},
      note() {},
      memory: Infinity,
    })
  );
  const plain = await told(() =>
    loadTables({ train: found.result! }, { task: "regression" }, {
      warn() {},
      note() {},
      memory: Infinity,
    })
  );
  if (samples.error !== undefined) return assert.equal(plain.error, samples.error);
  // Lists of numbers are labels of their own kind.
  const lists = samples.result!.labels.some((label) => label.startsWith("["));
  if (lists) return;
  if (plain.result !== undefined) {
    assert.deepEqual([...plain.result.train.x], samples.result!.x);
    assert.deepEqual(
      [...plain.result.train.y!],
      samples.result!.labels.map((label) => Math.fround(numberIn(label)!)),
    );
  } else {
    const text = new TextDecoder().decode(bytes);
    assert.match(plain.error!, text.includes("\ufffd") ? /label|UTF-8/ : /label/);
  }
  assert.ok(loaded.result !== undefined || loaded.error !== undefined);
}

Deno.test("a cell is read again to the character, and as the number that it is", () => {
  fc.assert(fc.property(fc.array(cell), (cells) => {
    const column = columnOf(cells);
    cells.forEach((text, place) => {
      assert.equal(textAt(column, place), text);
      assert.ok(Object.is(numberAt(column, place), numberIn(text)), text);
    });
    assert.deepEqual([...distinctTexts(column, 1000)!].sort(), [...new Set(cells)].sort());
    assert.deepEqual(
      Array.from(cells.slice(1), (_, i) => textAt(cellsFrom(column, 1), i)),
      cells.slice(1),
    );
  }));
});

Deno.test("plain numbers are read from their bytes as the engine reads their text", () => {
  fc.assert(
    fc.property(cell, (text) => {
      const writer = columnWriter(1, "t", 1e9);
      const bytes = utf8(text);
      if (!writer.number(0, bytes, 0, bytes.length)) return;
      const column = writer.column(1);
      assert.equal(textAt(column, 0), text);
      assert.ok(Object.is(column.values[0], Number(text)), text);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("a plain number is taken from its bytes; what needs its text is left to it", () => {
  const taken = (text: string) =>
    columnWriter(1, "t", 1e9).number(0, utf8(text), 0, utf8(text).length);
  for (const plain of ["0", "-7", "12.5", "0.125", "-3.75"]) {
    assert.equal(taken(plain), true, plain);
  }
  for (const other of ["", "-", "1.", ".5", "01", "-0", "1e3", "1.2.3", " 1"]) {
    assert.equal(taken(other), false, other);
  }
});

Deno.test("more cells or different texts than the budget holds are refused with the figures", async () => {
  const rows = utf8("a,b\n1,x\n".repeat(1000));
  await assert.rejects(
    tableOf("csv", rows, "t.csv", 10_000),
    /"t.csv": 2001 rows of 2 cells would take 112 kB of memory, and the budget is 10.0 kB; divide it, or allow more: --memory 1GB/,
  );
  const words = utf8(Array.from({ length: 3000 }, (_, i) => `1,word ${i}\n`).join(""));
  await assert.rejects(
    tableOf("csv", words, "t.csv", 210_000),
    /"t.csv": its different texts would take/,
  );
  const classes = utf8(Array.from({ length: 10 }, (_, i) => `${i},k${i % 3}\n`).join(""));
  assert.deepEqual(
    loadTables(
      { train: await tableOf("csv", classes, "t.csv") },
      { task: "classification" },
      { warn() {}, note() {}, memory: Infinity },
    ).classes,
    ["k0", "k1", "k2"],
  );
});
