/**
 * What becomes of the sums of an integer layer on their way out. `code`: SUMS int32 as they are. REALS float32
 * (sum + bias) · scale. ROWS float32 sum · row · scale + bias with a float32 bias and a scale of the row. EVEN, UP:
 * 16-bit integers round(clamp((sum + bias) · scale, low, high)) in float32, half-way to even or up. FIXED the same by
 * integers alone, as TensorFlow Lite: a left shift, the rounding doubling high product with a multiplier of 31 bits,
 * then a right shift that rounds half-way away from zero.
 *
 * `entry` is a table's place: for each 4 columns ENTRY bytes, seven vectors: bias; scale; and for FIXED the distance
 * from an integer up to which float32 rounds as integers do, the multiplier, 2^(31 − right) and −1 where right > 0,
 * else 0, and 2^left.
 */
import { storeLanes } from "../lanes";

export const SUMS: i32 = 0;
export const REALS: i32 = 1;
export const ROWS: i32 = 2;
export const EVEN: i32 = 3;
export const UP: i32 = 4;
export const FIXED: i32 = 5;
/** For floats alone: half-way away from zero. */
export const AWAY: i32 = 6;

/** Bytes of a table for four columns. */
export const ENTRY: usize = 112;

/** Adding 1.5 · 2²³ leaves a small float's nearest integer, half-way to even, in the lower bits. */
const NO_FRACTION: f32 = 12582912;
const NO_FRACTION_BITS: i32 = 0x4b400000;

/** What sums begin with: the bias, where it is added as an integer. */
@inline
export function begun(entry: usize, code: i32): v128 {
  return code == SUMS || code == ROWS ? i32x4.splat(0) : v128.load(entry);
}

