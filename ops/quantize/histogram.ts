/** How often a value falls where: equal bins over its range, zeros counted apart. */
import type { Range } from "../model/integers/activation_format.ts";

/** Bins of a histogram: eight for each level of 8 bits. */
export const BINS = 2048;

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
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === 0) histogram.zeros++;
    else counts[Math.min(BINS - 1, Math.floor((value - minimum) * perBin))]!++;
  }
}

/** The value in the middle of a bin. */
export function centreOf({ minimum, maximum }: Range, bin: number): number {
  return minimum + (bin + 0.5) * ((maximum - minimum) / BINS);
}
