import assert from "node:assert/strict";
import {
  cellHelp,
  type CellWishes,
  missingWords,
  rawReader,
} from "../../../../ops/data/table/raw_table.ts";
import { tableOf } from "../table_of.ts";

const median = { use: "median", values: ["NA"], indicator: false } as const;
const oneHot = { use: "one-hot", unknown: "zeros" } as const;
const file = (text: string, name = "t.csv") => tableOf("csv", new TextEncoder().encode(text), name);

async function read(text: string, wishes: CellWishes) {
  const table = await file(text);
  const reader = rawReader(wishes, 1e6);
  const inputs = table.columns.map((_, place) => place);
  return { x: [...reader.read(table, inputs, 1)], table: reader.table() };
}

Deno.test("numbers are themselves, categories places in a list, missing cells nothing", async () => {
  const { x, table } = await read("a,b\n1.5,x\nNA,y\n,x\n2,NA\n", {
    missing: median,
    categories: oneHot,
  });
  assert.deepEqual(x, [1.5, 0, NaN, 1, NaN, 0, 2, NaN]);
  assert.deepEqual(table.columns, [{ name: "a" }, { name: "b", texts: ["x", "y"] }]);
  assert.deepEqual([table.file, table.memory], ["t.csv", 1e6]);
});

Deno.test("a number may stand for what is missing, and is a number where nobody says so", async () => {
  const missing = { ...median, values: ["-999"] };
  assert.deepEqual((await read("a\n-999\n1", { missing })).x, [NaN, 1]);
  assert.deepEqual((await read("a\n-999\n1", { missing: median })).x, [-999, 1]);
});

Deno.test("the columns of categories are those that are named, else those with a text", async () => {
  const named = await read("a,b\n1,2\n1.0,3", { categories: { ...oneHot, columns: ["a"] } });
  assert.deepEqual(named.table.columns, [{ name: "a", texts: ["1", "1.0"] }, { name: "b" }]);
  const empty = await read("a,b\n1,x\n2,", { categories: oneHot });
  assert.deepEqual(empty.table.columns, [{ name: "a" }, { name: "b", texts: ["x", ""] }]);
  const reader = rawReader({ categories: { ...oneHot, columns: ["b"] } }, 1e6);
  const table = await file("a,b\n1,2");
  assert.throws(
    () => reader.read(table, [0], 1),
    /Cannot code the column "b" of "t.csv": it is none/,
  );
});

Deno.test("files behind the first have its columns, and more categories", async () => {
  const reader = rawReader({ categories: oneHot }, 1e6);
  reader.read(await file("a,b\n1,x"), [0, 1], 1);
  const more = reader.read(await file("a,b\n2,y\n3,x", "u.csv"), [0, 1], 1);
  assert.deepEqual([...more], [2, 1, 3, 0]);
  assert.deepEqual(reader.table().columns, [{ name: "a" }, { name: "b", texts: ["x", "y"] }]);
  const bad = await file("a,b\n2,y\nz,x", "u.csv");
  assert.throws(
    () => reader.read(bad, [0, 1], 1),
    /Cannot read "u.csv": line 3, column 1 \("a"\) is "z", not a number; if it is missing, name it/,
  );
});

Deno.test("a cell that is no number is refused with its place and what can be said of it", async () => {
  await assert.rejects(
    read("a\n1\nNA", { categories: oneHot }),
    /line 3, column 1 \("a"\) is "NA", not a number; say what stands for it: columns: \{ missing: median \}/,
  );
  await assert.rejects(
    read("a\n1\nx", { missing: median }),
    /line 3, column 1 \("a"\) is "x", not a number; say how texts are coded: columns: \{ categories: one-hot \}/,
  );
  assert.equal(
    cellHelp("x", { missing: { ...median, use: "mean" }, categories: oneHot }),
    '; if it is missing, name it: columns: { missing: { use: mean, values: ["x"] } }',
  );
  assert.match(cellHelp("NA", {}), /missing: median/);
  assert.match(cellHelp("x".repeat(64), {}), /categories: one-hot/);
  assert.equal(cellHelp("x".repeat(65), {}), "");
  assert.equal(cellHelp("-0,118", { categories: oneHot }), "; write it with a point: -0.118");
  assert.match(cellHelp("1,2,3", {}), /categories: one-hot/);
});

Deno.test("an empty cell is missing in any case, words are where a recipe names none", () => {
  assert.deepEqual([...missingWords({ missing: { ...median, values: ["?"] } })], ["", "?"]);
  assert.ok(missingWords({}).has("NaN"));
});

Deno.test("a few cells that are no numbers among many are told, with the first one's line", async () => {
  const strays = async (cells: readonly string[], wishes: CellWishes = {}) => {
    const table = await file(["a", ...cells].join("\n"));
    const reader = rawReader({ categories: oneHot, ...wishes }, 1e9);
    reader.read(table, [0], 1);
    return reader.table().columns[0]!.stray;
  };
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);
  assert.equal(
    await strays([...numbers(3), "", "n.a.", "n.a.", "NA"], {
      missing: { ...median, use: "mean" },
    }),
    '3 of its cells are numbers, and line 6 says "n.a."; if it is missing, name it: ' +
      'columns: { missing: { use: mean, values: ["n.a."] } }',
  );
  assert.equal(await strays([...numbers(2), "x", "x"]), undefined);
  assert.match(
    (await strays([...numbers(20), "x", "y"]))!,
    /^20 .* line 22 says "x"; .* values: \["x", "y"\]/,
  );
  assert.equal(await strays([...numbers(19), "x", "y"]), undefined);
  assert.ok(await strays([...numbers(50), ..."vwxyz"]));
  assert.equal(await strays([...numbers(60), ..."uvwxyz"]), undefined);
  // Where the recipe names the columns of categories, they are meant.
  assert.equal(
    await strays([...numbers(3), "x"], { categories: { ...oneHot, columns: ["a"] } }),
    undefined,
  );
});
