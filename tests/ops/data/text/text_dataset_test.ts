// deno-lint-ignore-file camelcase
import assert from "node:assert/strict";
import { heldValues } from "../../../../ops/data/dataset.ts";
import { textDataset } from "../../../../ops/data/text/text_dataset.ts";
import { datasetKind } from "../../../../ops/data/dataset.ts";
import { data } from "../../../../ops/data/data.ts";
import type { FileParams } from "../../../../ops/data/data_fields.ts";
import { opSet } from "../../../../engine/op.ts";
import { recipeFromValue } from "../../../../engine/recipe/parse_recipe.ts";
import { ops } from "../../../../ops/mod.ts";
import { testWith } from "../../model/support/test_data.ts";
import { readdirSync, readFileSync } from "node:fs";
import { runContext } from "../../run_context.ts";

const params = (more: Partial<FileParams> = {}): FileParams => ({
  from: "t.txt",
  task: "classification",
  text: { tokens: "words", length: 3 },
  split: { validation: 0, test: 0, by: "order" },
  normalize: { use: "unit" },
  seed: 0,
  ...more,
});

const bytes = (text: string) => new TextEncoder().encode(text);

const load = async (
  files: Readonly<Record<string, string | Uint8Array>>,
  more: Partial<FileParams> = {},
) =>
  await data.run(
    {},
    params(more),
    runContext({
      files: Object.fromEntries(
        Object.entries(files).map((
          [name, each],
        ) => [name, typeof each === "string" ? bytes(each) : each]),
      ),
    }),
  );

/** The texts of a part as the model sees them, with their class, sorted. */
function seen({ meta, parts }: Awaited<ReturnType<typeof load>>, name: "train" | "test" = "train") {
  const { x, y, count } = parts[name]!;
  const length = meta.input[0]!;
  return Array.from({ length: count }, (_, i) => {
    const tokens = [...x.subarray(i * length, (i + 1) * length)].map((id) =>
      meta.text!.tokens[id]!
    );
    return `${meta.classes[y![i]!]}: ${tokens.join(" ")}`;
  }).sort();
}

Deno.test("lines of a label and a text, in words, cut and padded", async () => {
  const set = await load({ "t.txt": "pos good good film indeed\n\nneg bad\npos good\n" });
  assert.deepEqual(set.meta.classes, ["neg", "pos"]);
  assert.deepEqual(set.meta.text!.tokens, ["[padding]", "[unknown]", "good", "bad", "film"]);
  assert.deepEqual([set.meta.type, set.meta.input, set.meta.normalize], [
    ...["int32", [3], { scale: [1], offset: [0] }],
  ]);
  assert.deepEqual(seen(set), [
    "neg: bad [padding] [padding]",
    "pos: good [padding] [padding]",
    "pos: good good film",
  ]);
});

Deno.test("the vocabulary is learned on train alone, as it is cut, and no larger than asked for", async () => {
  const files = { "d/x.train.txt": "0 a b c d\n1 a b", "d/x.test.txt": "0 a d e" };
  const set = await load(files, { from: "d/", format: "text" });
  assert.deepEqual(set.meta.text!.tokens.slice(2), ["a", "b", "c"]);
  assert.deepEqual(seen(set, "test"), ["0: a [unknown] [unknown]"]);
  const text = { tokens: "words", length: 3, vocabulary: 3 } as const;
  const small = await load(files, { from: "d/", format: "text", text });
  assert.deepEqual(small.meta.text!.tokens.slice(2), ["a"]);
});

Deno.test("tables and JSON lines give text by the names of their columns, whatever the format", async () => {
  const expected = ["neg: so bad ,", "pos: good ! [padding]"];
  const tables = {
    "t.csv": 'id,label,review\n1,neg,"So bad, really"\n2,pos,Good!\n',
    "t.tsv": "review\tid\tlabel\nSo bad, really\t1\tneg\nGood!\t2\tpos\n",
    "t.jsonl": '{"label":"neg","review":"So bad, really"}\n{"review":"Good!","label":"pos"}\n',
  };
  for (const [from, table] of Object.entries(tables)) {
    const columns = { input: ["review"], label: "label" };
    assert.deepEqual(seen(await load({ [from]: table }, { from, columns })), expected, from);
  }
});

