/** One quantization after training: the order of folding, balance, calibration, rounding and correction. */
import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { integerValues } from "../../../ops/model/integers/plan.ts";
import { correctedModel } from "../../../ops/quantize/bias_correction.ts";
import { calibratedRanges } from "../../../ops/quantize/calibrate.ts";
import { equalizedModel } from "../../../ops/quantize/equalize.ts";
import { roundingErrors } from "../../../ops/quantize/error.ts";
import type { IntegerParams } from "../../../ops/quantize/fields.ts";
import { foldedModel } from "../../../ops/model/fold.ts";
import { prepared, quantized } from "../../../ops/quantize/quantized.ts";
import {
  activationScheme,
  quantizationOf,
  roundedModel,
  treatmentOf,
} from "../../../ops/quantize/rounded.ts";
import { livelyModel } from "../lively_model.ts";
import { modelDigest } from "../model_digest.ts";
import { noiseData } from "../noise_data.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";

refuseLeaks(true);

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

const model = livelyModel(zooNetworks["resnet"]!);
const data = noiseData(model, 64);
const balanced = { ...int8, equalize: "cross-layer" } as const;

Deno.test("before rounding batchnorms are folded, then layers balanced, each where it is asked for", () => {
  const digest = (params: IntegerParams) => modelDigest(prepared(model, params, runContext()));
  assert.equal(digest(int8), modelDigest(foldedModel(model)));
  assert.equal(digest(balanced), modelDigest(equalizedModel(foldedModel(model))));
  assert.equal(prepared(model, { ...int8, fold: "none" }, runContext()), model);
});

Deno.test("a balance in which no pair takes part is warned of, any other is not", () => {
  const warnings = (of: typeof model, params: IntegerParams) => {
    const context = runContext();
    prepared(of, params, context);
    return context.reported.warnings;
  };
  const single = denseModel([{ kernel: [[1, 2]] }]);
  assert.deepEqual(warnings(single, balanced), [
    "Nothing was equalized: no layer with relu or linear activation is read by one other layer alone",
  ]);
  assert.deepEqual(warnings(single, int8), []);
  assert.deepEqual(warnings(model, balanced), []);
});

Deno.test("ranges and errors are those of the prepared model, and biases are corrected last", async () => {
  const params: IntegerParams = { ...balanced, scheme: "int4", "bias_correction": "measured" };
  const context = runContext();
  const result = await quantized(model, data, params, context);
  const treatment = treatmentOf(model, params);
  const exact = equalizedModel(foldedModel(model));
  const owners = integerValues(exact, treatment.treated);
  const scheme = activationScheme(params)!;
  const watched = { names: new Set(owners.values()), data, calibration: params.calibrate, scheme };
  const ranges = await calibratedRanges(exact, watched, runContext());
  const quantization = quantizationOf(owners, ranges, scheme);
  const rounded = roundedModel(exact, params, { quantization, treatment });
  assert.deepEqual(context.reported.notes["rounding_error"], roundingErrors(exact, rounded));
  const pair = { exact, rounded };
  const corrected = await correctedModel(pair, { data, samples: 64 }, runContext());
  assert.equal(modelDigest(result), modelDigest(corrected));
  assert.notEqual(modelDigest(result), modelDigest(rounded));
});

Deno.test("weights alone need no data, and leave activations float", async () => {
  const params: IntegerParams = { ...int8, activations: { use: "none" } };
  const result = await quantized(model, undefined, params, runContext());
  assert.equal(result.quantization, null);
  assert.equal(result.established.format, "int8");
});

Deno.test("dynamic ranges need no data either, and no value has a format", async () => {
  const mlp = livelyModel(zooNetworks["mlp"]!);
  const activations = { ...int8.activations, ranges: "dynamic" } as never;
  const result = await quantized(mlp, undefined, { ...int8, activations }, runContext());
  assert.deepEqual(result.quantization, {
    rules: "onnx",
    activations: {},
    dynamic: { bits: 8, symmetry: "asymmetric" },
  });
});

Deno.test("sums that could leave 32 bits are refused, by layer", async () => {
  const wide = denseModel([{ kernel: Array.from({ length: 140_000 }, () => [1]) }]);
  await assert.rejects(
    quantized(wide, noiseData(wide, 1), int8, runContext()),
    /"dense1" in integers/,
  );
});
