import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { canonicalBytes } from "../../../engine/digest.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { build } from "../../../ops/formats/model.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import type { Model } from "../../../ops/model/model.ts";
import { bert } from "../../../ops/model/zoo/bert.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
} from "../../../ops/formats/safetensors/model_file.ts";
import {
  floatsOf,
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from "../../../ops/formats/safetensors/safetensors_file.ts";
import { decodeWeight } from "../../../ops/model/weights.ts";
import { quantizedNetwork } from "../formats/onnx/quantized_network.ts";
import { livelyModel } from "../lively_model.ts";
import { runContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { assertClose } from "./close.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

/** A file written by hand: two numbers of half precision and three bytes, as the format's page draws it. */
const header = '{"a":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},' +
  '"b":{"dtype":"I8","shape":[3],"data_offsets":[4,7]},"__metadata__":{"k":"v"}}';
const byHand = (text: string, data: readonly number[]) =>
  Uint8Array.of(text.length, 0, 0, 0, 0, 0, 0, 0, ...ascii(text), ...data);

Deno.test("bytes written by hand are read: 1 and −2 in half precision, 1, −1, 127", () => {
  const { tensors, metadata } = readSafetensors(byHand(header, [0, 0x3c, 0, 0xc0, 1, 255, 127]));
  assert.deepEqual(metadata, { k: "v" });
  assert.deepEqual([...floatsOf(tensors.get("a")!)], [1, -2]);
  assert.deepEqual([...floatsOf(tensors.get("b")!)], [1, -1, 127]);
  assert.deepEqual(tensors.get("a")!.shape, [1, 2]);
});

Deno.test("what is written is what the format says, and is read again", () => {
  const one: StoredTensor = { dtype: "F32", shape: [1], bytes: Uint8Array.of(0, 0, 128, 63) };
  const file = writeSafetensors({ tensors: new Map([["x", one]]), metadata: {} });
  const text = '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const blanks = " ".repeat(56 - text.length);
  assert.deepEqual(
    file,
    Uint8Array.of(56, 0, 0, 0, 0, 0, 0, 0, ...ascii(text + blanks), 0, 0, 128, 63),
  );
  assert.deepEqual([...floatsOf(readSafetensors(file).tensors.get("x")!)], [1]);
});

Deno.test("numbers of every type become floats", () => {
  const tensor = (dtype: StoredTensor["dtype"], ...bytes: number[]): StoredTensor => ({
    dtype,
    shape: [1],
    bytes: Uint8Array.from(bytes),
  });
  const cases: [StoredTensor, number][] = [
    [tensor("F64", 0, 0, 0, 0, 0, 0, 0xf8, 0x3f), 1.5],
    [tensor("BF16", 0xc0, 0x3f), 1.5],
    [tensor("I64", 254, 255, 255, 255, 255, 255, 255, 255), -2],
    [tensor("U64", 7, 0, 0, 0, 0, 0, 0, 0), 7],
    [tensor("I32", 254, 255, 255, 255), -2],
    [tensor("I16", 254, 255), -2],
    [tensor("U16", 1, 1), 257],
    [tensor("BOOL", 1), 1],
  ];
  for (const [each, value] of cases) assert.deepEqual([...floatsOf(each)], [value], each.dtype);
});

Deno.test("a file that is broken is refused in a sentence", () => {
  const good = byHand(header, [0, 0x3c, 0, 0xc0, 1, 255, 127]);
  const bad: [Uint8Array, RegExp][] = [
    [good.subarray(0, 5), /no safetensors file/],
    [Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0, 1), /length of a header/],
    [byHand("[]", []), /no JSON object/],
    [byHand('{"a":{"dtype":"F32"}}', []), /"a" is not described/],
    [byHand('{"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}', [1]), /numbers F8/],
    [byHand('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}', [1]), /2 bytes is not where/],
    [good.subarray(0, good.length - 1), /"b" of 3 bytes is not where/],
    [Uint8Array.of(...good, 0), /left over/],
    [
      byHand(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        [1],
      ),
      /overlap/,
    ],
  ];
  for (const [file, message] of bad) assert.throws(() => readSafetensors(file), message);
});

const state = { classes: ["a", "b", "c"], learned: true } as const;

Deno.test("a model comes out of its file as it went in, in every number format", () => {
  const bare = { ...livelyModel(zooNetworks.bert!), ...state };
  const models: Model[] = [
    bare,
    { ...quantizedNetwork(zooNetworks.bert!), ...state, established: { format: "int8" } },
    {
      ...quantizedNetwork(zooNetworks.cnn!, { weightBits: 4 }),
      ...state,
      established: { format: "int4" },
    },
  ];
  for (const model of models) {
    const again = decodeSafetensors(encodeSafetensors(model));
    assert.deepEqual(
      canonicalBytes(modelKind.encode(again).manifest),
      canonicalBytes(modelKind.encode(model).manifest),
    );
  }
});

const params = { use: "bert", depth: 2, hidden: 8, heads: 2, feedforward: 12 } as const;
const full = {
  ...params,
  ...{ vocabulary: 13, dropout: 0, input: [6], outputs: 3, seed: 0, weights: "./w.safetensors" },
};
const contextOf = (file: Uint8Array) => runContext({ files: { "./w.safetensors": file } } as never);

const torch = JSON.parse(
  await Deno.readTextFile(new URL("encoder_by_torch.json", import.meta.url)),
);
const network = bert.build([6], 3, { ...params, vocabulary: 13, dropout: 0 });

/** torch's encoder under the names of published checkpoints, kernels as torch has them. */
function checkpoint(more: Readonly<Record<string, StoredTensor>> = {}, without?: RegExp) {
  const tensors = new Map<string, StoredTensor>();
  const put = (name: string, shape: readonly number[], values: ArrayLike<number>) => {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    tensors.set(name, { dtype: "F32", shape, bytes });
  };
  const names: [RegExp, string][] = [
    [/^embedding.tokens\/kernel/, "bert.embeddings.word_embeddings.weight"],
    [/^embedding.norm\/gamma/, "bert.embeddings.LayerNorm.gamma"],
    [/^embedding.norm\/beta/, "bert.embeddings.LayerNorm.beta"],
    [/^block(\d).attention.(query|key|value)/, "bert.encoder.layer.#.attention.self.$2"],
    [/^block(\d).attention.output/, "bert.encoder.layer.#.attention.output.dense"],
    [/^block(\d).norm1/, "bert.encoder.layer.#.attention.output.LayerNorm"],
    [/^block(\d).feedforward.dense1/, "bert.encoder.layer.#.intermediate.dense"],
    [/^block(\d).feedforward.dense2/, "bert.encoder.layer.#.output.dense"],
    [/^block(\d).norm2/, "bert.encoder.layer.#.output.LayerNorm"],
    [/^head.pooler/, "bert.pooler.dense"],
    [/^head.dense/, "classifier"],
  ];
  const { weights } = initialModel(network, 0);
  for (const [name, values] of Object.entries(torch.weights as Record<string, number[]>)) {
    const { shape } = weights[name]!;
    if (name === "embedding.positions/kernel") {
      // Eight rows where six are read, the first segment's row taken out of each.
      const segment = Array.from({ length: 8 }, (_, c) => c / 4);
      const rows = values.map((value, i) => value - segment[i % 8]!);
      put("bert.embeddings.position_embeddings.weight", [8, 8], [...rows, ...Array(16).fill(9)]);
      put("bert.embeddings.token_type_embeddings.weight", [2, 8], [
        ...segment,
        ...Array(8).fill(5),
      ]);
      continue;
    }
    const [pattern, theirs] = names.find(([pattern]) => pattern.test(name))!;
    const block = Number(/^block(\d)/.exec(name)?.[1] ?? 1) - 1;
    const [layer] = name.match(pattern)!;
    const stem = layer.replace(pattern, theirs).replace("#", `${block}`);
    const [, role] = name.split("/");
    const kernel = role === "kernel" && !name.startsWith("embedding");
    const [rows, columns] = shape as [number, number];
    const arranged = kernel
      ? values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!)
      : values;
    const full = /\.(weight|gamma|beta)$/.test(stem)
      ? stem
      : `${stem}.${role === "bias" || role === "beta" ? "bias" : "weight"}`;
    put(full, kernel ? [columns, rows] : shape, arranged);
  }
  for (const [name, tensor] of Object.entries(more)) tensors.set(name, tensor);
  for (const name of [...tensors.keys()]) if (without?.test(name)) tensors.delete(name);
  return writeSafetensors({ tensors, metadata: { format: "pt" } });
}

