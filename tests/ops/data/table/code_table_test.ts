import assert from "node:assert/strict";
import { heldValues } from "../../../../ops/data/dataset.ts";
import type { FileParams } from "../../../../ops/data/data_fields.ts";
import { data } from "../../../../ops/data/data.ts";
import { columnWidth, zerosAndOnes } from "../../../../ops/data/table/code_table.ts";
import { MISSING_WORDS } from "../../../../ops/data/table/table_fields.ts";
import { assertClose } from "../../../close.ts";
import recorded from "../../../fixtures/tables/coded.json" with { type: "json" };
import { runContext } from "../../run_context.ts";

type Columns = NonNullable<FileParams["columns"]>;

const cells = { values: MISSING_WORDS, indicator: false };
const median = { use: "median", ...cells } as const;
const oneHot = { use: "one-hot", unknown: "zeros" } as const;

/** The data set of a table to learn from and one to measure on, whose labels say where each row stood. */
const coded = async (
  train: string,
  test: string,
  columns: Columns,
  more: Partial<FileParams> = {},
) => {
  const params: FileParams = {
    from: { train: "train.csv", test: "test.csv" },
    task: "regression",
    split: { validation: 0, test: 0, by: "order" },
    normalize: { use: "none" },
    seed: 0,
    columns,
    ...more,
  };
  const bytes = (text: string) => new TextEncoder().encode(text);
  const files = { "train.csv": bytes(train), "test.csv": bytes(test) };
  return await data.run({}, params, runContext({ files }));
};

type Made = Awaited<ReturnType<typeof coded>>;

/** The rows of a part in the order of the file. */
const rowsOf = ({ meta, parts }: Made, part: "train" | "test"): number[][] => {
  const { x, y, count } = parts[part]!;
  const [width] = meta.input as [number];
  const rows: number[][] = [];
  for (let i = 0; i < count; i++) {
    rows[y![i]!] = [...heldValues(x).slice(i * width, (i + 1) * width)];
  }
  return rows;
};

const cases = {
  mean: { missing: { use: "mean", ...cells, indicator: true }, categories: oneHot },
  median: { missing: { ...median, indicator: true }, categories: { use: "integer" } },
  "most-frequent": {
    missing: { use: "most-frequent", ...cells, indicator: true },
    categories: oneHot,
  },
  constant: {
    missing: { use: "constant", value: -1, ...cells, indicator: true },
    categories: { use: "one-hot", most: 3, unknown: "column" },
  },
} as const satisfies Readonly<Record<string, Columns>>;

for (const [name, columns] of Object.entries(cases)) {
  Deno.test(`missing cells and categories are what scikit-learn makes of them: ${name}`, async () => {
    const made = await coded(recorded.train, recorded.test, columns);
    const expected = recorded.cases[name as keyof typeof cases];
    for (const part of ["train", "test"] as const) {
      const found = rowsOf(made, part);
      assert.equal(found.length, expected[part].length);
      for (const [row, values] of expected[part].entries()) {
        assert.equal(found[row]!.length, values.length);
        for (const [at, value] of values.entries()) assertClose(found[row]![at]!, value, 1e-6);
      }
    }
  });
}

Deno.test("what is learned is learned on train alone, and meta says it", async () => {
  const train = "a,b,id\n1,x,0\n3,y,1\nNA,x,2";
  const columns = { missing: { ...median, indicator: true }, categories: oneHot };
  const some = await coded(train, "a,b,id\n100,z,0", columns);
  const other = await coded(train, "a,b,id\nNA,y,0\n-7,,1", columns);
  assert.deepEqual(some.meta, other.meta);
  assert.deepEqual(some.meta.columns, [
    { name: "a", fill: 2 },
    { name: "b", code: "one-hot", categories: ["x", "y"] },
    { name: "a", missing: 0 },
  ]);
  assert.deepEqual(rowsOf(some, "train"), [[1, 1, 0, 0], [3, 0, 1, 0], [2, 1, 0, 1]]);
  assert.deepEqual(rowsOf(some, "test"), [[100, 0, 0, 0]]);
  assert.deepEqual(rowsOf(other, "test"), [[2, 0, 1, 1], [-7, 0, 0, 0]]);
  assert.deepEqual(zerosAndOnes(some.meta.columns!), [false, true, true, true]);
});

