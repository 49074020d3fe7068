/** Small sound files of every kind that is read: what fuzzing starts from. */
import { canonicalBytes, digestOf, type Key } from "../../engine/digest.ts";
import { encodePng } from "../../engine/deps/fast_png.ts";
import type { Outcome } from "../../engine/store/store.ts";
import { initialModel } from "../../ops/model/initialize.ts";
import { cnn } from "../../ops/model/zoo/cnn.ts";
import { graphFiles, i, ints, s, texts } from "../ops/formats/tfjs/graph/one_graph.ts";
import { functional, keras, layersModel } from "../ops/model/support/keras_json.ts";

export const utf8 = (text: string) => new TextEncoder().encode(text);
export const series = (count: number, value: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => value(i));
export const labels = series(60, (i) => i % 3);
export const fractions = series(240, (i) => (i * 37 % 100) / 10);

export const table = (separator: string) =>
  utf8(
    `a${separator}b${separator}"c"\n` +
      labels.map((label, i) => [i / 4, `"${-i}"`, `k${label}`].join(separator)).join("\r\n"),
  );

export async function parquet(): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("npm:hyparquet-writer@0.17.0");
  return new Uint8Array(parquetWriteBuffer({
    columnData: [
      { name: "a", data: series(60, (i) => i / 4), type: "DOUBLE" },
      { name: "b", data: series(60, (i) => i), type: "INT32" },
      { name: "c", data: labels.map((label) => `k${label}`), type: "STRING" },
    ],
  }));
}

export const picture = (i: number) =>
  encodePng({
    ...{ width: 9, height: 7, channels: 3, depth: 8 },
    data: Uint8Array.from({ length: 189 }, (_, at) => at * (i + 3) % 251),
  });

/** Pictures that another library wrote. */
const others = JSON.parse(
  Deno.readTextFileSync(new URL("../ops/data/images/pil_pictures.json", import.meta.url)),
) as { files: Readonly<Record<string, { readonly file: string }>> };
const jpegs = Object.entries(others.files).filter(([name]) => name.startsWith("jpeg"));
export const jpeg = Uint8Array.fromBase64(jpegs[0]![1].file);

export const layersFiles = layersModel(
  functional(
    [
      keras("InputLayer", "in", { "batch_input_shape": [null, 6, 6, 1] }, []),
      keras(
        "Conv2D",
        "c",
        { filters: 2, "kernel_size": [3, 3], strides: [1, 1], padding: "same" },
        ["in"],
      ),
      keras("MaxPooling2D", "p", { "pool_size": [2, 2], strides: [2, 2], padding: "valid" }, ["c"]),
      keras("Flatten", "f", {}, ["p"]),
      keras("Dense", "d", { units: 3, activation: "softmax" }, ["f"]),
    ],
    ["in"],
    ["d"],
  ),
  [
    { name: "c/kernel", shape: [3, 3, 1, 2], values: series(18, (i) => i / 10) },
    { name: "c/bias", shape: [2], values: [0, 1] },
    { name: "d/kernel", shape: [18, 3], values: series(54, (i) => i / 50) },
    { name: "d/bias", shape: [3], values: [0, 1, 2] },
  ],
);

/** Two convolutions, of which one is added to its input, and what leaves: as a graph of TensorFlow. */
const graph = graphFiles([6, 6, 2], (g) => {
  const space = { strides: ints(1, 1, 1, 1), dilations: ints(1, 1, 1, 1), padding: s("SAME") };
  const fused = { ...space, "num_args": i(1), "fused_ops": texts("BiasAdd", "Relu6") };
  const first = g.node("net/a/Relu6", "_FusedConv2D", [
    ...[g.x, g.floats("net/a/k", [3, 3, 2, 2]), g.floats("net/a/b", [2])],
  ], fused);
  const second = g.node("net/b/depthwise", "DepthwiseConv2dNative", [
    ...[first, g.floats("net/b/k", [3, 3, 2, 1])],
  ], space);
  const sum = g.node("net/add/add", "AddV2", [first, second]);
  const padded = g.node("net/pad/Pad", "Pad", [
    ...[sum, g.whole("net/pad/by", [0, 0, 0, 1, 1, 0, 0, 2], [4, 2])],
  ]);
  const shape = g.node("net/Shape", "Shape", [padded]);
  const batch = g.node("net/batch", "StridedSlice", [
    ...[shape, g.whole("from", [0]), g.whole("to", [1]), g.whole("by", [1])],
  ], { "shrink_axis_mask": i(1) });
  const target = g.node("net/target", "Pack", [batch, g.whole("rest", -1)], { axis: i(0) });
  const flat = g.node("net/flat", "Reshape", [padded, target]);
  return g.node("y", "Softmax", [
    g.node("net/d/MatMul", "MatMul", [flat, g.floats("net/d/k", [196, 3])]),
  ]);
});
export const graphModelFiles = {
  "model.json": utf8(JSON.stringify(graph.json)),
  "w.bin": graph.shard,
};

export const network = cnn.build([8, 8, 1], 3, { filters: [2, 3], dense: [], dropout: 0 });
export const model = initialModel(network, 0);
const words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "want", "##ed", "un", "##want", ","];
export const tokenizer = utf8(JSON.stringify({
  "added_tokens": words.slice(0, 5).map((content, id) => ({ id, content, special: true })),
  normalizer: {
    type: "BertNormalizer",
    "clean_text": true,
    "handle_chinese_chars": true,
    lowercase: true,
  },
  "pre_tokenizer": { type: "BertPreTokenizer" },
  "post_processor": { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] },
  padding: { "pad_id": 0 },
  model: {
    ...{ type: "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##" },
    "max_input_chars_per_word": 100,
    vocab: Object.fromEntries(words.map((word, id) => [word, id])),
  },
}));

const preimage = { op: "data", version: 1 };
export const key = digestOf(canonicalBytes(preimage)) as unknown as Key;
export const outcome = {
  artifact: { digest: "a".repeat(64), kind: "dataset", bytes: 3, parts: {} },
  preimage,
} as unknown as Outcome;
