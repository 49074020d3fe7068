/** Bias correction (Nagel et al. 2019), measured on training samples. */
import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { type LayerOf, type Model, weightName } from "../../../ops/model/model.ts";
import {
  correctedModel,
  correctionOf,
  roundedLayers,
} from "../../../ops/quantize/bias_correction.ts";
import type { IntegerParams } from "../../../ops/quantize/fields.ts";
import { foldedModel } from "../../../ops/model/fold.ts";
import { quantize } from "../../../ops/quantize/quantize.ts";
import { quantizedWeight } from "../../../ops/model/integers/weight_format.ts";
import { livelyModel } from "../lively_model.ts";
import { noiseData } from "../noise_data.ts";
import { plainValues } from "../plain_forward.ts";
import { tableData } from "../learn/small_trainings.ts";
import { denseModel } from "../prune/dense_model.ts";
import { recordingContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { assertClose } from "../../close.ts";

refuseLeaks(true);

/** The first kernel as 0.25 and −0.5. */
const rounding = (exact: Model): Model => ({
  ...exact,
  weights: {
    ...exact.weights,
    "dense1/kernel": {
      shape: [2, 1],
      encoding: {
        use: "affine",
        bits: 8,
        axis: null,
        symmetry: "symmetric",
        scale: Float32Array.of(0.25),
        zero: Int32Array.of(0),
      },
      data: Int8Array.of(1, -2),
    },
  },
});

Deno.test("the bias takes back what rounding moves on average", async () => {
  const exact = denseModel([{ kernel: [[0.3], [-0.52]], bias: [0] }]);
  const rounded = rounding(exact);
  const data = noiseData(exact, 2);
  // Mean input [2, 1].
  const x = Float32Array.of(1, 3, 3, -1);
  const few = { ...data, parts: { train: { count: 2, x, y: null } } };
  const corrected = await correctedModel(
    { exact, rounded },
    { data: few, samples: 10 },
    recordingContext().context,
  );
  assertClose(corrected.weights["dense1/bias"]!.data, [0.08], 1e-7);
});

Deno.test("after the correction every layer's mean error on those samples is 0", async () => {
  const exact = foldedModel(livelyModel(zooNetworks["mobilenet-v1"]!));
  const format = { bits: 3, axis: null, symmetry: "symmetric", rules: "onnx" } as const;
  const name = weightName("block2.pointwise", "kernel");
  const weights = { ...exact.weights, [name]: quantizedWeight(exact.weights[name]!, format) };
  const rounded = { ...exact, weights };
  const data = noiseData(exact, 20);
  const corrected = await correctedModel(
    { exact, rounded },
    { data, samples: 20 },
    recordingContext().context,
  );
  const sums = (model: Model) => {
    const linear = model.layers.map((layer) =>
      layer.name === "block2.pointwise" ? { ...layer, activation: "linear" } : layer
    ) as Model["layers"];
    const size = 144;
    const { x } = data.parts.train!;
    const all = Array.from({ length: 20 }, (_, i) => {
      const sample = Float64Array.from(x.subarray(i * size, (i + 1) * size));
      const values = plainValues({ ...model, layers: linear }, [{
        shape: [12, 12, 1],
        data: sample,
      }]);
      return values["block2.pointwise"]!;
    });
    const channels = all[0]!.shape[2]!;
    const means = new Float64Array(channels);
    for (const { data } of all) data.forEach((v, i) => means[i % channels]! += v / data.length);
    return means;
  };
  const [was, raw, is] = [sums(exact), sums(rounded), sums(corrected)];
  assert.ok(was.some((value, c) => Math.abs(value - raw[c]!) > 0.01));
  assertClose(is, [...was], 1e-4);
});

const int8: IntegerParams = {
  scheme: "int8",
  granularity: "tensor",
  symmetry: "symmetric",
  activations: { use: "none" },
  calibrate: { use: "mse", samples: 64 },
  fold: "batchnorm",
  equalize: "none",
  "bias_correction": "none",
  rules: "onnx",
};

Deno.test("a correction reads training samples even where activations are float", () => {
  assert.deepEqual(quantize.inputs.data.parts!(int8), []);
  const corrected = { ...int8, "bias_correction": "measured" };
  assert.deepEqual(quantize.inputs.data.parts!(corrected), ["meta", "train"]);
});

Deno.test("all batches count, as many samples as are asked for, and only layers that were rounded get a bias", async () => {
  const exact = denseModel([{ kernel: [[0.3], [-0.52]] }, { kernel: [[1]] }]);
  const rounded = rounding(exact);
  assert.deepEqual(roundedLayers(exact, rounded).map(({ name }) => name), ["dense1"]);
  // 64 samples with mean [1, 0], then 32 with mean [4, 3], and others that are not looked at.
  const rows = Array.from(
    { length: 128 },
    (_, i) => i < 64 ? [1, 0] : i < 96 ? [4, 3] : [100, 100],
  );
  const corrected = await correctedModel(
    { exact, rounded },
    { data: tableData(rows, rows.map(() => [0])), samples: 96 },
    recordingContext().context,
  );
  assertClose(corrected.weights["dense1/bias"]!.data, [0.05 * 2 - 0.02 * 1], 1e-6);
  assert.equal(corrected.weights["dense2/bias"], undefined);
  assert.deepEqual(corrected.layers.map((layer) => "bias" in layer && layer.bias), [true, false]);
});

Deno.test("what a layer loses is each weight's loss times the mean of the input that it reads", () => {
  const [layer] = denseModel([{ kernel: [[1, 2], [3, 4]] }]).layers as [LayerOf<"dense">];
  const lost = Float32Array.of(1, 2, 3, 4);
  const correction = (
    mean: Float64Array | undefined,
  ) => [...correctionOf(layer, [2, 2], lost, mean)];
  assert.deepEqual(correction(Float64Array.of(10, 100)), [1 * 10 + 3 * 100, 2 * 10 + 4 * 100]);
  assert.deepEqual(correction(undefined), [0, 0]);
});

Deno.test("the threads of the step compute", async () => {
  const exact = denseModel([{ kernel: [[0.3], [-0.52]] }]);
  const few = { data: noiseData(exact, 1), samples: 1 };
  const idle = { ...recordingContext().context, threads: 0 };
  await assert.rejects(
    correctedModel({ exact, rounded: rounding(exact) }, few, idle),
    /with 0 threads/,
  );
});
