import assert from "node:assert/strict";
import { csv, jsonl, parquet, tsv } from "../../../../ops/data/readers/table_formats.ts";
import { runContext } from "../../run_context.ts";
import { rowsOf } from "../table_reference.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("the same rows by their format: separated by commas, by tabs, as objects", async () => {
  const cells = async (format: typeof csv | typeof tsv | typeof jsonl, text: string) =>
    rowsOf(await format.table!(bytes(text), "d", 1e9)).map((row) => row.cells);
  const rows = [["a", "b"], ["1", "x y"]];
  assert.deepEqual(await cells(csv, "a,b\n1,x y\n"), rows);
  assert.deepEqual(await cells(tsv, "a\tb\n1\tx y\n"), rows);
  assert.deepEqual(await cells(jsonl, '{"a":1,"b":"x y"}\n'), rows);
  await assert.rejects(parquet.table!(bytes("a,b"), "d.parquet", 1e9), /"d.parquet" as Parquet/);
});

Deno.test("a part is one table", async () => {
  const context = runContext({ files: { a: bytes("1,0\n2,1\n"), b: bytes("3,1\n") } });
  const wishes = { from: "a", task: "classification" } as const;
  const loaded = await csv.read!({ train: ["a"], test: ["b"] }, wishes, context);
  assert.deepEqual([[...loaded.train.x], [...loaded.test!.x]], [[1, 2], [3]]);
  await assert.rejects(
    csv.read!({ train: ["a", "b"] }, wishes, context),
    /Cannot join "a" and "b": a part is one table/,
  );
});

Deno.test("a table's texts are those of its columns", async () => {
  const file = bytes("text,label\ngood day,1\n");
  const wishes = { task: "classification" } as const;
  const { texts, labels } = await csv.texts!(file, "d.csv", wishes, 1e9);
  assert.deepEqual([texts, labels], [["good day"], ["1"]]);
});
