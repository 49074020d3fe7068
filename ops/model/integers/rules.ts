/**
 * What the specifications say about turning reals into integers: how ties round, and which scale and zero point a
 * range gets. In all of them real = scale · (q − zero) and 0 is represented exactly.
 *
 * onnx: QuantizeLinear and DynamicQuantizeLinear of the ONNX operator specification, in float32. tflite:
 * `ChooseQuantizationParams` and `TfLiteRound` of TensorFlow Lite, in double. tensorflow: `Nudge` of
 * `fake_quant_ops_functor.h` (`fake_quant_with_min_max_args`), in float32.
 */
import type { Quantization } from "../model.ts";

/** Smallest and largest integer of a format. */
export interface Integers {
  readonly low: number;
  readonly high: number;
}

/** How a real becomes an integer. */
export interface Affine {
  readonly scale: number;
  readonly zero: number;
}

/** One specification. */
export interface Rules {
  readonly round: (ratio: number) => number;
  /** What `round` makes of half-way cases. */
  readonly ties: "even" | "away" | "up";
  /** For a range that holds 0; the scale is a float32. */
  choose(minimum: number, maximum: number, integers: Integers): Affine;
}

// The three roundings differ only where a value lies half-way.

/** To the nearest integer, half-way to the even one (IEEE 754; ONNX QuantizeLinear, tf.round). */
function halfEven(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

/** To the nearest integer, half-way away from zero (C's `round`; TFLite). */
function halfAway(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}

/** To the nearest integer, half-way up (⌊value + ½⌋; TensorFlow's fake quantization). */
const halfUp: (value: number) => number = Math.round;

const { fround } = Math;

export const RULES: { readonly [R in Quantization["rules"]]: Rules } = {
  onnx: {
    round: halfEven,
    ties: "even",
    choose(minimum, maximum, { low, high }) {
      const scale = fround(fround(fround(maximum) - fround(minimum)) / (high - low));
      const zero = fround(low - fround(fround(minimum) / scale));
      return { scale, zero: halfEven(clamp(zero, low, high)) };
    },
  },
  tflite: {
    round: halfAway,
    ties: "away",
    choose(minimum, maximum, { low, high }) {
      if (minimum === 0 && maximum === 0) return { scale: 0, zero: 0 };
      const scale = (maximum - minimum) / (high - low);
      // Of the two ends, the one that loses less to rounding decides where 0 lies.
      const fromLow = low - minimum / scale;
      const fromHigh = high - maximum / scale;
      const errorLow = Math.abs(low) + Math.abs(minimum / scale);
      const errorHigh = Math.abs(high) + Math.abs(maximum / scale);
      const zero = errorLow < errorHigh ? fromLow : fromHigh;
      return { scale: fround(scale), zero: halfAway(clamp(zero, low, high)) };
    },
  },
  tensorflow: {
    round: halfUp,
    ties: "up",
    choose(minimum, maximum, { low, high }) {
      const scale = fround(fround(fround(maximum) - fround(minimum)) / (high - low));
      const zero = fround(low - fround(fround(minimum) / scale));
      return { scale, zero: halfAway(clamp(zero, low, high)) };
    },
  },
};

/** round(value / scale) + zero, kept inside the format; value and scale are float32 and so is their quotient. */
export function toInteger(
  value: number,
  { scale, zero }: Affine,
  { low, high }: Integers,
  { round }: Rules,
): number {
  return clamp(round(fround(value / scale)) + zero, low, high);
}

/** The value, or the bound it lies beyond. */
export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