const loaded = (file: Uint8Array, context = contextOf(file)) =>
  build.run({}, full as never, context) as Promise<Model>;

Deno.test("a published checkpoint's names: kernels turned round, the segment's row in the positions, torch's logits", async () => {
  const model = await loaded(checkpoint());
  assert.equal(model.learned, true);
  const logits = await withTensors((room) =>
    inferLogits(room, model, { count: 3, x: Int32Array.from(torch.tokens), y: null })
  );
  assertClose(logits, Float32Array.from(torch.logits), 1e-5);
});

Deno.test("a file of our own export is read by our names, its integers decoded", async () => {
  const quantized = quantizedNetwork(network);
  const model = await loaded(encodeSafetensors(quantized));
  for (const [name, weight] of Object.entries(quantized.weights)) {
    assert.deepEqual(model.weights[name]!.encoding, { use: "f32" });
    assert.deepEqual(model.weights[name]!.data, decodeWeight(weight));
  }
});

Deno.test("a checkpoint without a head gets a new one, and a warning; without anything else it is refused", async () => {
  const context = contextOf(checkpoint({}, /^classifier/));
  const model = await loaded(new Uint8Array(), context);
  assert.deepEqual(
    model.weights["head.dense/kernel"],
    initialModel(network, 0).weights["head.dense/kernel"],
  );
  assert.match(context.heard.warnings.join(), /head.dense is drawn at random/);
  const refused = async (file: Uint8Array, message: RegExp) =>
    await assert.rejects(
      loaded(file),
      (error) =>
        error instanceof ParameterError && error.path === "weights" && message.test(error.message),
    );
  await refused(
    checkpoint({}, /layer.1.output.dense/),
    /has no block2.feedforward.dense2\/kernel, and 1 others/,
  );
  const short: StoredTensor = { dtype: "F32", shape: [12, 8], bytes: new Uint8Array(12 * 8 * 4) };
  await refused(
    checkpoint({ "bert.embeddings.word_embeddings.weight": short }),
    /word_embeddings.weight` is 12×8, and `embedding.tokens\/kernel` is 13×8/,
  );
  await refused(ascii("not at all"), /no safetensors file/);
  await refused(
    Uint8Array.of(0x89, ...ascii("HDF\r\n\x1a\n\0\0")),
    /`.\/w.safetensors` is an HDF5 file, as Keras saves models \(.h5\), and weights are read from safetensors$/,
  );
  await refused(new Uint8Array(), /is empty, and weights are read from safetensors/);
});

Deno.test("with weights a model has learned, and the file is a source of the step", () => {
  const facts = build.facts({}, full as never) as { readonly learned: boolean };
  assert.equal(facts.learned, true);
  assert.deepEqual(build.source(full as never), ["./w.safetensors"]);
});
