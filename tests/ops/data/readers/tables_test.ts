import assert from "node:assert/strict";
import { heldValues } from "../../../../ops/data/dataset.ts";
import { loadTables } from "../../../../ops/data/readers/tables.ts";
import { tableOf } from "../table_of.ts";
import { data } from "../../../../ops/data/data.ts";
import type { FileParams } from "../../../../ops/data/data_fields.ts";
import { runContext } from "../../run_context.ts";

const params = (more: Partial<FileParams> = {}): FileParams => ({
  from: "t.csv",
  task: "classification",
  split: { validation: 0, test: 0, by: "order" },
  normalize: { use: "none" },
  seed: 0,
  ...more,
});

const load = async (text: string, more: Partial<FileParams> = {}) => {
  const files = { "t.csv": new TextEncoder().encode(text) };
  return await data.run({}, params(more), runContext({ files: { ...files } }));
};

/** Rows as they were stored, whatever the order: inputs, then the label. */
const rowsOf = ({ meta, parts }: Awaited<ReturnType<typeof load>>) => {
  const { x, y, count } = parts.train!;
  const [width] = meta.input as [number];
  return Array.from(
    { length: count },
    (_, i) => [...heldValues(x).slice(i * width, (i + 1) * width), y![i]!],
  )
    .sort();
};

Deno.test("the last column is the label; words are classes, sorted", async () => {
  const made = await load("1,2,owl\n3,4,cat\n5,6,owl");
  assert.deepEqual(made.meta.classes, ["cat", "owl"]);
  assert.deepEqual(rowsOf(made), [[1, 2, 1], [3, 4, 0], [5, 6, 1]]);
});

Deno.test("a first row of words is the header, and columns are chosen by it", async () => {
  const text = "kind,a,b,c\nx,1,2,3\ny,4,5,6";
  const made = await load(text, { columns: { label: "kind", input: ["c", "a"] } });
  assert.deepEqual(rowsOf(made), [[3, 1, 0], [6, 4, 1]]);
  assert.deepEqual(rowsOf(await load(text, { columns: { label: "kind" } })), [[1, 2, 3, 0], [
    4,
    5,
    6,
    1,
  ]]);
  assert.deepEqual(rowsOf(await load("a,b,label\n1,2,7\n3,4,9")), [[1, 2, 0], [3, 4, 1]]);
});

Deno.test("given classes are the order of the indices", async () => {
  const made = await load("1,owl\n2,cat", { classes: ["owl", "cat", "dog"] });
  assert.deepEqual([rowsOf(made), made.meta.outputs], [[[1, 0], [2, 1]], 3]);
  const numbers = await load("1,0\n2,1", { classes: ["no", "yes"] });
  assert.deepEqual([rowsOf(numbers), numbers.meta.classes], [[[1, 0], [2, 1]], ["no", "yes"]]);
});

Deno.test("labels of a regression are numbers", async () => {
  const made = await load("1,0.5\n2,-3", { task: "regression" });
  assert.deepEqual([rowsOf(made), made.meta.outputs], [[[1, 0.5], [2, -3]], 1]);
});

Deno.test("a cell that is not what it must be is refused with line and column", async () => {
  await assert.rejects(
    load("1,2,a\n1,x,b"),
    /Cannot read "t.csv": line 2, column 2 is "x", not a number/,
  );
  await assert.rejects(load("1,2,a\n1,b"), /line 2 has 2 cells, the first has 3/);
  await assert.rejects(
    load("1,a", { task: "regression" }),
    /Cannot read the label "a" of "t.csv" as a number/,
  );
  await assert.rejects(
    load("a,b\n1,2", { columns: { label: "c" } }),
    /Cannot find the column "c" in "t.csv": it has a, b/,
  );
  await assert.rejects(
    load("1,a\n2,b", { classes: ["a"] }),
    /Cannot place the label "b" of "t.csv" \(line 2\) among a$/,
  );
  await assert.rejects(load(""), /"t.csv": it has no rows/);
});

