/** Philox4x32-10 as ../random.ts has it, four counters at once, and what is made of its words right away. */
import { storeLanes } from "./lanes";

/** Elements of one unit of work. */
const BLOCK = 8192;

const ROUNDS = 10;

/**
 * y[i] = 0 where the first 24 bits of word i of a stream's block are below `threshold`, else `kept`. `low` and `high`
 * are the stream's key. Units: blocks of 8192 elements.
 */
export function dropout(
  low: i32,
  high: i32,
  block: i32,
  threshold: i32,
  kept: f32,
  y: usize,
  n: i32,
  begin: i32,
  end: i32,
): void {
  const m0 = i32x4.splat(0xd2511f53), m1 = i32x4.splat(0xcd9e8d57);
  const least = i32x4.splat(threshold), value = f32x4.splat(kept);
  const last = min(end * BLOCK, n);
  for (let i = begin * BLOCK; i < last; i += 16) {
    // Lane j is the counter of the words i + 4j … i + 4j + 3.
    let c0 = i32x4.add(i32x4.splat(i >> 2), i32x4(0, 1, 2, 3)), c1 = i32x4.splat(block);
    let c2 = i32x4.splat(0), c3 = c2;
    let k0 = low, k1 = high;
    for (let round = 0; round < ROUNDS; round++) {
      // Products of 64 bits; of each both words are wanted.
      const a0 = i64x2.extmul_low_i32x4_u(c0, m0), b0 = i64x2.extmul_high_i32x4_u(c0, m0);
      const a2 = i64x2.extmul_low_i32x4_u(c2, m1), b2 = i64x2.extmul_high_i32x4_u(c2, m1);
      c0 = v128.xor(v128.xor(v128.shuffle<i32>(a2, b2, 1, 3, 5, 7), c1), i32x4.splat(k0));
      c1 = v128.shuffle<i32>(a2, b2, 0, 2, 4, 6);
      c2 = v128.xor(v128.xor(v128.shuffle<i32>(a0, b0, 1, 3, 5, 7), c3), i32x4.splat(k1));
      c3 = v128.shuffle<i32>(a0, b0, 0, 2, 4, 6);
      k0 += 0x9e3779b9;
      k1 += 0xbb67ae85;
    }
    const s0 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5), s1 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
    const s2 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7), s3 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
    put(y, i, last, v128.shuffle<i64>(s0, s1, 0, 2), least, value);
    put(y, i + 4, last, v128.shuffle<i64>(s0, s1, 1, 3), least, value);
    put(y, i + 8, last, v128.shuffle<i64>(s2, s3, 0, 2), least, value);
    put(y, i + 12, last, v128.shuffle<i64>(s2, s3, 1, 3), least, value);
  }
}

/** Four elements from i on, as far as there are so many before `last`. */
@inline
function put(y: usize, i: i32, last: i32, words: v128, least: v128, value: v128): void {
  if (i >= last) return;
  const dropped = i32x4.lt_s(i32x4.shr_u(words, 8), least);
  storeLanes(y + (<usize> i << 2), last - i, v128.andnot(value, dropped));
}
