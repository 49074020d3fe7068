import assert from "node:assert/strict";
import { chosenColumns, type TableWishes } from "../../../../ops/data/readers/table_columns.ts";
import { loadTables } from "../../../../ops/data/readers/tables.ts";
import { type TableName, tableOf } from "../table_of.ts";

const quiet = { warn() {}, note() {}, memory: 1e9 };

/** The test rows of two files, or what is said against them. */
async function read(
  train: string | Uint8Array,
  test: string | Uint8Array,
  wishes: Partial<TableWishes> = {},
  format: TableName = "csv",
): Promise<string> {
  const bytes = (file: string | Uint8Array) =>
    typeof file === "string" ? new TextEncoder().encode(file) : file;
  const files = {
    train: await tableOf(format, bytes(train), "train"),
    test: await tableOf(format, bytes(test), "test"),
  };
  try {
    const { test: read } = loadTables(files, { task: "classification", ...wishes }, quiet);
    return `${[...read!.x]} ${[...read!.y ?? []]}`;
  } catch (error) {
    assert.ok(error instanceof RangeError);
    return error.message;
  }
}

const SWAPPED =
  'Cannot use "test" beside "train": its column 1 is "b", and would be read as "a", column 1 of "train"; say the names, ' +
  "and columns are found by them: columns: { input: [a, b], label: y }";

Deno.test("columns of a part in another order are refused in every format, and read by their names", async () => {
  const { parquetWriteBuffer } = await import("npm:hyparquet-writer@0.17.0");
  const parquet = (names: readonly string[]) => {
    const columnData = names.map((name, i) => ({ name, data: [i], type: "INT32" as const }));
    return new Uint8Array(parquetWriteBuffer({ columnData }));
  };
  const files: [TableName, string | Uint8Array, string | Uint8Array][] = [
    ["csv", "a,b,y\n0,1,2\n", "b,a,y\n0,1,2\n"],
    ["tsv", "a\tb\ty\n0\t1\t2\n", "b\ta\ty\n0\t1\t2\n"],
    ["jsonl", '{"a":0,"b":1,"y":2}', '{"b":0,"a":1,"y":2}'],
    ["parquet", parquet(["a", "b", "y"]), parquet(["b", "a", "y"])],
  ];
  for (const [format, train, test] of files) {
    assert.equal(await read(train, test, {}, format), SWAPPED);
    const columns = { input: ["a", "b"], label: "y" };
    assert.equal(await read(train, test, { columns }, format), "1,0 2");
    assert.equal(await read(train, train, {}, format), "0,1 2");
  }
});

Deno.test("only columns that the recipe does not name must stand under the same names", async () => {
  const train = "a,b,y\n0,1,2\n";
  assert.equal(await read(train, "y,a,b\n2,0,1\n", { columns: { label: "y" } }), "0,1 2");
  assert.match(await read(train, "y,b,a\n2,0,1\n", { columns: { label: "y" } }), /column 2 is "b"/);
  assert.match(
    await read(train, "a,y,b\n0,2,1\n", { columns: { input: ["a"] } }),
    /its column 3 is "b", and would be read as "y", column 3 of "train"; .* \{ input: \[a\], label: y \}/,
  );
  const split = { by: "group", column: "b" };
  assert.equal(await read(train, "b,a,y\n1,0,2\n", { split }), "0 2");
  const targets = { task: "regression", columns: { label: ["b", "y"] } } as const;
  assert.equal(await read(train, "y,a,b\n2,0,1\n", targets), "0 1,2");
  assert.match(
    await read(train, "y,c,b\n2,0,1\n", targets),
    /it has no column "a", .* it has y, c, b; rename the one that is meant$/,
  );
});

Deno.test("a column that is missing or one too many is named", async () => {
  const train = "a,b,y\n0,1,2\n";
  assert.equal(
    await read(train, "a,y\n0,2\n"),
    'Cannot use "test" beside "train": it has no column "b", which is column 2 of "train"; it has a, y; rename the one ' +
      "that is meant, or read what both have: columns: { input: [a], label: y }",
  );
  assert.match(await read(train, "a,b\n0,1\n"), /it has no column "y", .* that is meant$/);
  assert.match(
    await read(train, "a,b,c,y\n0,1,3,2\n"),
    /its column 3 is "c", and would be read as "y", column 3 of "train"/,
  );
  assert.match(
    await read(train, "y,a,b,c\n2,0,1,3\n", { columns: { label: "y" } }),
    /its column 4, "c", is one more than "train" has; .* \{ input: \[a, b\], label: y \}$/,
  );
  assert.match(
    await read("a,a\n0,1\n", "a\n0\n", { labels: "none" }),
    /it has 1 columns that are not named in the recipe, "train" 2; .* \{ input: \[a, a\] \}$/,
  );
  assert.match(
    await read("a,b\n0,1\n", "b,a\n0,1\n", { labels: "none" }),
    /column 1 is "b".* columns: \{ input: \[a, b\] \}$/,
  );
});

Deno.test("files without a row of names are read by place, unless a recipe speaks of columns", async () => {
  assert.equal(await read("a,b,y\n0,1,2\n", "1,0,2\n"), "1,0 2");
  assert.equal(await read("0,1,2\n", "b,a,y\n1,0,2\n"), "1,0 2");
  const columns = { missing: { use: "median", values: [], indicator: false } } as const;
  assert.match(
    await read("a,b,y\n0,1,2\n", "1,0,2\n3,4,2\n", { columns }),
    /the first row of "test" is taken for the names of its columns, and begins with "1"; give both files/,
  );
  assert.match(
    await read("7,0,2\n3,4,2\n", "a,b,y\n0,1,2\n", { columns }),
    /the first row of "train" is taken for the names of its columns, and begins with "7"/,
  );
  // Names may be numbers, as those of pixels are.
  assert.equal(await read("0,1,y\n3,4,2\n", "0,1,y\n5,6,2\n", { columns }), "5,6 2");
});

Deno.test("what is seen is all but the answers and what samples are divided by; words make a row names", async () => {
  const table = (text: string) => tableOf("csv", new TextEncoder().encode(text), "t");
  const named = await table("g,a,b,y\n");
  const split = { by: "group", column: "g" };
  const names = ["g", "a", "b", "y"];
  assert.deepEqual(chosenColumns(named, { split }, true), {
    ...{ inputs: [1, 2], answers: [3], key: 0, names },
  });
  assert.deepEqual(chosenColumns(named, { labels: "none" }, false), {
    ...{ inputs: [0, 1, 2, 3], answers: [], names },
  });
  const numbers = await table("1,2,y\n");
  assert.deepEqual(chosenColumns(numbers, {}, false), { inputs: [0, 1], answers: [2] });
  assert.deepEqual(chosenColumns({ ...numbers, named: true }, {}, false).names, ["1", "2", "y"]);
  assert.throws(() => chosenColumns(numbers, { columns: { input: ["a"] } }, false), /"a" in "t"/);
});