/** Eight columns of four rows, of which `left` exist, begun with `begun`. */
@inline
export function storeFour(
  c0: usize,
  c1: usize,
  c2: usize,
  c3: usize,
  t00: v128,
  t01: v128,
  t10: v128,
  t11: v128,
  t20: v128,
  t21: v128,
  t30: v128,
  t31: v128,
  left: i32,
  entry: usize,
  code: i32,
  low: i32,
  high: i32,
): void {
  const e0 = v128.load(entry, 16), e1 = v128.load(entry + ENTRY, 16);
  if (code == REALS) {
    storeReals(c0, real(t00, e0), real(t01, e1), left);
    storeReals(c1, real(t10, e0), real(t11, e1), left);
    storeReals(c2, real(t20, e0), real(t21, e1), left);
    storeReals(c3, real(t30, e0), real(t31, e1), left);
    return;
  }
  if (code == EVEN) {
    const l = f32x4.splat(<f32> low), h = f32x4.splat(<f32> high);
    t00 = nearest(cut(real(t00, e0), l, h));
    t10 = nearest(cut(real(t10, e0), l, h));
    t20 = nearest(cut(real(t20, e0), l, h));
    t30 = nearest(cut(real(t30, e0), l, h));
    t01 = nearest(cut(real(t01, e1), l, h));
    t11 = nearest(cut(real(t11, e1), l, h));
    t21 = nearest(cut(real(t21, e1), l, h));
    t31 = nearest(cut(real(t31, e1), l, h));
  } else if (code == UP) {
    const l = f32x4.splat(<f32> low), h = f32x4.splat(<f32> high);
    t00 = halfUp(cut(real(t00, e0), l, h));
    t10 = halfUp(cut(real(t10, e0), l, h));
    t20 = halfUp(cut(real(t20, e0), l, h));
    t30 = halfUp(cut(real(t30, e0), l, h));
    t01 = halfUp(cut(real(t01, e1), l, h));
    t11 = halfUp(cut(real(t11, e1), l, h));
    t21 = halfUp(cut(real(t21, e1), l, h));
    t31 = halfUp(cut(real(t31, e1), l, h));
  } else {
    const l = f32x4.splat(<f32> low), h = f32x4.splat(<f32> high);
    const o0 = lift(entry), o1 = lift(entry + ENTRY);
    // How far from an integer the columns' numbers are at most; asked once for all rows.
    let far0 = f32x4.splat(0), far1 = far0;
    const v00 = fixedReal(t00, e0, o0, l, h), m00 = f32x4.add(v00, f32x4.splat(NO_FRACTION));
    const v01 = fixedReal(t01, e1, o1, l, h), m01 = f32x4.add(v01, f32x4.splat(NO_FRACTION));
    far0 = f32x4.pmax(far0, fromNearest(v00, m00));
    far1 = f32x4.pmax(far1, fromNearest(v01, m01));
    storeShorts(c0, i16x8.narrow_i32x4_s(integers(m00), integers(m01)), left);
    const v10 = fixedReal(t10, e0, o0, l, h), m10 = f32x4.add(v10, f32x4.splat(NO_FRACTION));
    const v11 = fixedReal(t11, e1, o1, l, h), m11 = f32x4.add(v11, f32x4.splat(NO_FRACTION));
    far0 = f32x4.pmax(far0, fromNearest(v10, m10));
    far1 = f32x4.pmax(far1, fromNearest(v11, m11));
    storeShorts(c1, i16x8.narrow_i32x4_s(integers(m10), integers(m11)), left);
    const v20 = fixedReal(t20, e0, o0, l, h), m20 = f32x4.add(v20, f32x4.splat(NO_FRACTION));
    const v21 = fixedReal(t21, e1, o1, l, h), m21 = f32x4.add(v21, f32x4.splat(NO_FRACTION));
    far0 = f32x4.pmax(far0, fromNearest(v20, m20));
    far1 = f32x4.pmax(far1, fromNearest(v21, m21));
    storeShorts(c2, i16x8.narrow_i32x4_s(integers(m20), integers(m21)), left);
    const v30 = fixedReal(t30, e0, o0, l, h), m30 = f32x4.add(v30, f32x4.splat(NO_FRACTION));
    const v31 = fixedReal(t31, e1, o1, l, h), m31 = f32x4.add(v31, f32x4.splat(NO_FRACTION));
    far0 = f32x4.pmax(far0, fromNearest(v30, m30));
    far1 = f32x4.pmax(far1, fromNearest(v31, m31));
    storeShorts(c3, i16x8.narrow_i32x4_s(integers(m30), integers(m31)), left);
    const doubt = v128.or(f32x4.gt(far0, v128.load(entry, 32)), f32x4.gt(far1, v128.load(entry + ENTRY, 32)));
    if (v128.any_true(doubt)) {
      storeShorts(c0, exactEight(t00, t01, entry, l, h), left);
      storeShorts(c1, exactEight(t10, t11, entry, l, h), left);
      storeShorts(c2, exactEight(t20, t21, entry, l, h), left);
      storeShorts(c3, exactEight(t30, t31, entry, l, h), left);
    }
    return;
  }
  storeShorts(c0, i16x8.narrow_i32x4_s(t00, t01), left);
  storeShorts(c1, i16x8.narrow_i32x4_s(t10, t11), left);
  storeShorts(c2, i16x8.narrow_i32x4_s(t20, t21), left);
  storeShorts(c3, i16x8.narrow_i32x4_s(t30, t31), left);
}

/** Eight floats or sums of a row, of which `left` exist. */
export function storeReals(to: usize, t0: v128, t1: v128, left: i32): void {
  storeLanes(to, left, t0);
  if (left > 4) storeLanes(to + 16, left - 4, t1);
}

/** Eight sums of a row as ROWS makes them. */
export function storeRow(to: usize, t0: v128, t1: v128, left: i32, entry: usize, row: f32): void {
  const each = f32x4.splat(row);
  t0 = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(t0), each), v128.load(entry, 16));
  t1 = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(t1), each), v128.load(entry + ENTRY, 16));
  t0 = f32x4.add(t0, v128.load(entry));
  t1 = f32x4.add(t1, v128.load(entry + ENTRY));
  storeReals(to, t0, t1, left);
}

@inline
function real(sum: v128, scale: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(sum), scale);
}

@inline
function cut(value: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(value, low), high);
}

/** The nearest integers of floats that are small and no NaN. */
@inline
export function toIntegers(value: v128, code: i32): v128 {
  if (code == UP) return halfUp(value);
  if (code == EVEN) return nearest(value);
  // Away from zero is up for magnitudes.
  const sign = i32x4.shr_s(value, 31);
  return i32x4.sub(v128.xor(halfUp(f32x4.abs(value)), sign), sign);
}

@inline
function nearest(value: v128): v128 {
  return i32x4.sub(f32x4.add(value, f32x4.splat(NO_FRACTION)), i32x4.splat(NO_FRACTION_BITS));
}

