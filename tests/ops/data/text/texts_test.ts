import assert from "node:assert/strict";
import { textsOfTable } from "../../../../ops/data/text/texts.ts";
import { tableOf } from "../table_of.ts";

const table = (text: string) => tableOf("csv", new TextEncoder().encode(text), "d.csv");

Deno.test("the last column is the label, the only other one the text", async () => {
  const file = await table("text,label\ngood,1\nbad,0\n");
  assert.deepEqual(textsOfTable(file, { task: "classification" }), {
    file: "d.csv",
    texts: ["good", "bad"],
    labels: ["1", "0"],
  });
});

Deno.test("several columns that are named are joined by a blank, in the order named", async () => {
  const file = await table("a,y,b\n1,x,2\n");
  const columns = { input: ["b", "a"], label: "y" };
  assert.deepEqual(textsOfTable(file, { task: "classification", columns }).texts, ["2 1"]);
  assert.throws(
    () => textsOfTable(file, { task: "classification" }),
    /which column of "d.csv" the text is in: it has a, y, b; say it/,
  );
});

Deno.test("to predict next tokens no column is a label", async () => {
  const file = await table("text\nab\ncd\n");
  assert.deepEqual(textsOfTable(file, { task: "next-token" }), {
    file: "d.csv",
    texts: ["ab", "cd"],
    labels: null,
  });
  assert.throws(
    () => textsOfTable({ ...file, first: undefined } as never, { task: "next-token" }),
    /^RangeError: Cannot read "d.csv": it has no rows$/,
  );
});

Deno.test("rows of another width, and bytes that are no text, are refused where they are read", async () => {
  const ragged = await table("text,label\na,b\nc\n");
  assert.throws(
    () => textsOfTable(ragged, { task: "classification" }),
    /line 3 has 1 cells, the first has 2/,
  );
  const file = { ...await table("a,y,b\n1,x,2\n"), binary: [undefined, 1, 1] };
  const read = (label: string, task: "classification" | "next-token" = "classification") =>
    textsOfTable(file, { task, columns: { input: ["a"], label } });
  assert.deepEqual(read("a").labels, ["1"]);
  assert.throws(() => read("y"), /column 2 \("y"\) holds bytes that are not UTF-8 text/);
  assert.equal(read("y", "next-token").labels, null);
  assert.throws(
    () => textsOfTable(file, { task: "classification", columns: { input: ["b"], label: "a" } }),
    /column 3 \("b"\) holds bytes that are not UTF-8 text/,
  );
});

Deno.test("of a table that nobody has labelled each column is text", async () => {
  const bare = { task: "classification", labels: "none" } as const;
  const found = textsOfTable(await table("text\ngood\nbad\n"), bare);
  assert.deepEqual(found, { file: "d.csv", texts: ["good", "bad"], labels: null });
});