Deno.test("the samples that validate say nothing either, and zeros and ones stay what they are", async () => {
  const train = "a,b,id\n4,x,0\n8,x,1\n100,y,2";
  const made = await coded(train, "a,b,id\n6,y,0", { missing: median, categories: oneHot }, {
    split: { validation: 0.33, test: 0, by: "order" },
    normalize: { use: "standard" },
  });
  assert.equal(made.parts.validation!.count, 1);
  assert.deepEqual(made.meta.columns, [
    { name: "a", fill: 6 },
    { name: "b", code: "one-hot", categories: ["x"] },
  ]);
  assert.deepEqual(made.meta.normalize, { scale: [0.5, 1], offset: [-3, 0] });
});

Deno.test("the most frequent categories stay, of equally frequent ones the first; others are unknown", async () => {
  const train = "b,id\nw,0\nv,1\nv,2\nu,3\nt,4";
  const kept = async (columns: Columns) => (await coded(train, "b,id\nq,0", columns)).meta.columns;
  assert.deepEqual(await kept({ categories: { ...oneHot, most: 2 } }), [
    { name: "b", code: "one-hot", categories: ["t", "v"] },
  ]);
  const column = { use: "one-hot", most: 3, unknown: "column" } as const;
  const made = await coded(train, "b,id\nq,0\nu,1", { categories: column });
  assert.deepEqual(rowsOf(made, "train"), [
    [0, 0, 0, 1],
    [0, 0, 1, 0],
    [0, 0, 1, 0],
    [0, 1, 0, 0],
    [1, 0, 0, 0],
  ]);
  assert.deepEqual(rowsOf(made, "test"), [[0, 0, 0, 1], [0, 1, 0, 0]]);
  assert.deepEqual(made.meta.columns!.map(columnWidth), [4]);
});

Deno.test("more than a hundred categories are refused where nobody asks for the most frequent", async () => {
  const train = (count: number) =>
    `b,id\n${Array.from({ length: count }, (_, i) => `k${i},${i}`).join("\n")}`;
  const columns = { categories: { use: "integer" } } as const;
  const { meta } = await coded(train(100), "b,id\nk0,0", columns);
  assert.equal(meta.columns!.length, 1);
  await assert.rejects(
    coded(train(101), "b,id\nk0,0", columns),
    /Cannot code the column "b" of "train.csv": its cells in train say 101 different things, as "k0"; .* most: 100/,
  );
  const most = { categories: { use: "integer", most: 101 } } as const;
  assert.equal((await coded(train(101), "b,id\nk0,0", most)).meta.input[0], 1);
});

Deno.test("a column with nothing in train to learn from is refused", async () => {
  await assert.rejects(
    coded("a,b,id\nNA,1,0\n,2,1", "a,b,id\n1,2,0", { missing: median }),
    /Cannot learn from the column "a" of "train.csv": each of its 2 cells in train is missing; leave it out/,
  );
});

Deno.test("codes that the memory does not hold are refused", async () => {
  const text = `b,id\n${Array.from({ length: 90 }, (_, i) => `k${i},${i}`).join("\n")}`;
  const files = { "t.csv": new TextEncoder().encode(text) };
  const params = {
    from: "t.csv",
    task: "regression",
    split: { validation: 0, test: 0, by: "order" },
    normalize: { use: "none" },
    seed: 0,
    columns: { categories: oneHot },
  } as const;
  const made = await data.run({}, params, runContext({ files, memory: 90 * 90 * 4 }));
  assert.deepEqual(made.meta.input, [90]);
  await assert.rejects(
    async () => await data.run({}, params, runContext({ files, memory: 90 * 90 * 4 - 1 })),
    /Cannot code "t.csv": 90 rows of 90 columns .*most: …/,
  );
});

Deno.test("too many categories of a column of numbers are laid to the cell that is none", async () => {
  const rows = Array.from({ length: 150 }, (_, i) => `${i === 7 ? "?" : i},0`);
  await assert.rejects(
    coded(`b,y\n${rows.join("\n")}\n`, "b,y\n1,0\n", { categories: oneHot }),
    /say 150 different things, as "0"; 149 of its cells are numbers, and line 9 says "\?"; if it is missing, name it: columns: \{ missing: \{ use: median, values: \["\?"\] \} \}; leave it out/,
  );
});
