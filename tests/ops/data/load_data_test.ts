import assert from "node:assert/strict";
import { type Dataset, heldValues } from "../../../ops/data/dataset.ts";
import { loadData, readByOwn, readData } from "../../../ops/data/load_data.ts";
import { ENTRIES } from "../../../engine/own/entry.ts";
import { lengths, lengthsHere } from "../../engine/own/entries.ts";
import { runContext } from "../run_context.ts";

const csv = "1,b\n2,a\n3,b\n4,a\n";
const params = {
  from: "d.csv",
  task: "classification",
  split: { validation: 0, test: 0, by: "order" },
  normalize: { use: "none" },
  seed: 0,
} as const;
const files = (names: string | Uint8Array) => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const named = typeof names === "string" ? bytes(names) : names;
  return runContext({ files: { "d.csv": bytes(csv), "names.txt": named } });
};

Deno.test("class names stand in a text file, one a line, in index order", async () => {
  const context = files("\ufeffb\r\n a \n\n");
  const { meta, parts } = await readData({ ...params, classes: "names.txt" }, context) as Dataset;
  assert.deepEqual(meta.classes, ["b", "a"]);
  const { x, y } = parts.train!;
  assert.deepEqual([...heldValues(x)].map((value, i) => [value, y![i]]).sort(), [[1, 0], [2, 1], [
    3,
    0,
  ], [
    4,
    1,
  ]]);
  assert.deepEqual((await readData(params, context) as Dataset).meta.classes, ["a", "b"]);
});

Deno.test("a file of class names with an empty line is refused", async () => {
  await assert.rejects(
    readData({ ...params, classes: "names.txt" }, files("b\n\na\n")),
    /Cannot read class names from "names.txt": line 2 is empty$/,
  );
  await assert.rejects(
    readData({ ...params, classes: "names.txt" }, files("\nb\n\na\n")),
    /line 1 is empty$/,
  );
});

Deno.test("class names that are not UTF-8 are refused with their line", async () => {
  const latin1 = Uint8Array.from("b\nh\xf6ll\n", (each) => each.charCodeAt(0));
  await assert.rejects(
    readData({ ...params, classes: "names.txt" }, files(latin1)),
    /class names from "names.txt": line 2 holds bytes that are not UTF-8; save it as UTF-8$/,
  );
});

Deno.test("a set of the package, a table and texts are read, small files in this thread", async () => {
  const { from: _, ...rest } = params;
  const iris = await loadData({ ...rest, use: "iris" } as never, files("b\na"));
  assert.deepEqual(iris.meta.classes, ["setosa", "versicolor", "virginica"]);
  const named = await loadData({ ...params, classes: "names.txt" }, files("b\na"));
  assert.deepEqual(named.meta.classes, ["b", "a"]);
  assert.deepEqual((await loadData(params, files(""))).meta.classes, ["a", "b"]);
  const lines = runContext({ files: { "t.txt": new TextEncoder().encode("a x y\nb x\n") } });
  const texts = await loadData({ ...params, from: "t.txt" }, lines);
  assert.deepEqual(texts.meta.text!.tokens, ["[padding]", "[unknown]", "x", "y"]);
});

Deno.test("a reader of one's own reads in another thread where a module has it, else in this one", async () => {
  const load = async (entry: typeof lengths, bytes: number) => {
    const context = runContext({ files: { "d.len": new Uint8Array(bytes) } });
    const written = { ...params, from: "d.len", [ENTRIES]: [entry] };
    return await loadData(written as unknown as Parameters<typeof loadData>[0], context);
  };
  const { meta, parts } = await load(lengths, 7);
  assert.deepEqual([meta.input, [...heldValues(parts.train!.x)]], [[1], [7]]);
  const refused = (why: string) => ({ name: "RangeError", message: why });
  await assert.rejects(load(lengths, 0), refused('"d.len" is read in another'));
  await assert.rejects(load(lengthsHere, 0), refused('"d.len" is read in the main thread'));
  const context = runContext({ files: { "d.len": new Uint8Array(0) } });
  const here = readByOwn(lengths, { ...params, from: "d.len" }, context);
  await assert.rejects(here, refused('"d.len" is read in the main thread'));
});
