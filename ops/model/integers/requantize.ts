/**
 * From accumulated products to the integers of the next value, as each specification does it. TensorFlow Lite rescales by
 * integers alone: by a real multiplier as 31 bits and a shift (`QuantizeMultiplier` of `kernels/internal`).
 */
import type { IntegerColumns } from "../../../engine/tensor/mod.ts";
import type { Quantization } from "../model.ts";

/** What sums of products become, by output channel. */
interface Requantization {
  readonly bias: Int32Array;
  /** What one unit of a sum is worth, per channel. */
  readonly scales: Float32Array;
  /** What one unit of the result is worth. */
  readonly scale: number;
  /** Smallest and largest centred integer. */
  readonly low: number;
  readonly high: number;
}

/** Columns whose sums become integers. */
type RoundedColumns = Extract<IntegerColumns, { readonly low: number }>;

/**
 * saturate(round((sum + bias) · scales[c] / scale)). onnx: float32 multiplication by float32(scales[c] / scale), half to
 * even, as ONNX Runtime's QLinearConv. tflite: by integers alone. tensorflow: as onnx, half up, which is the fake
 * quantization that training sees.
 */
export const REQUANTIZE: {
  readonly [R in Quantization["rules"]]: (of: Requantization) => RoundedColumns;
} = {
  onnx: (of) => inFloats("even", of),
  tflite({ scales, scale, ...of }) {
    const factors = Array.from(scales, (each) => quantizeMultiplier(each / scale));
    return {
      use: "fixed",
      ...of,
      multipliers: Int32Array.from(factors, ({ multiplier }) => multiplier),
      shifts: Int32Array.from(factors, ({ shift }) => shift),
    };
  },
  tensorflow: (of) => inFloats("up", of),
};

const inFloats = (
  use: "even" | "up",
  { scales, scale, ...of }: Requantization,
): RoundedColumns => ({ use, ...of, scales: scales.map((each) => each / scale) });

const TWO_31 = 2147483648;

/** multiplier ≈ real · 2³¹ / 2^shift, in [2³⁰, 2³¹); both 0 for what no shift of 31 bits reaches. */
interface Multiplier {
  readonly multiplier: number;
  readonly shift: number;
}

/** A positive real as a multiplier and a shift. What is multiplied by it: the end `fixed` of an integer layer. */
export function quantizeMultiplier(real: number): Multiplier {
  let [fraction, shift] = [real, 0];
  for (; fraction >= 1; shift++) fraction /= 2;
  for (; fraction < 0.5 && fraction > 0; shift--) fraction *= 2;
  let multiplier = Math.round(fraction * TWO_31);
  if (multiplier === TWO_31) {
    multiplier /= 2;
    shift++;
  }
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}
