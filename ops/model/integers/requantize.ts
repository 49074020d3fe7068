/** From accumulated products to the integers of the next value, as each specification does it. */
import type { Quantization } from "../model.ts";
import { multiplyByMultiplier, quantizeMultiplier } from "./fixed_point.ts";
import { clamp } from "./rules.ts";

/** Sums of products, channel last, and what they become. */
export interface Requantization {
  /** Without the bias; overwritten by centred integers q − zero. */
  readonly sums: Int32Array;
  readonly bias: Int32Array;
  /** What one unit of a sum is worth, per channel. */
  readonly scales: Float32Array;
  /** What one unit of the result is worth. */
  readonly scale: number;
  /** Smallest and largest centred integer. */
  readonly low: number;
  readonly high: number;
}

const { fround } = Math;

/** Adding and taking away 1.5 · 2²³ leaves of a small float32 its nearest integer, half-way to even. */
const NO_FRACTION = 12582912;

/**
 * saturate(round((sum + bias) · scales[c] / scale)), in place. These loops see every value between layers, so they
 * hold no calls. onnx: float32 multiplication by float32(scales[c] / scale), half to even, as ONNX Runtime's
 * QLinearConv. tflite: by integers alone. tensorflow: as onnx, half up, which is the fake quantization that training
 * sees.
 */
export const REQUANTIZE: { readonly [R in Quantization["rules"]]: (of: Requantization) => void } = {
  onnx({ sums, bias, scales, scale, low, high }) {
    const factors = scales.map((each) => each / scale);
    const channels = bias.length;
    for (let i = 0; i < sums.length;) {
      for (let c = 0; c < channels; c++, i++) {
        const value = fround(fround(sums[i]! + bias[c]!) * factors[c]!);
        const inside = value < low ? low : value > high ? high : value;
        sums[i] = fround(inside + NO_FRACTION) - NO_FRACTION;
      }
    }
  },
  tflite({ sums, bias, scales, scale, low, high }) {
    const factors = Array.from(scales, (each) => quantizeMultiplier(each / scale));
    const channels = bias.length;
    for (let i = 0; i < sums.length;) {
      for (let c = 0; c < channels; c++, i++) {
        sums[i] = clamp(multiplyByMultiplier(sums[i]! + bias[c]!, factors[c]!), low, high);
      }
    }
  },
  tensorflow({ sums, bias, scales, scale, low, high }) {
    const factors = scales.map((each) => each / scale);
    const channels = bias.length;
    for (let i = 0; i < sums.length;) {
      for (let c = 0; c < channels; c++, i++) {
        const value = fround(fround(sums[i]! + bias[c]!) * factors[c]!);
        const inside = value < low ? low : value > high ? high : value;
        sums[i] = Math.floor(inside + 0.5);
      }
    }
  },
};
