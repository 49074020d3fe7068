/** Comparisons of floats, and values chosen by them. Booleans are bytes. Units: blocks of 8192 elements. */
import { storeLanes } from "./lanes";

/** Elements of one unit of work. */
const BLOCK = 8192;

/** All bits of the lanes where the relation of a code (`COMPARISON`) holds. */
function holds(code: i32, a: v128, b: v128): v128 {
  switch (code) {
    case 0:
      return f32x4.eq(a, b);
    case 1:
      return f32x4.ne(a, b);
    case 2:
      return f32x4.gt(a, b);
    case 3:
      return f32x4.ge(a, b);
    case 4:
      return f32x4.lt(a, b);
    default:
      return f32x4.le(a, b);
  }
}

/** y[i] = a[i · aStep] relates to b[i · bStep], steps 0 or 1. */
export function compare(
  code: i32,
  a: usize,
  b: usize,
  y: usize,
  n: i32,
  aStep: i32,
  bStep: i32,
  begin: i32,
  end: i32,
): void {
  const one = i32x4.splat(1);
  const last = min(end * BLOCK, n);
  for (let i = begin * BLOCK; i < last; i += 4) {
    const at = <usize> i << 2;
    const left = aStep ? v128.load(a + at) : v128.load32_splat(a);
    const right = bStep ? v128.load(b + at) : v128.load32_splat(b);
    const found = v128.and(holds(code, left, right), one);
    const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(found, found), found);
    if (i + 4 <= last) v128.store32_lane(y + i, bytes, 0);
    else {
      store<u8>(y + i, i8x16.extract_lane_u(bytes, 0));
      if (i + 1 < last) store<u8>(y + i, i8x16.extract_lane_u(bytes, 1), 1);
      if (i + 2 < last) store<u8>(y + i, i8x16.extract_lane_u(bytes, 2), 2);
    }
  }
}

/** y[i] = condition[i] ? t[i] : e[i], values of four bytes. */
export function select(
  condition: usize,
  t: usize,
  e: usize,
  y: usize,
  n: i32,
  begin: i32,
  end: i32,
): void {
  const last = min(end * BLOCK, n);
  for (let i = begin * BLOCK; i < last; i += 4) {
    const at = <usize> i << 2;
    const bytes = v128.load32_zero(condition + i);
    const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes));
    const chosen = i32x4.ne(wide, i32x4.splat(0));
    storeLanes(y + at, last - i, v128.bitselect(v128.load(t + at), v128.load(e + at), chosen));
  }
}

/** y = x between low and high; NaN stays. */
export function clip(x: usize, y: usize, low: f32, high: f32, n: i32, begin: i32, end: i32): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  const last = min(end * BLOCK, n);
  for (let i = begin * BLOCK; i < last; i += 4) {
    const at = <usize> i << 2;
    storeLanes(y + at, last - i, f32x4.pmax(f32x4.pmin(v128.load(x + at), most), least));
  }
}

/** y = 1 where x > 0, else alpha; NaN stays. */
export function step(x: usize, y: usize, alpha: f32, n: i32, begin: i32, end: i32): void {
  const zero = f32x4.splat(0), one = f32x4.splat(1), other = f32x4.splat(alpha);
  const last = min(end * BLOCK, n);
  for (let i = begin * BLOCK; i < last; i += 4) {
    const at = <usize> i << 2;
    const v = v128.load(x + at);
    const chosen = v128.bitselect(one, other, f32x4.gt(v, zero));
    storeLanes(y + at, last - i, v128.bitselect(v, chosen, f32x4.ne(v, v)));
  }
}
