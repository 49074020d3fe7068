/** Weights become integers, between layers whose formats are known: by hand. */
import assert from "node:assert/strict";
import { decodeWeight } from "../../../ops/model/weights.ts";
import type { IntegerParams } from "../../../ops/quantize/fields.ts";
import {
  activationScheme,
  dynamicQuantization,
  quantizationOf,
  roundedModel,
  treatmentOf,
} from "../../../ops/quantize/rounded.ts";
import { denseModel } from "../prune/dense_model.ts";
import { assertClose } from "../../close.ts";

const int8: IntegerParams = {
  scheme: "int8",
  granularity: "channel",
  symmetry: "symmetric",
  activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric" },
  calibrate: { use: "minmax", samples: 64 },
  fold: "batchnorm",
  equalize: "none",
  "bias_correction": "none",
  rules: "onnx",
};

const model = denseModel([
  { kernel: [[1, -0.5], [0.25, 0.75]], bias: [3, -3], activation: "relu" },
  { kernel: [[2], [-1]] },
]);
const rounded = (changed: Partial<IntegerParams> = {}, more: object = {}) => {
  const params = { ...int8, ...changed };
  const treatment = treatmentOf(model, params);
  return roundedModel(model, params, { quantization: null, treatment, ...more });
};
const encodingOf = (of: typeof model, layer: string) => {
  const { encoding } = of.weights[`${layer}/kernel`]!;
  assert.ok(encoding.use === "affine");
  return encoding;
};

Deno.test("each output channel gets the scale that its largest weight fills, or the kernel one", () => {
  const channels = rounded();
  assertClose(encodingOf(channels, "dense1").scale, [1 / 127, 0.75 / 127], 1e-9);
  assert.deepEqual([...channels.weights["dense1/kernel"]!.data], [127, -85, 32, 127]);
  const one = rounded({ granularity: "tensor" });
  assertClose(encodingOf(one, "dense1").scale, [1 / 127], 1e-9);
  assert.deepEqual([...one.weights["dense1/kernel"]!.data], [127, -64, 32, 95]);
  assertClose(encodingOf(rounded({ scheme: "int4" }), "dense1").scale, [1 / 7, 0.75 / 7], 1e-8);
});

Deno.test("biases stay floats, an excluded layer's kernel too; the scheme is established", () => {
  const after = rounded({ exclude: ["dense2"] });
  assert.equal(after.weights["dense1/bias"], model.weights["dense1/bias"]);
  assert.equal(after.weights["dense2/kernel"], model.weights["dense2/kernel"]);
  assert.equal(after.established.format, "int8");
  assert.equal(after.quantization, null);
});

Deno.test("learned scales stand in place of those that the weights would get", () => {
  const after = rounded({}, { scales: { dense1: Float32Array.of(0.5, 0.25) } });
  assert.deepEqual([...encodingOf(after, "dense1").scale], [0.5, 0.25]);
  assert.deepEqual([...decodeWeight(after.weights["dense1/kernel"]!)], [1, -0.5, 0, 0.75]);
  assertClose(encodingOf(after, "dense2").scale, [2 / 127], 1e-9);
});

Deno.test("where a layer reads integers, its scales are large enough for the bias to fit", () => {
  const input = { bits: 8, scale: 2 ** -30, zero: 0, minimum: -128, maximum: 127 };
  const quantization = { rules: "onnx", activations: { input } } as const;
  const after = rounded({}, { quantization });
  // |b| = 3 is at most scale · 2⁻³⁰ · 2³⁰.
  assertClose(encodingOf(after, "dense1").scale, [3, 3]);
  assert.equal(after.quantization, quantization);
  // One scale of a whole kernel is large enough for the largest bias.
  const one = rounded({ granularity: "tensor" }, { quantization });
  assertClose(encodingOf(one, "dense1").scale, [3]);
  // What reads a value without a format, and has no bias, is scaled by its weights.
  assertClose(encodingOf(after, "dense2").scale, [2 / 127], 1e-9);
});

Deno.test("activations have a scheme only where their ranges are calibrated", () => {
  assert.deepEqual(activationScheme(int8), { bits: 8, symmetry: "asymmetric", rules: "onnx" });
  const int4 = { ...int8.activations, use: "int4", symmetry: "symmetric" } as never;
  assert.deepEqual(activationScheme({ ...int8, activations: int4, rules: "tflite" }), {
    bits: 4,
    symmetry: "symmetric",
    rules: "tflite",
  });
  const dynamic = { ...int8, activations: { ...int8.activations, ranges: "dynamic" } as never };
  const none: IntegerParams = { ...int8, activations: { use: "none" } };
  assert.equal(activationScheme(dynamic), undefined);
  assert.equal(activationScheme(none), undefined);
  assert.deepEqual(dynamicQuantization(dynamic), {
    rules: "onnx",
    activations: {},
    dynamic: { bits: 8, symmetry: "asymmetric" },
  });
  assert.equal(dynamicQuantization(none), null);
  assert.equal(dynamicQuantization(int8), null);
});

Deno.test("a value has the format of the range that owns it", () => {
  const owners = new Map([["input", "input"], ["pool", "input"], ["dense1", "dense1"]]);
  const ranges = { input: { minimum: -1.27, maximum: 0.5 }, dense1: { minimum: 0, maximum: 12.7 } };
  const scheme = { bits: 8, symmetry: "symmetric", rules: "tflite" } as const;
  const { rules, activations } = quantizationOf(owners, ranges, scheme);
  assert.equal(rules, "tflite");
  assertClose([activations["input"]!.scale, activations["dense1"]!.scale], [0.01, 0.1]);
  assert.deepEqual(activations["pool"], activations["input"]);
  assert.deepEqual([activations["input"]!.minimum, activations["input"]!.maximum], [-128, 127]);
});
