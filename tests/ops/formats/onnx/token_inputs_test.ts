/** Files that read token numbers and a mask, in ONNX Runtime: transformers' answers, and ours. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { DataType, fromBinary, ModelProtoSchema } from "../../../../engine/deps/onnx_buf.ts";
import { encodeOnnx } from "../../../../ops/formats/onnx/encode.ts";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";
import { onnxLogits, runOnnx } from "../../../../ops/formats/onnx/run_onnx.ts";
import {
  assertReadsTokens,
  maskedTokens,
  openValues,
  paddingOf,
  tokenFeeds,
} from "../../../../ops/formats/onnx/token_inputs.ts";
import { readSafetensorsModel } from "../../../../ops/formats/safetensors/told_model.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import type { Architecture, Model } from "../../../../ops/model/model.ts";
import { bert } from "../../../../ops/model/zoo/bert.ts";
import { encoderAnswers, encoderFiles } from "../../../fixtures/transformers/transformers.ts";
import { livelyModel } from "../../lively_model.ts";
import { runContext } from "../../run_context.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { assertNear, flat, samples } from "./support/both_logits.ts";
import { quantizedNetwork } from "./support/quantized_network.ts";
import { constantLines, nodeLines } from "./support/written.ts";

const options = { form: "qdq", opset: 17, tokens: "int64" } as const;
const encoder = (network: string): Model =>
  readSafetensorsModel(Object.values(encoderFiles(network)), network, runContext());

for (const network of ["bert", "distilbert"]) {
  Deno.test(`${network}: a file of 12 places answers batches of 9 as transformers does, padding left out`, async () => {
    const { tokens, logits } = encoderAnswers(network);
    const model = encoder(network);
    for (const opset of [13, 17, 22]) {
      const files = encodeOnnx(model, { ...options, opset });
      const x = Float32Array.from(tokens.flat());
      const found = await runOnnx(files, { x, shape: [tokens[0]!.length] });
      assertNear(found.logits as Float32Array, logits!.flat(), 2e-5);
    }
  });
}

Deno.test("what stands behind a text is of no account where the mask is 0", async () => {
  const { tokens, pooler } = encoderAnswers("minilm");
  const model = encoder("minilm");
  const padding = paddingOf(model);
  assert.equal(padding, 2);
  const files = encodeOnnx(model, options);
  const samples = { x: Float32Array.from(tokens.flat()), shape: [tokens[0]!.length] };
  const found = await runOnnx(files, samples, { padding });
  assertNear(found.logits as Float32Array, pooler!.flat(), 2e-5);
  // Another token than padding there, and the same mask.
  const other = await runOnnx(files, { ...samples, x: samples.x.map((t) => t === 2 ? 0 : t) });
  assertNear(other.logits as Float32Array, pooler!.flat(), 2e-5);
});

Deno.test("integers are the same as of the file that reads samples", async () => {
  const model = quantizedNetwork(zooNetworks.bert!);
  const x = flat(samples(model, 3));
  const { tokens: _, ...floats } = options;
  const [own, other] = [
    await onnxLogits(encodeOnnx(model, options), model, x),
    await onnxLogits(encodeOnnx(model, floats), model, x),
  ];
  assert.ok(new Set(own).size > 1);
  assert.deepEqual(own, other);
});

Deno.test("the file names its batch and its sequence, which a network of any length leaves open", () => {
  const edgesOf = (model: Model) => {
    const { graph } = fromBinary(ModelProtoSchema, encodeOnnx(model, options)["model.onnx"]!);
    return [...graph!.input, ...graph!.output].map(({ name, type }) => {
      const { value } = type!;
      assert.ok(value.case === "tensorType");
      return [
        name,
        value.value.elemType,
        ...value.value.shape!.dim.map(({ value }) => value.value),
      ];
    });
  };
  assert.deepEqual(edgesOf(encoder("bert")), [
    ["input_ids", DataType.INT64, "batch", "sequence"],
    ["attention_mask", DataType.INT64, "batch", "sequence"],
    ["probabilities", DataType.FLOAT, "batch", 3n],
    ["logits", DataType.FLOAT, "batch", 3n],
  ]);
  const textCnn = livelyModel(zooNetworks["text-cnn"]!);
  assert.deepEqual(edgesOf(textCnn).slice(0, 2), [
    ["input_ids", DataType.INT64, "batch", 7n],
    ["attention_mask", DataType.INT64, "batch", 7n],
  ]);
});

Deno.test("a network of one length reads tokens of that length", async () => {
  const model = livelyModel(zooNetworks["text-cnn"]!);
  const x = flat(samples(model, 3));
  const expected = await withTensors((room) => inferLogits(room, model, { count: 3, x, y: null }));
  assertNear(await onnxLogits(encodeOnnx(model, options), model, x), expected, 1e-5);
});

Deno.test("values of every token are as many as the text has", async () => {
  const whole = bert.build([5], 2, { depth: 1, hidden: 4, heads: 2, vocabulary: 9, dropout: 0 });
  const end = whole.layers.findIndex(({ name }) => name === "block1.norm2") + 1;
  const states: Architecture = {
    ...whole,
    ...{ layers: whole.layers.slice(0, end), outputs: ["block1.norm2"], head: "none" },
  };
  const files = encodeOnnx(livelyModel(states), options);
  const { graph } = fromBinary(ModelProtoSchema, files["model.onnx"]!);
  const { value } = graph!.output[0]!.type!;
  assert.ok(value.case === "tensorType");
  const dims = value.value.shape!.dim.map(({ value }) => value.value);
  assert.deepEqual(dims, ["batch", "sequence", 4n]);
  const { logits } = await runOnnx(files, { x: Float32Array.of(3, 1, 7, 2, 0, 0), shape: [3] });
  assert.equal(logits!.length, 2 * 3 * 4);
});

const structure = (...layers: Architecture["layers"]): Architecture => ({
  family: "test",
  inputs: [{ name: "x", shape: [4] }],
  layers,
  outputs: [layers.at(-1)!.name],
  head: "none",
});

Deno.test("lengths are open up to a layer that makes one row, unless one needs them", () => {
  const table = { name: "e", kind: "embedding", inputs: ["x"], vocabulary: 5, size: 2 } as const;
  const first = { name: "f", kind: "first", inputs: ["e"] } as const;
  const dense = { name: "d", kind: "dense", inputs: ["f"], units: 2, bias: true } as const;
  const behind = { name: "g", kind: "flatten", inputs: ["d"] } as const;
  const found = openValues(structure(table, first, { ...dense, activation: "relu" }, behind));
  assert.deepEqual([...found!], ["x", "e"]);
  assert.equal(openValues(structure(table, { ...behind, inputs: ["e"] })), undefined);
});

Deno.test("padding is the token that a layer tells from others, else 0; other models read no tokens", () => {
  const table = { name: "e", kind: "embedding", inputs: ["x"], vocabulary: 5, size: 2 } as const;
  const differs = { name: "m", kind: "function", function: "differs", parameters: [3] } as const;
  assert.equal(paddingOf(structure({ ...differs, inputs: ["x"] }, table)), 3);
  assert.equal(paddingOf(structure(table, { ...differs, inputs: ["e"] })), 0);
  assert.equal(paddingOf(structure(table)), 0);
  assertReadsTokens(structure(table));
  const two = {
    ...structure(table),
    inputs: [{ name: "x", shape: [4] }, { name: "c", shape: [2] }],
  };
  const deep = { ...structure(table), inputs: [{ name: "x", shape: [4, 1] }] };
  for (const other of [two, deep, zooNetworks.mlp!]) {
    assert.throws(
      () => assertReadsTokens(other),
      /^RangeError: Cannot write ONNX with `tokens: int64`: the model does not read/,
    );
  }
});

Deno.test("a masked token becomes padding", () => {
  const graph = emptyGraph(["input_ids", "attention_mask"]);
  assert.equal(maskedTokens(graph, 7), "tokens");
  assert.deepEqual(nodeLines(graph), [
    "tokens.real = Cast(attention_mask) to:int=9",
    "tokens.masked = Where(tokens.real, input_ids, tokens.padding)",
    "tokens = Cast(tokens.masked) to:int=1",
  ]);
  assert.deepEqual(constantLines(graph), ["tokens.padding BigInt64 [] 7"]);
  assert.deepEqual(tokenFeeds(Float32Array.of(5, 7, 0), 7), [
    BigInt64Array.of(5n, 7n, 0n),
    BigInt64Array.of(1n, 0n, 1n),
  ]);
});
