/** The integers of a layer: the format of its kernel, its bias, and what its sums are worth. */
import { type AccumulatingLayer, kindOf, type StoringLayer } from "../kinds/mod.ts";
import { outputsOf, scaleAxis } from "../kinds/weights.ts";
import { type ActivationFormat, type Model, type Quantization, weightName } from "../model.ts";
import { axisIndex, decodeWeight } from "../weights.ts";
import { clamp, RULES } from "./rules.ts";
import type { WeightFormat } from "./weight_format.ts";

/** How kernels become integers: with a scale for each output channel or for the whole. */
interface KernelScheme extends Pick<WeightFormat, "symmetry" | "rules"> {
  readonly granularity: "tensor" | "channel";
}

/** The format of a layer's kernel with so many bits. */
export function layerFormat(
  layer: StoringLayer,
  bits: number,
  { granularity, symmetry, rules }: KernelScheme,
): WeightFormat {
  const axis = granularity === "tensor" ? null : scaleAxis(kindOf(layer).kernel!);
  return { bits, axis, symmetry, rules };
}

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
  const { shape, encoding, data } = model.weights[weightName(layer, "kernel")]!;
  if (encoding.use !== "affine") return undefined;
  const channel = axisIndex(shape, encoding.axis);
  const weights = Int32Array.from(data, (q, i) => q - encoding.zero[channel(i)]!);
  const scales = accumulatedScales(
    shape,
    outputsOf(kindOf(layer).kernel!, shape),
    encoding,
    input.scale,
  );
  const stored = model.weights[weightName(layer, "bias")];
  const values = stored && decodeWeight(stored);
  const { round } = RULES[rules];
  const bias = Int32Array.from(
    scales,
    (scale, c) => clamp(round(Math.fround((values?.[c] ?? 0) / scale)), -BIAS_LIMIT, BIAS_LIMIT),
  );
  return { weights, shape, bias, scales };
}

/**
 * The smallest weight scale of each of `count` with which the bias still fits into its integers: channels whose
 * weights are tiny beside their bias get coarser ones. Undefined where there is no bias, or activations are float.
 */
export function scaleFloor(
  bias: ArrayLike<number> | undefined,
  count: number,
  input: Pick<ActivationFormat, "scale"> | undefined,
): Float64Array | undefined {
  if (bias === undefined || input === undefined) return undefined;
  const floor = new Float64Array(count);
  const shared = bias.length / count;
  for (let channel = 0; channel < bias.length; channel++) {
    const c = Math.floor(channel / shared);
    floor[c] = Math.max(floor[c]!, Math.abs(bias[channel]!) / (input.scale * BIAS_LIMIT));
  }
  return floor;
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
