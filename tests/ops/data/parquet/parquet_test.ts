import assert from "node:assert/strict";
import { readParquet } from "../../../../ops/data/parquet/parquet.ts";
import { rowsOf } from "../table_reference.ts";
import { fourBytes, parquetBytes, structBytes, tenRows, type Written } from "./parquet_bytes.ts";

Deno.test("columns are cells under their names, absent values empty, in the order of the rows", async () => {
  for (const codec of ["UNCOMPRESSED", "SNAPPY"]) {
    const rows = rowsOf(await readParquet(await tenRows({ codec }), "d.parquet", 1e9));
    assert.deepEqual(rows.map(({ cells }) => cells), [
      ["a", "b", "c"],
      ...Array.from({ length: 10 }, (_, i) => [`${i / 2}`, `t${i}`, i % 2 === 0 ? "" : `${i}`]),
    ]);
  }
});

Deno.test("what is no Parquet file is named, and what the budget does not hold is refused", async () => {
  await assert.rejects(
    readParquet(new TextEncoder().encode("PAR1 and more PAR1"), "d.parquet", 1e9),
    /Cannot read "d.parquet" as Parquet/,
  );
  await assert.rejects(readParquet(await tenRows(), "d.parquet", 100), /"d.parquet".*--memory/);
});

/** A file of columns by their paths, each a page of plain texts of one letter or byte, and the schema of them. */
function file(
  schema: readonly Written[],
  rows: number,
  columns: readonly {
    readonly path: readonly string[];
    readonly type?: number;
    readonly bytes: readonly number[];
    readonly values?: number;
  }[],
): Uint8Array {
  const body: number[] = [];
  const parts = columns.map(({ path, type = 6, bytes, values = rows }): Written => {
    const about = { 1: values, 2: 0, 3: 3, 4: 3 };
    const from = 4 + body.length;
    body.push(...structBytes({ 1: 0, 2: bytes.length, 3: bytes.length, 5: about }), ...bytes);
    const size = BigInt(4 + body.length - from);
    const sizes = { 5: BigInt(values), 6: size, 7: size, 9: BigInt(from) };
    return { 2: 0n, 3: { 1: type, 2: [0], 3: path, 4: 0, ...sizes } };
  });
  return parquetBytes(body, {
    1: 1,
    2: [{ 4: "schema", 5: schema.length }, ...schema],
    3: BigInt(rows),
    4: [{ 1: parts, 2: BigInt(body.length), 3: BigInt(rows) }],
  });
}

/** Texts as plain values: the length of each in four bytes, and it. */
const texts = (...each: readonly (readonly number[])[]): number[] =>
  each.flatMap((bytes) => [...fourBytes(bytes.length), ...bytes]);
/** Levels of one bit each, eight at most. */
const levels = (bits: number): number[] => [...fourBytes(2), 3, bits];

const cellsOf = async (bytes: Uint8Array) => {
  const table = await readParquet(bytes, "d.parquet", 1e9);
  return { cells: rowsOf(table).slice(1).map(({ cells }) => cells), table };
};

Deno.test("bytes that are no text are read as well as they can be, and the first row of each column is told", async () => {
  const schema = [{ 1: 6, 3: 0, 4: "a" }, { 1: 6, 3: 0, 4: "b" }, { 1: 7, 2: 2, 3: 0, 4: "c" }];
  const bytes = file(schema, 3, [
    { path: ["a"], bytes: texts([0x61], [0x62], [0x63]) },
    { path: ["b"], bytes: texts([0x61], [0xff, 0x61], [0xff]) },
    { path: ["c"], type: 7, bytes: [1, 2, 3, 4, 5, 255] },
  ]);
  // Somewhere in a larger buffer.
  const within = Uint8Array.from([1, 2, 3, ...bytes, 4]).subarray(3, -1);
  const { cells, table } = await cellsOf(within);
  assert.deepEqual(cells, [["a", "a", "[1,2]"], ["b", "\ufffda", "[3,4]"], [
    "c",
    "\ufffd",
    "[5,255]",
  ]]);
  assert.deepEqual(table.binary, [undefined, 2, undefined]);
  assert.deepEqual([...table.lines], [0, 1, 2, 3]);
});

Deno.test("lists and groups of texts are cells of JSON, and rows that a list has not are empty", async () => {
  const list = file([{ 1: 6, 3: 2, 4: "a" }], 3, [
    { path: ["a"], bytes: [...levels(0b010), ...levels(0b111), ...texts([0x61], [0x62], [0x63])] },
  ]);
  assert.deepEqual((await cellsOf(list)).cells, [['["a","b"]'], ['["c"]'], [""]]);
  const more = file([{ 1: 6, 3: 2, 4: "a" }], 1, [
    { path: ["a"], bytes: [...levels(0), ...levels(0b11), ...texts([0x61], [0xff])], values: 2 },
  ]);
  const { cells, table } = await cellsOf(more);
  assert.deepEqual(cells, [['["a"]']]);
  assert.deepEqual(table.binary, [undefined]);
});

Deno.test("what stands against the headers is told by what is wrong, before anything is read", async () => {
  const bytes = file([{ 1: 6, 3: 0, 4: "a" }], 9, [{ path: ["a"], bytes: [0] }]);
  await assert.rejects(readParquet(bytes, "d.parquet", 1e9), {
    name: "RangeError",
    message: 'Cannot read "d.parquet" as Parquet: a page says more values than it can hold',
  });
});
