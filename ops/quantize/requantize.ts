/** From accumulated products to the integers of the next value, as each specification does it. */
import type { ActivationFormat, Quantization } from "../model/model.ts";
import { multiplyByMultiplier, quantizeMultiplier } from "./fixed_point.ts";
import { halfEven, halfUp } from "./rounding.ts";
import { clamp } from "./rules.ts";

/** acc · factor[channel], rounded to an integer. */
type Rescale = (accumulated: number, channel: number) => number;

const { fround } = Math;

/**
 * One rescaling per specification; `scales` turn accumulated products into reals, `out` is the scale of the result.
 * onnx: float32 multiplication by float32(scale / out), half to even, as ONNX Runtime's QLinearConv. tflite: by integers.
 * tensorflow: the fake quantization that training saw, half up.
 */
const RESCALES: {
  readonly [R in Quantization["rules"]]: (scales: Float32Array, out: number) => Rescale;
} = {
  onnx(scales, out) {
    const factors = scales.map((scale) => scale / out);
    return (accumulated, channel) => halfEven(fround(fround(accumulated) * factors[channel]!));
  },
  tflite(scales, out) {
    const factors = Array.from(scales, (scale) => quantizeMultiplier(scale / out));
    return (accumulated, channel) => multiplyByMultiplier(accumulated, factors[channel]!);
  },
  tensorflow(scales, out) {
    const factors = scales.map((scale) => scale / out);
    return (accumulated, channel) => halfUp(fround(fround(accumulated) * factors[channel]!));
  },
};

/** Bounds of centred integers q − zero, and where an activation's own bounds lie. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Accumulated products (channel last) as centred integers q − zero of the format, inside the bounds. In place.
 */
export function requantize(
  accumulated: Int32Array,
  scales: Float32Array,
  { scale }: ActivationFormat,
  { low, high }: Bounds,
  rules: Quantization["rules"],
): Int32Array {
  const rescale = RESCALES[rules](scales, scale);
  const channels = scales.length;
  for (let i = 0; i < accumulated.length;) {
    for (let c = 0; c < channels; c++, i++) {
      accumulated[i] = clamp(rescale(accumulated[i]!, c), low, high);
    }
  }
  return accumulated;
}
