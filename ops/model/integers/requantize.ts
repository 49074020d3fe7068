/** From accumulated products to the integers of the next value, as each specification does it. */
import type { IntegerColumns } from "../../../engine/tensor/mod.ts";
import type { Quantization } from "../model.ts";
import { quantizeMultiplier } from "./fixed_point.ts";

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
      ...{ use: "fixed", ...of },
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
