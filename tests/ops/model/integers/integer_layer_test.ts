import assert from "node:assert/strict";
import {
  BIAS_LIMIT,
  integerLayer,
  layerFormat,
  scaleFloor,
} from "../../../../ops/model/integers/integer_layer.ts";
import type { LayerOf, Model, Weight } from "../../../../ops/model/model.ts";
import { floatWeight } from "../../../../ops/model/weights.ts";
import { layerOf, networkOf } from "../support/one_layer.ts";
import { livelyModel } from "../../lively_model.ts";

const ending = { bias: true, activation: "linear" } as const;
const window = { strides: [1, 1], padding: "same", dilations: [1, 1] } as const;
const dense = layerOf("dense", { units: 2, ...ending });
const deep = layerOf("depthwise", { multiplier: 2, kernel: [1, 1], ...window, ...ending });
const input = { bits: 8, scale: 0.5, zero: 0, minimum: -128, maximum: 127 };

function withKernel(
  layer: LayerOf<"dense" | "depthwise">,
  shape: readonly number[],
  kernel: Omit<Weight, "shape" | "mask">,
  bias: readonly number[],
): Model {
  const model = livelyModel(networkOf(layer, shape));
  const { shape: own } = model.weights["layer/kernel"]!;
  return {
    ...model,
    weights: {
      "layer/kernel": { shape: own, ...kernel },
      "layer/bias": floatWeight([bias.length], Float32Array.from(bias)),
    },
  };
}

const affine = (axis: number | null, scale: number[], zero: number[]) =>
  ({
    use: "affine",
    bits: 8,
    axis,
    symmetry: "symmetric",
    scale: Float32Array.from(scale),
    zero: Int32Array.from(zero),
  }) as const;

Deno.test("weights are centred, a sum is worth input scale times weight scale, biases count in it", () => {
  const encoding = affine(1, [0.25, 2], [0, 1]);
  const model = withKernel(dense, [2], { encoding, data: Int8Array.of(1, 2, 3, 4) }, [1, -3]);
  const { weights, bias, scales } = integerLayer(model, dense, input, "onnx")!;
  assert.deepEqual([...weights], [1, 1, 3, 3]);
  assert.deepEqual([...scales], [0.125, 1]);
  assert.deepEqual([...bias], [8, -3]);
});

Deno.test("a bias beyond what products can still be added to is cut", () => {
  const encoding = affine(null, [1e-9], [0]);
  const model = withKernel(dense, [2], { encoding, data: new Int8Array(4) }, [1, -1]);
  assert.deepEqual([...integerLayer(model, dense, input, "onnx")!.bias], [BIAS_LIMIT, -BIAS_LIMIT]);
});

Deno.test("a depthwise scale serves all outputs of its channel", () => {
  const encoding = affine(2, [1, 10], [0, 0]);
  const model = withKernel(deep, [1, 1, 2], { encoding, data: Int8Array.of(1, 2, 3, 4) }, [
    0,
    0,
    0,
    0,
  ]);
  assert.deepEqual([...integerLayer(model, deep, input, "onnx")!.scales], [0.5, 0.5, 5, 5]);
});

Deno.test("a kernel of floats has no integers", () => {
  assert.equal(integerLayer(livelyModel(networkOf(dense, [2])), dense, input, "onnx"), undefined);
});

Deno.test("the format of a kernel: a scale per output where it is asked for and can be", () => {
  const scheme = { granularity: "channel", symmetry: "symmetric", rules: "onnx" } as const;
  assert.deepEqual(layerFormat(dense, 4, scheme), {
    bits: 4,
    axis: 1,
    symmetry: "symmetric",
    rules: "onnx",
  });
  assert.equal(layerFormat(deep, 8, scheme).axis, 2);
  assert.equal(layerFormat(deep, 8, { ...scheme, granularity: "tensor" }).axis, null);
  const lstm = layerOf("recurrent", { units: 1, sequence: true, gates: "sigmoid" });
  assert.equal(layerFormat(lstm, 8, scheme).axis, null);
});

Deno.test("a weight scale is large enough for the bias: of channels that share one, for the largest", () => {
  const unit = 0.5 * BIAS_LIMIT;
  const bias = [1, -4, 2, 0].map((each) => each * unit);
  assert.deepEqual([...scaleFloor(bias, 4, input)!], [1, 4, 2, 0]);
  assert.deepEqual([...scaleFloor(bias, 2, input)!], [4, 2]);
  assert.deepEqual([...scaleFloor(bias, 1, input)!], [4]);
  assert.equal(scaleFloor(undefined, 1, input), undefined);
  assert.equal(scaleFloor(bias, 1, undefined), undefined);
});
