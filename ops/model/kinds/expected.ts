/**
 * What values are on average, without looking at data: a batchnorm gives each channel about N(β, γ²), and what an
 * activation makes of that has a closed form (Nagel et al. 2019, arXiv 1906.04721, §4.2.1 and appendix C).
 */
import { erf, exp } from "../../../engine/tensor/scalar_math.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";

/** What is known of a value, per channel (last axis). */
export interface Expected {
  readonly mean: Float64Array;
  /** Of values that are normal: standard deviations. */
  readonly deviation?: Float64Array;
}

/** √(2π) and √2 as doubles. */
const ROOT_TWO_PI = 2.5066282746310002;
const ROOT_TWO = 1.4142135623730951;

/** E[max(0, x)] of x ~ N(mean, deviation²): γ φ(−β/γ) + β (1 − Φ(−β/γ)). */
export function expectedRelu(mean: number, deviation: number): number {
  if (deviation === 0) return Math.max(0, mean);
  const z = mean / deviation;
  const density = exp(-z * z / 2) / ROOT_TWO_PI;
  return deviation * density + mean * (1 + erf(z / ROOT_TWO)) / 2;
}

/** What an activation makes of values; undefined where it is not known of values that are not normal. */
export function activatedExpected(
  { mean, deviation }: Expected,
  activation: Activation,
): Expected | undefined {
  if (activation === "linear") return deviation === undefined ? { mean } : { mean, deviation };
  if (deviation === undefined) return undefined;
  if (activation === "relu") return { mean: mean.map((m, c) => expectedRelu(m, deviation[c]!)) };
  if (activation !== "relu6") return undefined;
  // min(max(x, 0), 6) = max(x, 0) − max(x − 6, 0).
  return {
    mean: mean.map((m, c) => expectedRelu(m, deviation[c]!) - expectedRelu(m - 6, deviation[c]!)),
  };
}

/** Averages have the mean of what they average. */
export function averagedExpected(input: Expected | undefined): Expected | undefined {
  return input && { mean: input.mean };
}
