/** Latent vectors, from which generators make samples: drawn, not read. */
import { stream } from "../../../engine/tensor/random.ts";
import type { Loaded } from "../samples.ts";

/** How many to draw, and how. */
interface LatentParams {
  /** Numbers in one vector. */
  readonly size: number;
  /** Conditions that a generator can be asked for; 1: there is nothing to choose. */
  readonly conditions: number;
  readonly count: number;
  readonly seed: number;
}

/**
 * Standard normal vectors, float32, of the stream `latent`; vector i is of condition i mod `conditions`, so that all are
 * equally frequent. A longer draw begins with the shorter one.
 */
export function drawLatent(
  { size, conditions, count, seed }: LatentParams,
  classes: readonly string[],
): Loaded {
  return {
    train: {
      count,
      input: [size],
      x: stream(seed, "latent").normals(0, count * size),
      y: Int32Array.from({ length: count }, (_, i) => i % conditions),
    },
    classes,
  };
}
