/**
 * Intervals of figures that are no plain fraction of samples: the percentile bootstrap (Efron 1979). The samples are
 * drawn anew, as many as there are, with replacement; the figure of each draw is taken, and the middle 95 % of them are
 * the interval. Draws depend on the number of samples alone, so models are compared on the same ones.
 */
import { stream } from "../../engine/tensor/random.ts";

/** So many times samples are drawn anew. */
const DRAWS = 200;

/** The work, in draws × samples × classes, beyond which no interval is computed. */
const MOST_WORK = 1_000_000_000;

/** Whether intervals are computed of so many samples with so many numbers each. */
export function isResampled(samples: number, width: number): boolean {
  return DRAWS * samples * width <= MOST_WORK;
}

/**
 * The 2.5th and 97.5th percentile of a figure over draws of `samples` samples, interpolated between neighbours. The
 * figure is given how often each sample was drawn; draws of which it says nothing are left out, and undefined is
 * returned where it says nothing of any.
 */
export function bootstrapInterval(
  samples: number,
  figure: (weights: Uint32Array) => number | undefined,
): readonly [number, number] | undefined {
  const random = stream(0, "bootstrap");
  const weights = new Uint32Array(samples);
  const values: number[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    weights.fill(0);
    for (const value of random.uniforms(draw, samples)) weights[Math.floor(value * samples)]!++;
    const value = figure(weights);
    if (value !== undefined) values.push(value);
  }
  if (values.length === 0) return undefined;
  values.sort((a, b) => a - b);
  return [percentile(values, 0.025), percentile(values, 0.975)];
}

function percentile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}
