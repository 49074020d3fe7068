/**
 * Random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"), keyed by
 * (seed, purpose), counted by (block, index). A value depends on its name and position alone: inserting a layer or
 * changing the batch size leaves the others as they are, and resuming needs no stored state. Imports nothing of tfjs.
 */

/** One stream. `block` is an epoch or an update; `index` a position inside it. Both are below 2³². */
export interface Stream {
  /** 32 random bits. */
  bits(block: number, index: number): number;
  /** Uniform in [0, 1), 24 bits, exact in float32. */
  uniform(block: number, index: number): number;
  /** Standard normal values, float32, from our own transcendentals (the same bits everywhere). */
  normals(block: number, count: number): Float32Array;
  uniforms(block: number, count: number): Float32Array;
  /** A uniformly drawn permutation of 0 … n−1 (Fisher–Yates, unbiased draws). */
  permutation(block: number, n: number): Uint32Array;
}

/** The stream of a purpose: `init:<layer>/<role>`, `order`, `dropout:<layer>`, `augment`, `noise`, `split`. */
export function stream(_seed: number, _purpose: string): Stream {
  throw new Error("internal: not built yet");
}