/** ⌊value + ½⌋: the nearest integer to even, and one more where that is half below the value; differences are exact. */
@inline
function halfUp(value: v128): v128 {
  const moved = f32x4.add(value, f32x4.splat(NO_FRACTION));
  const above = f32x4.sub(value, f32x4.sub(moved, f32x4.splat(NO_FRACTION)));
  const up = f32x4.ge(above, f32x4.splat(0.5));
  return i32x4.sub(i32x4.sub(moved, i32x4.splat(NO_FRACTION_BITS)), up);
}

/**
 * What the rounding of the high product adds before the shift, 2^−(right + 1): with the sign of the sum before it, FIXED
 * is ⌊sum · scale ± this + ½⌋. Of a high product h ≥ 0, ⌊x + ½⌋ of some x, (h + 2^(right − 1)) / 2^right has the floor
 * of (x + ½) / 2^right + ½; of h < 0 it is 2^−right less; and where only the sum is below 0, both are 0.
 */
// @ts-ignore: decorator
@inline
function lift(entry: usize): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(v128.load(entry, 64)), f32x4.splat(2.3283064365386963e-10));
}

/** The magnitude with a sum's sign. */
@inline
function signed(magnitude: v128, sum: v128): v128 {
  return v128.or(magnitude, v128.and(sum, i32x4.splat(i32.MIN_VALUE)));
}

/** What FIXED rounds, inside the range: as float32 says. */
@inline
function fixedReal(sum: v128, scale: v128, lift: v128, low: v128, high: v128): v128 {
  return cut(f32x4.relaxed_madd(f32x4.convert_i32x4_s(sum), scale, signed(lift, sum)), low, high);
}

/** The distance of a value from its nearest integer, where `moved` has NO_FRACTION added. */
@inline
function fromNearest(value: v128, moved: v128): v128 {
  return f32x4.abs(f32x4.sub(value, f32x4.sub(moved, f32x4.splat(NO_FRACTION))));
}

/** The integers of floats that have NO_FRACTION added. */
@inline
function integers(moved: v128): v128 {
  return i32x4.sub(moved, i32x4.splat(NO_FRACTION_BITS));
}

/** FIXED of eight sums by integers. */
function exactEight(t0: v128, t1: v128, entry: usize, low: v128, high: v128): v128 {
  const l = nearest(low), h = nearest(high);
  const q0 = i32x4.max_s(i32x4.min_s(exact(t0, entry), h), l);
  const q1 = i32x4.max_s(i32x4.min_s(exact(t1, entry + ENTRY), h), l);
  return i16x8.narrow_i32x4_s(q0, q1);
}

/** Times a power of two, kept inside 32 bits: what is cut is far outside of 16 bits behind the high product. */
@inline
function shifted(sum: v128, factor: v128): v128 {
  const first = i64x2.extmul_low_i32x4_s(sum, factor);
  const second = i64x2.extmul_high_i32x4_s(sum, factor);
  const low = v128.shuffle<i32>(first, second, 0, 2, 4, 6);
  const high = v128.shuffle<i32>(first, second, 1, 3, 5, 7);
  // Inside where the upper word only repeats the sign.
  const fits = i32x4.eq(high, i32x4.shr_s(low, 31));
  return v128.bitselect(low, v128.xor(i32x4.splat(0x7fffffff), i32x4.shr_s(high, 31)), fits);
}

/**
 * Of the high product h the nearest of h / 2^right is ⌊(h + 2^(right − 1) − 1 if h < 0) / 2^right⌋, and the division a
 * product with 2^(31 − right) whose lower 31 bits go: half of them is 2³⁰.
 */
@inline
function exact(sum: v128, entry: usize): v128 {
  const high = highProduct(shifted(sum, v128.load(entry, 96)), v128.load(entry, 48));
  const quotient = highProduct(i32x4.add(high, i32x4.shr_s(high, 31)), v128.load(entry, 64));
  return v128.bitselect(quotient, high, v128.load(entry, 80));
}

/** ⌊a · b / 2³¹ + ½⌋. */
@inline
function highProduct(a: v128, b: v128): v128 {
  const half = i64x2.splat(1 << 30);
  const first = i64x2.add(i64x2.extmul_low_i32x4_s(a, b), half);
  const second = i64x2.add(i64x2.extmul_high_i32x4_s(a, b), half);
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
