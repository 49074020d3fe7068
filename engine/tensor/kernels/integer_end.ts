/**
 * What becomes of the sums of an integer layer on their way out. `code`: SUMS int32 as they are. REALS float32
 * (sum + bias) · scale. ROWS float32 sum · row · scale + bias with a float32 bias and a scale of the row. EVEN, UP:
 * 16-bit integers round(clamp((sum + bias) · scale, low, high)) in float32, half-way to even or up. FIXED the same by
 * integers alone, as TensorFlow Lite: a left shift, the rounding doubling high product with a multiplier of 31 bits,
 * a right shift that rounds half-way away from zero.
 *
 * `entry` is a table's place: for each 4 columns ENTRY bytes, six vectors: bias; scale or multiplier; and for FIXED
 * the largest sum that may be shifted left, 2^left, half of 2^right (0 for right = 0), 2^(31 − right).
 */
import { storeLanes } from "./lanes";

export const SUMS: i32 = 0;
export const REALS: i32 = 1;
export const ROWS: i32 = 2;
export const EVEN: i32 = 3;
export const UP: i32 = 4;
export const FIXED: i32 = 5;
/** For floats alone: half-way away from zero. */
export const AWAY: i32 = 6;

/** Bytes of a table for four columns. */
export const ENTRY: usize = 96;

/** Adding 1.5 · 2²³ leaves a small float's nearest integer, half-way to even, in the lower bits. */
const NO_FRACTION: f32 = 12582912;
const NO_FRACTION_BITS: i32 = 0x4b400000;

/** Eight columns of a row, of which `left` exist. */
export function storeEight(
  to: usize,
  t0: v128,
  t1: v128,
  left: i32,
  entry: usize,
  code: i32,
  low: i32,
  high: i32,
  row: f32,
): void {
  if (code >= EVEN) {
    let q0: v128, q1: v128;
    if (code == FIXED) {
      q0 = fixed(t0, entry, low, high);
      q1 = fixed(t1, entry + ENTRY, low, high);
    } else {
      const l = f32x4.splat(<f32> low), h = f32x4.splat(<f32> high);
      q0 = toIntegers(f32x4.pmin(f32x4.pmax(real(t0, entry), l), h), code);
      q1 = toIntegers(f32x4.pmin(f32x4.pmax(real(t1, entry + ENTRY), l), h), code);
    }
    storeShorts(to, i16x8.narrow_i32x4_s(q0, q1), left);
    return;
  }
  if (code == REALS) {
    t0 = real(t0, entry);
    t1 = real(t1, entry + ENTRY);
  } else if (code == ROWS) {
    const each = f32x4.splat(row);
    t0 = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(t0), each), v128.load(entry, 16));
    t1 = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(t1), each), v128.load(entry + ENTRY, 16));
    t0 = f32x4.add(t0, v128.load(entry));
    t1 = f32x4.add(t1, v128.load(entry + ENTRY));
  }
  storeLanes(to, left, t0);
  if (left > 4) storeLanes(to + 16, left - 4, t1);
}

@inline
function real(sum: v128, entry: usize): v128 {
  const value = f32x4.convert_i32x4_s(i32x4.add(sum, v128.load(entry)));
  return f32x4.mul(value, v128.load(entry, 16));
}

/** The nearest integers of floats that are small and no NaN. */
@inline
export function toIntegers(value: v128, code: i32): v128 {
  if (code == UP) {
    value = halfUp(value);
  } else if (code == AWAY) {
    const sign = v128.and(value, i32x4.splat(0x80000000));
    value = v128.or(halfUp(f32x4.abs(value)), sign);
  }
  return i32x4.sub(f32x4.add(value, f32x4.splat(NO_FRACTION)), i32x4.splat(NO_FRACTION_BITS));
}

/** ⌊value + ½⌋. The sum itself might round; what is above the floor is exact where it is near a half. */
@inline
function halfUp(value: v128): v128 {
  const floor = f32x4.floor(value);
  const up = f32x4.ge(f32x4.sub(value, floor), f32x4.splat(0.5));
  return f32x4.add(floor, v128.and(up, f32x4.splat(1)));
}

@inline
function fixed(sum: v128, entry: usize, low: i32, high: i32): v128 {
  // What is cut before the left shift is far outside low … high behind it.
  const limit = v128.load(entry, 32);
  let x = i32x4.add(sum, v128.load(entry));
  x = i32x4.max_s(i32x4.min_s(x, limit), v128.not(limit));
  x = i32x4.mul(x, v128.load(entry, 48));
  const multiplier = v128.load(entry, 16);
  const nudge = i64x2.splat(1 << 30);
  x = highWords(
    i64x2.add(i64x2.extmul_low_i32x4_s(x, multiplier), nudge),
    i64x2.add(i64x2.extmul_high_i32x4_s(x, multiplier), nudge),
  );
  const sign = i32x4.shr_s(x, 31);
  const magnitude = i32x4.add(i32x4.abs(x), v128.load(entry, 64));
  const right = v128.load(entry, 80);
  x = highWords(
    i64x2.extmul_low_i32x4_u(magnitude, right),
    i64x2.extmul_high_i32x4_u(magnitude, right),
  );
  x = i32x4.sub(v128.xor(x, sign), sign);
  return i32x4.max_s(i32x4.min_s(x, i32x4.splat(high)), i32x4.splat(low));
}

/** Bits 31 to 62 of four numbers. */
@inline
function highWords(first: v128, second: v128): v128 {
  return v128.shuffle<i32>(i64x2.shr_u(first, 31), i64x2.shr_u(second, 31), 0, 2, 4, 6);
}

/** The first `left` of eight 16-bit integers. */
@inline
export function storeShorts(to: usize, value: v128, left: i32): void {
  if (left >= 8) {
    v128.store(to, value);
    return;
  }
  let rest = value;
  if (left & 4) {
    v128.store64_lane(to, rest, 0);
    to += 8;
    rest = v128.shuffle<i64>(rest, rest, 1, 1);
  }
  if (left & 2) {
    v128.store32_lane(to, rest, 0);
    to += 4;
    rest = v128.shuffle<i32>(rest, rest, 1, 1, 1, 1);
  }
  if (left & 1) v128.store16_lane(to, rest, 0);
}
