/** The parameters of `quantize`: which there are, what they may be, and what they are where nobody says so. */
import assert from "node:assert/strict";
import { quantizeParams } from "../../../ops/quantize/fields.ts";
import { quantize } from "../../../ops/quantize/quantize.ts";
import { alternativesOf, declared } from "../declared.ts";
import { assertListed } from "../../listed.ts";

const layers = { "x-selectors": "model" };
const oneOf = (words: readonly string[], preset?: string) => ({
  enum: words,
  ...preset !== undefined && { default: preset },
});
const object = (properties: object, ...required: readonly string[]) => ({
  type: "object",
  properties,
  ...required.length > 0 && { required },
});
const samples = { type: "integer", minimum: 1, maximum: 0x7fff_ffff, default: 512 };
const activation = object(
  {
    granularity: oneOf(["tensor"], "tensor"),
    symmetry: oneOf(["asymmetric", "symmetric"], "asymmetric"),
    ranges: oneOf(["static", "dynamic"]),
  },
  "granularity",
  "symmetry",
);
const epochs = { type: "number", minimum: 0 };

const integer = {
  layers,
  exclude: layers,
  "per_layer": {
    "x-list": {
      items: object(
        {
          layers,
          scheme: oneOf(["int8", "int7", "int6", "int5", "int4", "int3", "int2", "float32"]),
        },
        "layers",
        "scheme",
      ),
    },
  },
  granularity: oneOf(["channel", "tensor"], "channel"),
  symmetry: oneOf(["symmetric", "asymmetric"], "symmetric"),
  activations: {
    "x-choice": {
      tag: "use",
      alternatives: { int8: activation, int6: activation, int4: activation, none: object({}) },
    },
    default: "int8",
  },
  calibrate: {
    "x-choice": {
      tag: "use",
      alternatives: {
        mse: object({ samples }, "samples"),
        minmax: object({ samples }, "samples"),
        "moving-average": object(
          {
            samples,
            momentum: { type: "number", minimum: 0, exclusiveMaximum: 1, default: 0.9 },
          },
          "samples",
          "momentum",
        ),
        percentile: object(
          { samples, percentile: { type: "number", minimum: 50, maximum: 100 } },
          "samples",
          "percentile",
        ),
      },
    },
    default: { use: "mse" },
  },
  fold: oneOf(["batchnorm", "none"], "batchnorm"),
  equalize: oneOf(["none", "cross-layer"], "none"),
  "bias_correction": oneOf(["none", "measured", "analytic"], "none"),
  rules: oneOf(["onnx", "tflite", "tensorflow"], "onnx"),
  scales: oneOf(["observed", "learned"]),
  "freeze_after": object({ ranges: epochs, batchnorm: epochs }),
  finetune: "…",
  seed: { type: "integer", minimum: 0, maximum: 0xffff_ffff_ffff },
};

Deno.test("each scheme has its fields, with their limits and defaults", () => {
  assert.equal(quantize.params, quantizeParams);
  assert.equal(quantizeParams["x-choice"].tag, "scheme");
  const schemes = ["int8", "int7", "int6", "int5", "int4", "int3", "int2"];
  assertListed(alternativesOf(quantize, "finetune"), {
    ...Object.fromEntries(schemes.map((scheme) => [scheme, integer])),
    float16: { layers, exclude: layers },
  });
});

Deno.test("the alternatives of a field say what they are", () => {
  const { properties } = quantizeParams["x-choice"].alternatives.int8;
  for (const field of ["activations", "calibrate"]) {
    const { alternatives } = properties[field]["x-choice"];
    for (const [name, { description }] of Object.entries<{ description?: string }>(alternatives)) {
      assert.match(description ?? "", /^[A-Z].* /, name);
    }
  }
});

Deno.test("what the op reads and is called", () => {
  assert.deepEqual(declared(quantize), {
    ...{ name: "quantize", version: 2, output: "model", stage: { after: "cluster" } },
    ...{ makes: "quantized", changes: "model" },
    alsoCalled: ["quantization", "quantise", "quantisation"],
    inputs: {
      model: "model: The model whose numbers get fewer bits",
      data:
        "dataset: The training samples on which the ranges of the values between layers are found, and that are trained on",
    },
    example: { scheme: "int8" },
  });
  assert.ok(quantize.trainsInside({}));
  const summary = (params: object) => quantize.summaryOf(params as never);
  assert.equal(summary({ scheme: "int4", granularity: "tensor" }), "tensor int4");
  assert.equal(summary({ scheme: "float16" }), "float16");
});
