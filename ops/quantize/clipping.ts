/**
 * Ranges narrower than the values: how much of the ends is given up for finer steps, from histograms of the values.
 */
import {
  type ActivationScheme,
  affineOfRange,
  allIntegers,
  type Range,
} from "../model/integers/activation_format.ts";
import { RULES, toInteger } from "../model/integers/rules.ts";

/** Bins of a histogram: eight for each level of 8 bits. */
const BINS = 2048;

/** Counts of values over a range that is known. */
export interface Histogram extends Range {
  readonly counts: Float64Array;
  /** Exact zeros: they are represented exactly, so they never cost anything. */
  zeros: number;
}

/** An empty histogram over a range that holds more than one number. */
export function histogramOver({ minimum, maximum }: Range): Histogram {
  return { minimum, maximum, counts: new Float64Array(BINS), zeros: 0 };
}

/** Counts values. Those at the end of the range belong to the last bin. */
export function count(histogram: Histogram, values: Float32Array): void {
  const { minimum, maximum, counts } = histogram;
  const perBin = BINS / (maximum - minimum);
  for (const value of values) {
    if (value === 0) histogram.zeros++;
    else counts[Math.min(BINS - 1, Math.floor((value - minimum) * perBin))]!++;
  }
}

/** The value in the middle of a bin. */
function centreOf({ minimum, maximum }: Range, bin: number): number {
  return minimum + (bin + 0.5) * ((maximum - minimum) / BINS);
}

/** The ends of a range that are tried. */
const STEPS = 100;

/**
 * The range with the least squared error between the values and what they are rounded to, of those that keep k/100 of
 * each end, k = 1 … 100: the upper end with the lower one whole, then the lower one, then both again (symmetric
 * formats: both ends together). Of equals the widest. Errors are those of the histogram's bin centres; exact zeros
 * cost nothing.
 */
export function leastSquaresRange(histogram: Histogram, scheme: ActivationScheme): Range {
  const error = errorOf(histogram, scheme);
  const at = (low: number, high: number): Range => ({
    minimum: histogram.minimum * low / STEPS,
    maximum: histogram.maximum * high / STEPS,
  });
  const best = (candidate: (k: number) => Range): number => {
    let [least, chosen] = [Infinity, STEPS];
    for (let k = STEPS; k >= 1; k--) {
      const cost = error(candidate(k));
      if (cost < least) [least, chosen] = [cost, k];
    }
    return chosen;
  };
  if (scheme.symmetry === "symmetric") {
    const both = best((k) => at(k, k));
    return at(both, both);
  }
  let [low, high] = [STEPS, STEPS];
  for (let round = 0; round < 2; round++) {
    high = best((k) => at(low, k));
    if (histogram.minimum < 0) low = best((k) => at(k, high));
  }
  return at(low, high);
}

/** The squared error of rounding what a histogram counted into the format of a range. */
export function errorOf(
  histogram: Histogram,
  scheme: ActivationScheme,
): (range: Range) => number {
  const rules = RULES[scheme.rules];
  const integers = allIntegers(scheme.bits);
  const centres = Float32Array.from({ length: BINS }, (_, bin) => centreOf(histogram, bin));
  return (range) => {
    const affine = affineOfRange(range, scheme);
    let sum = 0;
    for (let bin = 0; bin < BINS; bin++) {
      const count = histogram.counts[bin]!;
      if (count === 0) continue;
      const value = centres[bin]!;
      const rounded = affine.scale * (toInteger(value, affine, integers, rules) - affine.zero);
      sum += count * (value - rounded) * (value - rounded);
    }
    return sum;
  };
}

/**
 * The range between the (100 − `percentile`)-th and the `percentile`-th percentile of the values, linear inside a bin
 * (TensorRT's and ONNX Runtime's percentile calibration); an end without values stays where it is.
 */
export function percentileRange(histogram: Histogram, percentile: number): Range {
  const counts = histogram.counts.slice();
  const width = (histogram.maximum - histogram.minimum) / BINS;
  const zero = Math.min(BINS - 1, Math.floor(-histogram.minimum / width));
  counts[zero]! += histogram.zeros;
  const total = counts.reduce((sum, each) => sum + each, 0);
  const outside = total * (1 - percentile / 100);
  const reach = (bins: Float64Array): number => {
    let left = outside;
    for (let bin = 0; bin < BINS; bin++) {
      const here = bins[bin]!;
      if (left < here) return (bin + left / here) * width;
      left -= here;
    }
    return BINS * width;
  };
  return {
    minimum: Math.min(0, histogram.minimum + reach(counts)),
    maximum: Math.max(0, histogram.maximum - reach(counts.toReversed())),
  };
}