Deno.test("JSON lines without text are a table of numbers", async () => {
  const lines = '{"a":1,"b":2.5,"kind":"x"}\n{"a":3,"b":-1,"kind":"y"}';
  const { text: _, ...numbers } = params({ from: "t.jsonl", normalize: { use: "none" } });
  const { meta, parts } = await data.run(
    {},
    numbers,
    runContext({ files: { "t.jsonl": bytes(lines) } }),
  );
  assert.deepEqual([meta.input, meta.classes], [[2], ["x", "y"]]);
  assert.deepEqual([...heldValues(parts.train!.x)].sort(), [-1, 1, 2.5, 3]);
});

Deno.test("Parquet that another library wrote is read: texts, numbers and labels", async () => {
  const { parquetWriteBuffer } = await import("npm:hyparquet-writer@0.17.0");
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "sentence", data: ["so bad", "good", "good film"], type: "STRING" },
      { name: "idx", data: [0, 1, 2], type: "INT32" },
      { name: "label", data: [0n, 1n, 1n], type: "INT64" },
    ],
  });
  const columns = { input: ["sentence"], label: "label" };
  const set = await load({ "t.parquet": new Uint8Array(buffer) }, { from: "t.parquet", columns });
  assert.deepEqual(seen(set), [
    "0: so bad [padding]",
    "1: good [padding] [padding]",
    "1: good film [padding]",
  ]);
  await assert.rejects(
    load({ "t.parquet": "no" }, { from: "t.parquet", columns }),
    /"t.parquet" as Parquet/,
  );
});

Deno.test("next tokens: windows that do not overlap, each answered by what comes behind its tokens", async () => {
  const text = { tokens: "characters", length: 3 } as const;
  const set = await load({ "t.txt": "abcabcabd" }, { task: "next-token", text });
  const { x, y, count } = set.parts.train!;
  const said = (ids: ArrayLike<number>) =>
    Array.from(ids, (id) => set.meta.text!.tokens[id]).join("");
  const rows = Array.from(
    { length: count },
    (_, i) => `${said(x.subarray(i * 3, i * 3 + 3))} ${said(y!.subarray(i * 3, i * 3 + 3))}`,
  );
  // Two windows of three and the one behind; what is left of the text is too short.
  assert.deepEqual(rows.sort(), ["abc bca", "abc bca"]);
  assert.equal(set.meta.outputs, set.meta.text!.tokens.length);
  const { manifest, blobs } = datasetKind.encode(set);
  const again = await datasetKind.decode(manifest, (digest) => Promise.resolve(blobs.get(digest)!));
  assert.deepEqual(again, set);
});

