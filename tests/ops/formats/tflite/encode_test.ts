import assert from "node:assert/strict";
import { encodeTflite, tfliteGraph } from "../../../../ops/formats/tflite/encode.ts";
import { runTflite } from "../../../../ops/formats/tflite/run_tflite.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { livelyModel } from "../../lively_model.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { quantizedNetwork } from "../onnx/support/quantized_network.ts";
import { assertComputed, networkOf, operators } from "./support/written.ts";

const mlp = quantizedNetwork(zooNetworks.mlp!, { rules: "tflite" });

Deno.test("the same bytes for the same model; integers are smaller than floats", () => {
  const int8 = encodeTflite(mlp, { form: "int8" })["model.tflite"]!;
  assert.deepEqual(encodeTflite(mlp, { form: "int8" })["model.tflite"], int8);
  const cnn = quantizedNetwork(zooNetworks.vgg!, { rules: "tflite" });
  const bytes = (form: "int8" | "float") => encodeTflite(cnn, { form })["model.tflite"]!.length;
  assert.ok(bytes("int8") < bytes("float") / 2);
});

Deno.test("a network of integers reads and answers in floats, and computes in integers between", () => {
  const resnet = quantizedNetwork(zooNetworks.resnet!, { rules: "tflite" });
  const found = operators(resnet);
  assert.equal(found[0], "QUANTIZE");
  assert.equal(found.at(-1), "SOFTMAX");
  const floats = found.filter((op) => op === "DEQUANTIZE").length;
  // The last dense layer and what it reads: its logits have no format.
  assert.equal(floats, 2);
});

Deno.test("files of floats decode weights, and have no integers", () => {
  const { rounded, file } = tfliteGraph(mlp, { form: "float" });
  assert.equal(rounded.size, 0);
  assert.deepEqual(new Set(file.subgraphs[0]!.tensors.map(({ type }) => type)), new Set([0]));
});

Deno.test("half precision is decoded in the graph", async () => {
  const model = livelyModel(zooNetworks.mlp!);
  const { atHalfPrecision } = await import("../../../../ops/model/integers/float16.ts");
  const halves = atHalfPrecision(model, new Set(model.layers.map(({ name }) => name)));
  await assertComputed(halves);
  assert.ok(operators(halves).includes("DEQUANTIZE"));
});

Deno.test("preprocessing and probabilities are in the file", async () => {
  const plain = livelyModel(networkOf([2], { name: "a", kind: "flatten", inputs: ["x"] }));
  const model: Model = { ...plain, head: "softmax", preprocess: { scale: [2], offset: [1, 0] } };
  const files = encodeTflite(model, { form: "int8" });
  const found = await runTflite(files, { x: Float32Array.of(0, 0.5), shape: [2] });
  // Logits 1 and 1.
  assert.deepEqual(found, { "a.probabilities": Float32Array.of(0.5, 0.5) });
});

Deno.test("formats that are not those of 8 bits are refused, with a way out", () => {
  const four = quantizedNetwork(zooNetworks.mlp!, { bits: 4, rules: "tflite" });
  assert.throws(
    () => encodeTflite(four, { form: "int8" }),
    /^RangeError: Cannot write "\w+" .* reach from -8 to 7, .* 8 bits.*; `form: float` writes decoded/,
  );
  const dynamic = { rules: "tflite", activations: {}, dynamic: { bits: 8, symmetry: "symmetric" } };
  assert.throws(
    () => encodeTflite({ ...mlp, quantization: dynamic as never }, { form: "int8" }),
    /ranges: dynamic.*quantize with calibrated ranges/,
  );
});

Deno.test("a layer of weights some of whose zeros are not 0 computes in floats, as TensorFlow Lite has it", () => {
  const kernel = mlp.weights["dense1/kernel"]!;
  const { encoding } = kernel;
  assert.ok(encoding.use === "affine" && encoding.zero.length > 1);
  const having = (zero: Int32Array): Model => ({
    ...mlp,
    weights: { ...mlp.weights, "dense1/kernel": { ...kernel, encoding: { ...encoding, zero } } },
  });
  const whole = operators(having(encoding.zero.map(() => 0)));
  const floats = operators(having(encoding.zero.map(() => 1)));
  assert.notDeepEqual(floats, whole);
  assert.deepEqual(operators(having(encoding.zero.map((_, at) => at === 1 ? 1 : 0))), floats);
});
