/** What is told of the columns of a table, by tables that the data op has coded. */
import assert from "node:assert/strict";
import { codedTable, plainTable } from "../../../../ops/formats/preprocessing/table_columns.ts";

const median = { use: "median", values: ["NA"], indicator: false } as const;

Deno.test("columns stand at their first number, one-hot ones as wide as their categories", () => {
  const categories = ["x", "y"];
  const columns = [
    { name: "a", fill: 2.5 },
    { name: "b", code: "one-hot", categories },
    { name: "c", code: "one-hot", categories, unknown: true, fill: "y" },
    { name: "d", code: "integer", categories },
    { name: "e" },
    { name: "a", missing: 0 },
  ] as const;
  const category = { kind: "category", categories };
  assert.deepEqual(codedTable(columns, { missing: median }), {
    use: "table",
    missing: ["", "NA"],
    columns: [
      { name: "a", kind: "number", at: 0, fill: 2.5 },
      { ...category, name: "b", at: 1, code: "one-hot", unknown: "zeros", missing: "(missing)" },
      { ...category, name: "c", at: 3, code: "one-hot", unknown: "column", missing: "y" },
      { ...category, name: "d", at: 6, code: "integer", unknown: "zero", missing: "(missing)" },
      { name: "e", kind: "number", at: 7 },
      { name: "a", kind: "missing", at: 8, of: 0 },
    ],
  });
});

Deno.test("where nothing is filled no cell may be missing, and an empty category is a text like others", () => {
  const columns = [{ name: "b", code: "one-hot", categories: ["", "y"] }] as const;
  const told = codedTable(columns, {});
  assert.deepEqual(Object.keys(told), ["use", "columns"]);
  assert.deepEqual(Object.keys(told.columns[0]!), [
    "name",
    "kind",
    "at",
    "code",
    "categories",
    "unknown",
  ]);
});

Deno.test("columns of plain numbers have their names, in order", () => {
  assert.deepEqual(plainTable(["a", "b"]), {
    use: "table",
    columns: [{ name: "a", kind: "number", at: 0 }, { name: "b", kind: "number", at: 1 }],
  });
});