Deno.test("that the last column is the label is said where a sample is to learn itself", async () => {
  const said = async (text: string, more: Partial<FileParams> = {}) => {
    const context = runContext({ files: { "t.csv": new TextEncoder().encode(text) } });
    const made = await data.run({}, params({ task: "reconstruction", ...more }), context);
    return { input: made.meta.input, warnings: context.reported.warnings };
  };
  const named = await said("a,b,c\n1,2,3\n4,5,6");
  assert.deepEqual(named.input, [2]);
  assert.deepEqual(named.warnings, [
    'the last column of "t.csv", "c", is taken as the label and is no part of the samples; to learn it too, ' +
    "name all: columns: { input: [a, b, c] }",
  ]);
  const nameless = await said("1,2,3\n4,5,6");
  assert.match(
    nameless.warnings[0]!,
    /^the last column of "t.csv" is taken .* a first row of names/,
  );
  const whole = await said("a,b,c\n1,2,3", { columns: { input: ["a", "b", "c"] } });
  assert.deepEqual(whole, { input: [3], warnings: [] });
  const chosen = await said("a,b,c\n1,2,3", { columns: { label: "a" } });
  assert.deepEqual(chosen, { input: [2], warnings: [] });
  assert.deepEqual((await said("a,b\n1,2", { task: "regression" })).warnings, []);
});

Deno.test("what a sentence quotes of a table is short and printable", async () => {
  const long = `\u0007${"x".repeat(5000)}`;
  const short = (error: unknown) => {
    const { message } = error as Error;
    assert.ok(message.length < 400, `${message.length}`);
    assert.doesNotMatch(message, /\p{C}/u);
    return true;
  };
  const wide = Array.from({ length: 500 }, (_, i) => `c${i}`).join(",");
  await assert.rejects(load(`1,2,a\n1,${long},b`), short);
  await assert.rejects(load(`1,${long}\n2,b`, { classes: ["a", "b"] }), short);
  await assert.rejects(load(`1,${long}`, { task: "regression" }), short);
  await assert.rejects(load(wide, { columns: { label: "y" } }), short);
});

Deno.test("parts are read alike: classes of the training table name those of the others", async () => {
  const file = (name: string, text: string) => tableOf("csv", new TextEncoder().encode(text), name);
  const files = {
    train: await file("a.csv", "1,2,b\n3,4,a\n"),
    test: await file("b.csv", "5,6,a\n"),
  };
  const loaded = loadTables(files, { task: "classification" }, {
    warn() {},
    note() {},
    memory: Infinity,
  });
  assert.deepEqual(loaded.classes, ["a", "b"]);
  assert.deepEqual(loaded.train, {
    count: 2,
    input: [2],
    x: Float32Array.of(1, 2, 3, 4),
    y: Int32Array.of(1, 0),
    lines: Int32Array.of(1, 2),
  });
  assert.deepEqual([...loaded.test!.y!], [0]);
});

Deno.test("the names of columns of plain numbers are noted, where they have names and nothing else keeps them", async () => {
  const noted = async (text: string, columns?: FileParams["columns"]) => {
    const context = runContext({ files: { "t.csv": new TextEncoder().encode(text) } });
    await data.run({}, params({ ...columns && { columns } }), context);
    return context.reported.notes;
  };
  const text = "wide,tall,kind\n1,2,x\n3,4,y\n5,6,x\n";
  assert.deepEqual(await noted(text), { columns: ["wide", "tall"] });
  assert.deepEqual(await noted(text, { input: ["tall"], label: "kind" }), { columns: ["tall"] });
  assert.deepEqual(await noted(text.slice(text.indexOf("\n") + 1)), {});
  const missing = { use: "median", values: [], indicator: false } as const;
  assert.deepEqual(await noted(text, { missing }), {});
});

Deno.test("a row without its label is refused where missing cells are filled, and so is a text in a column of numbers", async () => {
  const missing = { use: "median", values: ["NA"], indicator: false } as const;
  await assert.rejects(
    load("a,kind\n1,x\nNA,NA", { columns: { missing } }),
    /Cannot read "t.csv": line 3, column 2 \("kind"\) is "NA", and a missing label is not made up; leave the row out/,
  );
  assert.deepEqual((await load("a,kind\n1,x\n3,NA", {})).meta.classes, ["NA", "x"]);
  await assert.rejects(
    load("a,kind\n1,x\nNA,y"),
    /line 3, column 1 \("a"\) is "NA", not a number; say what stands for it: columns: \{ missing: median \}/,
  );
});

