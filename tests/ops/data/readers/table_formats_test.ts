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

Deno.test("two files for one part of a table are refused", async () => {
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

Deno.test("semicolons and tabs separate the cells of a CSV file, unless one column may be meant", async () => {
  const read = async (text: string, more: object = {}) => {
    const context = runContext({ files: { a: bytes(text) } });
    const wishes = { from: "a", task: "classification", ...more } as const;
    const { train } = await csv.read!({ train: ["a"] }, wishes as never, context);
    return [train.input, train.y?.length];
  };
  assert.deepEqual(await read("a;b;y\n1;2;0\n3;4;1\n"), [[2], 2]);
  assert.deepEqual(await read("a\tb\ty\n1\t2\t0\n"), [[2], 1]);
  assert.deepEqual(await read("a;b\n1;2\n", { labels: "none" }), [[2], undefined]);
  const categories = { use: "one-hot", unknown: "zeros" };
  const one = { labels: "none", columns: { categories } };
  assert.deepEqual(await read("a;b\nx;y\n", one), [[1], undefined]);
  assert.deepEqual(await read("a;b;y\n1;2;0\n", { columns: { categories } }), [[2], 1]);
  const named = { columns: { input: ["a;b"], categories } };
  assert.deepEqual(await read("a;b\nx;y\n", named).then(([input]) => input), [1]);

  const texts = async (text: string, wishes: object) =>
    (await csv.texts!(bytes(text), "d.csv", wishes as never, 1e9)).texts;
  assert.deepEqual(await texts("text;y\ngood, day;1\n", { task: "classification" }), ["good, day"]);
  assert.deepEqual(await texts("a;b\nx;y\n", { task: "next-token" }), ["x;y"]);
  assert.deepEqual(await texts("a;b\nx;y\n", { task: "classification", labels: "none" }), ["x;y"]);
});
