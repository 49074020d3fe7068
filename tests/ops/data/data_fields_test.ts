import assert from "node:assert/strict";
import { dataFields, sourcesOf } from "../../../ops/data/data_fields.ts";
import { assertListed, assertListedInOrder } from "../../listed.ts";
import { told } from "../told.ts";

Deno.test("the sources of files are those of every part, samples before labels, then those of the text", () => {
  assert.deepEqual(sourcesOf({ from: "a.csv" }), ["a.csv"]);
  const text = { tokens: { from: "t.json" }, length: 4, vocabulary: "v.txt" };
  assert.deepEqual(sourcesOf({ from: "a.csv", text }), ["a.csv", "t.json", "v.txt"]);
  const from = { train: { inputs: "x", labels: "y" }, test: "z.csv" };
  assert.deepEqual(sourcesOf({ from }), ["x", "y", "z.csv"]);
  const words = { tokens: "words", length: 4, vocabulary: 100 } as const;
  assert.deepEqual(sourcesOf({ from: { train: "a", validation: "b" }, text: words }), ["a", "b"]);
});

const fields = (dataFields as unknown as {
  readonly "x-choice": {
    readonly alternatives: Readonly<Record<string, { readonly description: string }>>;
    readonly untagged: { readonly description: string };
  };
})["x-choice"];
const names = "source or 1 or more text from 1";
const split = {
  validation: "number ≥ 0 < 1 = 0.1",
  test: "number ≥ 0 < 1 = 0.2",
  by: 'label | random | order = "label"',
  "": '= {"validation":0.1,"test":0.2,"by":"label"}',
};
const seed = "integer ≥ 0 ≤ 281474976710655 = 0";
const common = {
  "classes?": names,
  split,
  "limit?": "integer ≥ 1 ≤ 2147483647",
  normalize:
    "none {  } or unit {  } or standard {  } or range { low: number, high: number } or fixed { mean: list of number, " +
    'deviation: list of number > 0 } = {"use":"unit"}',
  seed,
};
const side = "integer ≥ 1 ≤ 10000";
const pictorial = { "resize?": `[${side}, ${side}]`, "color?": "gray | rgb" };

Deno.test("each set that comes with the package has its fields and their limits", () => {
  const text = (tokens: string, length: number, preset: object) => ({
    tokens: `words | characters or { from: source, lowercase?: boolean } = "${tokens}"`,
    length: `integer ≥ 1 ≤ 1000000 = ${length}`,
    "vocabulary?": "integer ≥ 3 ≤ 1000000 or source",
    ...preset,
  });
  const texts = { ...common, task: 'classification | next-token = "classification"' };
  const words = { "": '= {"tokens":"words","length":128}' };
  const characters = { "": '= {"tokens":"characters","length":16}' };
  const measured = { ...common, "task?": "classification | reconstruction" };
  const { alternatives } = fields;
  const found = Object.entries(alternatives).map(([name, each]) => [name, told(each as never)]);
  assertListed(Object.fromEntries(found), {
    digits: { ...measured, ...pictorial },
    iris: measured,
    names: { ...texts, text: text("characters", 16, characters) },
    spam: { ...texts, text: text("words", 128, words) },
    latent: {
      size: "integer ≥ 1 ≤ 1000000",
      conditions: "integer ≥ 1 ≤ 1000000 = 1",
      count: "integer ≥ 1 ≤ 2147483647",
      task: 'generation = "generation"',
      ...{ split, seed },
    },
  });
  for (const [name, { description }] of Object.entries(alternatives)) assert.ok(description, name);
});

Deno.test("files have their own fields: what they are called, what is read of them, and how", () => {
  const part = "source or { inputs: source, labels: source }";
  const { "format?": formats, ...others } = told(fields.untagged as never) as Readonly<
    Record<string, string>
  >;
  assertListedInOrder(
    formats!.split(" | "),
    "idx cifar csv tsv jsonl parquet npy npz text images".split(" "),
  );
  const cells =
    '{ values: list of text = ["NA","N/A","NaN","nan","null","NULL","None"], indicator: boolean = false }';
  assert.deepEqual(others, {
    "labels?": "none",
    ...{ ...common, ...pictorial },
    split: {
      ...split,
      by: 'label | random | order | group | time = "label"',
      "column?": "text",
    },
    "audio?": {
      rate: "integer ≥ 1000 ≤ 768000 = 16000",
      seconds: "number > 0 ≤ 3600 = 1",
      window: "number > 0 ≤ 10000 = 30",
      hop: "number > 0 ≤ 10000 = 20",
      low: "number ≥ 0 ≤ 384000 = 20",
      "high?": "number > 0 ≤ 384000",
      features:
        "mel { bands: integer ≥ 1 ≤ 512 = 40 } or mfcc { bands: integer ≥ 1 ≤ 512 = 40, coefficients: integer ≥ 1 ≤ 512 = 13 " +
        '} = {"use":"mel"}',
    },
    from: `source or { train: ${part}, validation?: ${part}, test?: ${part} }`,
    "columns?": {
      "input?": "list of text",
      "label?": "text or 1 or more text",
      "separator?": "text from 1",
      "missing?":
        `mean ${cells} or median ${cells} or most-frequent ${cells} or constant { value: number, ${
          cells.slice(2)
        }`,
      "categories?":
        'one-hot { columns?: list of text, most?: integer ≥ 1 ≤ 10000, unknown: zeros | column = "zeros" } or integer { ' +
        "columns?: list of text, most?: integer ≥ 1 ≤ 10000 }",
    },
    task:
      'classification | regression | next-token | reconstruction | multi-label = "classification"',
    "text?": {
      tokens: 'words | characters or { from: source, lowercase?: boolean } = "words"',
      length: "integer ≥ 1 ≤ 1000000 = 128",
      "vocabulary?": "integer ≥ 3 ≤ 1000000 or source",
    },
  });
});