Deno.test("of a table that nobody has labelled every column is seen", async () => {
  const { meta, parts } = await load("a,b\n1,2\n3,4", { labels: "none" });
  assert.deepEqual([meta.input, meta.outputs, meta.labels, meta.classes], [[2], 0, "none", []]);
  const { x, y, count } = parts.train!;
  assert.deepEqual([y, count, [...heldValues(x)].sort()], [null, 2, [1, 2, 3, 4]]);
  const columns = { missing: { use: "mean", values: ["?"] } } as never;
  const filled = await load("a,b\n1,?\n3,4", { labels: "none", columns });
  assert.deepEqual([...heldValues(filled.parts.train!.x)].sort(), [1, 3, 4, 4]);
  assert.deepEqual(filled.parts.train!.y, null);
  const grouped = await load("g,a\nx,1\nx,2\ny,3", {
    labels: "none",
    split: { validation: 0, test: 0.5, by: "group", column: "g" },
  });
  assert.deepEqual([grouped.meta.input, grouped.parts.test!.y], [[1], null]);
});

Deno.test("bytes that are not UTF-8 are refused where a column is used, and left alone where none is", async () => {
  const bytes = Uint8Array.from(
    "a,g,c,y\n1,2,\xe4,0\n1,\xe4,\xf6,\xfc",
    (each) => each.charCodeAt(0),
  );
  const read = async (
    columns: NonNullable<FileParams["columns"]>,
    more: Partial<FileParams> = {},
  ) =>
    loadTables({ train: await tableOf("csv", bytes, "t") }, params({ columns, ...more }), {
      ...{ warn() {}, note() {}, memory: 1e9 },
    }).train.count;
  assert.equal(await read({ input: ["a"], label: "a" }), 2);
  const line = (at: number, column: number) =>
    new RegExp(`line ${at}, column ${column} .* not UTF-8 text: .*; save the file as UTF-8$`);
  await assert.rejects(read({ input: ["a"] }), line(3, 4));
  const categories = { use: "one-hot", unknown: "zeros" } as const;
  await assert.rejects(read({ input: ["c"], label: "a", categories }), line(2, 3));
  const split = { validation: 0, test: 0, by: "group", column: "g" } as const;
  await assert.rejects(read({ input: ["a"], label: "a" }, { split }), line(3, 2));
});

Deno.test("a label that train has not is named with its line, a word or a number", async () => {
  const read = async (train: string, test: string) => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const files = { "a.csv": bytes(train), "b.csv": bytes(test) };
    const from = { train: "a.csv", test: "b.csv" };
    await data.run({}, params({ from }), runContext({ files }));
  };
  await assert.rejects(
    read("1,p\n2,q\n", "1,p\n\n2,r\n"),
    /Cannot place the label "r" of "b.csv" \(line 3\) among p, q$/,
  );
  await assert.rejects(
    read("1,3\n2,4\n", "1,3\n\n2,5\n"),
    /Cannot place the label 5 of the test samples \(line 3\) among 3, 4$/,
  );
});

Deno.test("that a column of numbers is coded as categories is said", async () => {
  const text = "a,b,y\n1,u,0\nx,v,1\n3,u,0\n";
  const categories = { use: "one-hot", unknown: "zeros" } as const;
  const context = runContext({ files: { "t.csv": new TextEncoder().encode(text) } });
  await data.run({}, params({ columns: { categories } }), context);
  assert.deepEqual(context.reported.warnings, [
    'the column "a" of "t.csv" is coded as categories: 2 of its cells are numbers, and line 3 says "x"; if it is missing, ' +
    'name it: columns: { missing: { use: median, values: ["x"] } }',
  ]);
});

Deno.test("that labels are all the same is said of a table", async () => {
  const context = runContext({ files: { "t.csv": new TextEncoder().encode("1,p\n2,p\n") } });
  await data.run({}, params(), context);
  assert.match(
    context.reported.warnings.join(),
    /^the labels of "t.csv" are all "p": with one class/,
  );
});