Deno.test("a tokenizer of a file frames and numbers the texts", async () => {
  const vocab = { "[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "good": 4, "##s": 5 };
  const tokenizer = {
    normalizer: { type: "BertNormalizer", lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: { type: "BertProcessing", cls: ["[CLS]", 2], sep: ["[SEP]", 3] },
    model: { type: "WordPiece", vocab },
  };
  const files = { "t.txt": "0 Goods bad\n1 good", "tok.json": JSON.stringify(tokenizer) };
  const set = await load(files, { text: { tokens: { from: "tok.json" }, length: 5 } });
  assert.deepEqual(seen(set), ["0: [CLS] good ##s [UNK] [SEP]", "1: [CLS] good [SEP] [PAD] [PAD]"]);
  assert.deepEqual(data.source(params({ text: { tokens: { from: "tok.json" }, length: 5 } })), [
    ...["t.txt", "tok.json"],
  ]);
});

Deno.test("what is no labelled text is refused with file, line and a way out", async () => {
  await assert.rejects(
    load({ "t.txt": "0 a\nlonely\n" }),
    /"t.txt": line 2 is no label with a text/,
  );
  await assert.rejects(load({ "t.txt": "\n" }), /Cannot find a sample in "t.txt"/);
  await assert.rejects(
    load({ "t.csv": "a,b,label\nx,y,0" }, { from: "t.csv" }),
    /Cannot tell which column of "t.csv" the text is in: it has a, b, label; say it: columns/,
  );
  await assert.rejects(
    load({ "t.jsonl": "[1]" }, { from: "t.jsonl" }),
    /"t.jsonl": line 1 is not an object/,
  );
  await assert.rejects(load({ "t.jsonl": '{"a"' }, { from: "t.jsonl" }), /line 1 is not JSON/);
  for (const bytes of [[0x89, 0x50, 0x4e], [0x13, 0x37, 0x0a], [0x7b, 0, 0, 1]]) {
    await assert.rejects(
      load({ "bin.jsonl": Uint8Array.from(bytes) as never }, { from: "bin.jsonl" }),
      /line 1 is binary, no JSON$/,
    );
  }
  await assert.rejects(
    load({ "t.jsonl": '{"text": "caf\u00e9",}' }, { from: "t.jsonl" }),
    /line 1 is not JSON: /,
  );
});

Deno.test("a data set's own way with text holds where a recipe says a part of it", () => {
  const textOf = (text?: Readonly<Record<string, string | number>>) => {
    const document = { name: "x", data: { use: "names", ...text && { text } }, steps: [] };
    const { steps } = recipeFromValue(document, "./", opSet(ops));
    return steps.find(({ op }) => op === "data")?.params.text;
  };
  assert.deepEqual(textOf(), { tokens: "characters", length: 16 });
  assert.deepEqual(textOf({ length: 8 }), { tokens: "characters", length: 8 });
  assert.deepEqual(textOf({ tokens: "words" }), { tokens: "words", length: 16 });
});

for (const [folder, counts] of [["trec", [4907, 545, 500]], ["sst2", [6920, 872, 1821]]] as const) {
  testWith(folder, `the lines of ${folder}: parts by their names, in words`, async (path) => {
    const files = Object.fromEntries(
      readdirSync(path).map((
        name,
      ) => [`${folder}/${name}`, new Uint8Array(readFileSync(`${path}/${name}`))]),
    );
    const split = { validation: 0.1, test: 0.2, by: "label" } as const;
    const { parts, meta } = await load(files, { from: `${folder}/`, format: "text", split });
    assert.deepEqual(
      ["train", "validation", "test"].map((part) => parts[part as "train"]!.count),
      counts,
    );
    assert.equal(meta.outputs, folder === "trec" ? 6 : 2);
  });
}

Deno.test("windows of a running text do not overlap, and what they are answered by moves by one", async () => {
  const train = { file: "t", texts: ["abcdefgh"], labels: null };
  const wishes = {
    task: "next-token",
    text: { tokens: "characters", length: 3 },
    split: { validation: 0, test: 0, by: "order" },
    normalize: { use: "unit" },
    seed: 0,
  } as const;
  const { meta, parts } = await textDataset({ train }, wishes, runContext());
  // Padding and unknown, then the letters, all as frequent: abc → bcd, def → efg; gh is left out.
  const { count, x, y } = parts.train!;
  const letters = (numbers: ArrayLike<number>) =>
    Array.from(numbers, (number) => meta.text!.tokens[number]).join("");
  assert.equal(count, 2);
  const rows = [0, 1].map((
    row,
  ) => [letters(x.subarray(3 * row, 3 * row + 3)), letters(y!.subarray(3 * row, 3 * row + 3))]);
  assert.deepEqual(rows.sort(), [["abc", "bcd"], ["def", "efg"]]);
  await assert.rejects(
    textDataset({ train: { ...train, texts: ["abc"] } }, wishes, runContext()),
    /Cannot find a sample in "t"/,
  );
});
