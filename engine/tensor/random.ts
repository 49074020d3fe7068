/**
 * Random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"), keyed by
 * (seed, purpose), counted by (block, index). A value depends on its name and position alone: inserting a layer or
 * changing the batch size leaves the others as they are, and resuming needs no stored state. Imports nothing of tfjs.
 *
 * Key: the first 8 bytes, little-endian, of SHA-256 over the canonical JSON of `[seed, purpose]`.
 * Counter: (⌊index / 4⌋, block, attempt, 0); word `index mod 4`. Attempt is 0 but for draws that were rejected.
 */
import { canonicalBytes, digestOf } from "../digest.ts";
import { cosPi, log, sinPi } from "./scalar_math.ts";

const TWO_32 = 4294967296;

/** One stream. `block` is an epoch or an update; `index` a position inside it. Both are below 2³². */
export interface Stream {
  /** 32 random bits. */
  bits(block: number, index: number): number;
  /** Uniform in [0, 1), 24 bits, exact in float32. */
  uniform(block: number, index: number): number;
  /**
   * Standard normal values, float32, from our own transcendentals (the same bits everywhere): Box–Muller on the
   * words 2k and 2k + 1 gives values 2k and 2k + 1, so a longer draw begins with the shorter one.
   */
  normals(block: number, count: number): Float32Array;
  /** `uniform` at indices 0 … count − 1. */
  uniforms(block: number, count: number): Float32Array;
  /** A uniformly drawn permutation of 0 … n−1 (Fisher–Yates, unbiased draws). */
  permutation(block: number, n: number): Uint32Array;
}

/**
 * The stream of a purpose: `init:<layer>/<role>`, `order`, `dropout:<layer>`, `augment`, `noise`, `split`.
 * Throws a RangeError unless `seed` is an integer with |seed| < 2⁵³.
 */
export function stream(seed: number, purpose: string): Stream {
  const key = streamKey(seed, purpose);
  const words = new Uint32Array(4);

  return {
    bits,
    uniform: (block, index) => toUniform(bits(block, index)),
    uniforms(block, count) {
      const values = new Float32Array(count);
      fill(block, count, (index, word) => values[index] = toUniform(word));
      return values;
    },
    normals: (block, count) => boxMuller(count, (take) => fill(block, count + (count & 1), take)),
    permutation: (block, n) => shuffled(n, (index, limit) => below(block, index, limit)),
  };

  function bits(block: number, index: number, attempt = 0): number {
    philox(key, [index >>> 2, block, attempt, 0], words);
    return words[index & 3]!;
  }

  function fill(block: number, count: number, take: Take): void {
    for (let index = 0; index < count; index++) {
      if ((index & 3) === 0) philox(key, [index >>> 2, block, 0, 0], words);
      take(index, words[index & 3]!);
    }
  }

  /** Uniform in 0 … limit − 1 without bias (Lemire 2019, "Fast random integer generation in an interval"). */
  function below(block: number, index: number, limit: number): number {
    const rejected = (TWO_32 - limit) % limit;
    for (let attempt = 0;; attempt++) {
      const word = bits(block, index, attempt);
      if ((Math.imul(word, limit) >>> 0) >= rejected) return multiplyHigh(word, limit);
    }
  }
}

/** Receives the word at an index. */
type Take = (index: number, word: number) => void;

/** Values 2k and 2k + 1 are made of the words of these indices; the words come in order. */
function boxMuller(count: number, words: (take: Take) => void): Float32Array {
  const values = new Float32Array(count);
  let radius = 0;
  words((index, word) => {
    if ((index & 1) === 0) {
      radius = Math.sqrt(-2 * log((word + 1) / TWO_32));
    } else {
      const turn = word / (TWO_32 / 2);
      values[index - 1] = radius * cosPi(turn);
      if (index < count) values[index] = radius * sinPi(turn);
    }
  });
  return values;
}

/** Fisher–Yates: `below(index, limit)` draws one of 0 … limit − 1. */
function shuffled(n: number, below: (index: number, limit: number) => number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = below(i, i + 1);
    const taken = order[i]!;
    order[i] = order[j]!;
    order[j] = taken;
  }
  return order;
}

/** The key of a stream, for who draws from it otherwise than here (`Room.dropout`). Throws as `stream` does. */
export function streamKey(seed: number, purpose: string): PhiloxKey {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot make a random stream from seed ${seed}: it must be an integer`);
  }
  const digest = digestOf(canonicalBytes([seed, purpose]));
  const word = (start: number) =>
    [3, 2, 1, 0].reduce(
      (value, byte) =>
        value * 256 + parseInt(digest.slice(start + 2 * byte, start + 2 * byte + 2), 16),
      0,
    );
  return [word(0), word(8)];
}

function toUniform(word: number): number {
  return (word >>> 8) / 16777216;
}

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** The upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // Every partial sum stays below 2³²: (2¹⁶ − 1)² + 2¹⁶ − 1 < 2³².
  const middle = (Math.imul(aHigh, bLow) >>> 0) + (Math.imul(aLow, bLow) >>> 16);
  const carry = (Math.imul(aLow, bHigh) >>> 0) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) >>> 0;
}

/** A 64-bit key, lower word first. */
type PhiloxKey = readonly [number, number];

/** Writes the four 32-bit words that belong to a counter under `key` into `out`. */
export function philox(
  key: PhiloxKey,
  counter: readonly [number, number, number, number],
  out: Uint32Array,
): void {
  let [k0, k1] = key;
  let [c0, c1, c2, c3] = counter;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}
