/** The constants of a layer that accumulates integers: weights, bias, and what its sums are worth. */
import {
  type ActivationFormat,
  type LayerOf,
  type Model,
  type Quantization,
  weightName,
} from "../model.ts";
import { axisIndex, decodeWeight } from "../weights.ts";
import { clamp, RULES } from "./rules.ts";

/** Layers that accumulate products. */
export type AccumulatingLayer = LayerOf<"conv" | "conv-transpose" | "depthwise" | "dense">;

/** Layers with a kernel that can be integers: those, tables of rows, and recurrent layers, which compute in floats. */
export type StoringLayer = AccumulatingLayer | LayerOf<"embedding" | "position" | "recurrent">;

/** The constants. An accumulated sum s of output channel c is worth scales[c] · s. */
export interface IntegerLayer {
  /** q − zero of the kernel, in its shape. */
  readonly weights: Int32Array;
  readonly shape: readonly number[];
  /** Per output channel, already in units of its scale; ONNX and TFLite store it as int32. */
  readonly bias: Int32Array;
  /** float32(input scale · weight scale), per output channel. */
  readonly scales: Float32Array;
}

/** Magnitude that an int32 bias must not exceed, so that products can still be added to it. */
export const BIAS_LIMIT = 1 << 30;

/** The constants of a layer whose kernel is stored as integers; undefined where it is not. */
export function integerLayer(
  model: Model,
  layer: AccumulatingLayer,
  input: ActivationFormat,
  rules: Quantization["rules"],
): IntegerLayer | undefined {
  const { shape, encoding, data } = model.weights[weightName(layer.name, "kernel")]!;
  if (encoding.use !== "affine") return undefined;
  const channel = axisIndex(shape, encoding.axis);
  const weights = Int32Array.from(data, (q, i) => q - encoding.zero[channel(i)]!);
  const scales = accumulatedScales(shape, outputChannels(layer, shape), encoding, input.scale);
  const stored = model.weights[weightName(layer.name, "bias")];
  const values = stored && decodeWeight(stored);
  const { round } = RULES[rules];
  const bias = Int32Array.from(
    scales,
    (scale, c) => clamp(round(Math.fround((values?.[c] ?? 0) / scale)), -BIAS_LIMIT, BIAS_LIMIT),
  );
  return { weights, shape, bias, scales };
}

/** How many output channels a kernel of this shape has. */
export function outputChannels(layer: StoringLayer, shape: readonly number[]): number {
  return layer.kind === "depthwise" ? shape[2]! * shape[3]! : shape.at(-1)!;
}

/** float32(input scale · weight scale) per output channel. */
function accumulatedScales(
  shape: readonly number[],
  channels: number,
  { axis, scale }: { readonly axis: number | null; readonly scale: Float32Array },
  input: number,
): Float32Array {
  // Output channels are the last axes of a kernel, so the first row of its values names the scale of each.
  const channel = axisIndex(shape, axis);
  return Float32Array.from({ length: channels }, (_, c) => input * scale[channel(c)]!);
}
