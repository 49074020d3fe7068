/** What lies beside an exported model of texts is enough to feed it: texts are numbered here by the file alone. */
import assert from "node:assert/strict";
import { heldValues } from "../../../ops/data/dataset.ts";
import { vocabularyFile } from "../../../ops/formats/vocabulary_file.ts";
import { fromBinary, ModelProtoSchema } from "../../../engine/deps/onnx_buf.ts";
import type { FileParams } from "../../../ops/data/data_fields.ts";
import { data } from "../../../ops/data/data.ts";
import { exportFiles } from "../../../ops/formats/export.ts";
import { encodedBytes } from "../../../ops/formats/encode_files.ts";
import type { FormatParams } from "../../../ops/formats/formats.ts";
import { decodePacked } from "../../../ops/formats/packed/packed.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { decodeSafetensors } from "../../../ops/formats/safetensors/model_file.ts";
import { textCnn } from "../../../ops/model/zoo/text_cnn.ts";
import { runContext } from "../run_context.ts";

const TEXTS = ["good film", "bad film , bad", "so so", "a good one it is", "never seen", "bad"];
const lines = TEXTS.map((text, i) => `${i % 2 === 0 ? "pos" : "neg"} ${text}`).join("\n");

const encoded = (text: string) => new TextEncoder().encode(text);
const parsed = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));

const TOKENIZER = {
  "added_tokens": [{ id: 0, content: "[PAD]" }],
  normalizer: { type: "BertNormalizer" },
  "pre_tokenizer": { type: "BertPreTokenizer" },
  "post_processor": { type: "BertProcessing", cls: ["[CLS]", 2], sep: ["[SEP]", 3] },
  model: { vocab: { "[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, good: 4, film: 5, "##m": 6 } },
};

const set = async (tokens: NonNullable<FileParams["text"]>["tokens"]) =>
  await data.run(
    {},
    {
      from: "t.txt",
      task: "classification",
      text: { tokens, length: 6, vocabulary: 9 },
      split: { validation: 0, test: 0.5, by: "order" },
      normalize: { use: "none" },
      seed: 0,
    },
    runContext({
      files: { "t.txt": encoded(lines), "t.json": encoded(JSON.stringify(TOKENIZER)) },
    }),
  );

const formats = {
  tfjs: { use: "tfjs", storage: "native", shard: "1 MiB", tolerance: 0.001 },
  onnx: { use: "onnx", form: "qdq", opset: 17, tolerance: 0.001 },
  packed: { use: "packed", coding: "huffman", indices: "relative", index_bits: 5, tolerance: 0 },
  safetensors: { use: "safetensors", tolerance: 0 },
} as const satisfies Partial<Record<FormatParams["use"], FormatParams>>;

/** The class names that the model's own files hold. */
const classesIn: Readonly<Record<keyof typeof formats, (file: Uint8Array) => readonly string[]>> = {
  tfjs: (file) => parsed(file).userDefinedMetadata.classes,
  onnx: (file) =>
    JSON.parse(
      fromBinary(ModelProtoSchema, file).metadataProps.find(({ key }) => key === "classes")!
        .value,
    ),
  packed: (file) => decodePacked(file).classes,
  safetensors: (file) => decodeSafetensors(file).classes,
};

async function exported(data: Awaited<ReturnType<typeof set>>, format: FormatParams) {
  const options = {
    ...{ embedding: 2, filters: 2, kernels: [2], dense: [], dropout: 0 },
    vocabulary: data.meta.text!.tokens.length,
  };
  const drawn = initialModel(textCnn.build([6], 2, options), 0);
  const model = { ...drawn, classes: data.meta.classes, learned: true };
  return { model, files: await exportFiles.run({ model, data }, format, runContext()) };
}

for (const format of Object.values(formats)) {
  Deno.test(`${format.use}: class names are in the model's file, the vocabulary beside it and not weighed`, async () => {
    const words = await set("words");
    const { model, files } = await exported(words, format);
    const { "vocabulary.json": vocabulary, ...own } = files;
    assert.deepEqual(parsed(vocabulary!).classes, ["neg", "pos"]);
    const main = own["model.json"] ?? Object.values(own)[0]!;
    assert.deepEqual(classesIn[format.use](main), ["neg", "pos"]);
    const weighed = Object.values(own).reduce((sum, { length }) => sum + length, 0);
    assert.equal((await encodedBytes(model, format)).encoded, weighed);
  });
}

for (const rule of ["words", "characters"] as const) {
  Deno.test(`by the file alone, texts in ${rule} become the numbers that the model has learned`, async () => {
    const samples = await set(rule);
    const { files } = await exported(samples, formats.packed);
    const file = parsed(files["vocabulary.json"]!);
    assert.deepEqual([file.format, file.task, file.cut], [1, "classification", { use: rule }]);
    const cut = (text: string) => rule === "words" ? text.split(" ") : [...text];
    const rows = TEXTS.map((text) => {
      const numbers = cut(text).slice(0, file.length).map((token) => {
        const number = file.tokens.indexOf(token);
        return number < 0 ? file.unknown : number;
      });
      return [...numbers, ...Array(file.length).fill(file.padding)].slice(0, file.length).join();
    });
    const stored = [samples.parts.train!, samples.parts.test!].flatMap(({ count, x }) =>
      Array.from({ length: count }, (_, i) => heldValues(x).slice(i * 6, i * 6 + 6).join())
    );
    assert.deepEqual(stored.sort(), rows.sort());
  });
}

Deno.test("of word pieces, the file says what is done to words and what frames a text", async () => {
  const { files } = await exported(await set({ from: "t.json" }), formats.packed);
  const { tokens, padding, unknown, start, end, cut } = parsed(files["vocabulary.json"]!);
  assert.deepEqual(tokens, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "good", "film", "##m"]);
  assert.deepEqual([padding, unknown, start, end], [0, 1, [2], [3]]);
  assert.deepEqual(cut, {
    ...{ use: "word-piece", clean: true, chinese: true, accents: "strip", lowercase: true },
    ...{ prefix: "##", longest: 100, whole: ["[PAD]"] },
  });
});

Deno.test("without texts there is no vocabulary to write", () => {
  assert.deepEqual(vocabularyFile(undefined), {});
  const normalize = { scale: [1], offset: [0] };
  const common = { type: "float32", task: "classification", outputs: 1, normalize } as const;
  assert.deepEqual(vocabularyFile({ ...common, input: [2], classes: [] }), {});
});
