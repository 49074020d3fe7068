/**
 * What products and convolutions do to sums on their way out. A code says which activation (0 linear, 1 relu, 2 relu6)
 * and, with NORM added, that batch normalisation goes before it. The table is then `normTable`'s, else the bias, one
 * float for each column, or 0 for none. The bits are those of the layers one by one.
 */
import { loadPart } from "./panel";

/** Added to an activation: the table holds normalisations. */
export const NORM: i32 = 4;

/** The activation of a code without NORM; NaN stays NaN, as in tfjs. */
export function clampActivation(v: v128, activation: i32): v128 {
  if (activation == 0) return v;
  v = f32x4.max(v, f32x4.splat(0));
  return activation == 2 ? f32x4.min(v, f32x4.splat(6)) : v;
}

/** The sums of the four columns that begin `at` bytes from the first; `left` columns are left from there. */
export function finish(v: v128, table: usize, code: i32, at: usize, left: i32): v128 {
  if (code & NORM) {
    if (left <= 0) return v;
    const four = table + (at << 2);
    const bias = v128.load(four), mean = v128.load(four, 16);
    return normed(v, bias, mean, v128.load(four, 32), v128.load(four, 48), lowest(code), highest(code));
  }
  if (table) v = f32x4.add(v, loadPart(table + at, left));
  return clampActivation(v, code);
}

/** The same with the table's four vectors and the activation's bounds in registers. */
// @ts-ignore: decorator
@inline
export function normed(
  v: v128,
  bias: v128,
  mean: v128,
  scale: v128,
  beta: v128,
  low: v128,
  high: v128,
): v128 {
  const off = f32x4.sub(f32x4.add(v, bias), mean);
  return f32x4.pmin(f32x4.pmax(f32x4.relaxed_madd(off, scale, beta), low), high);
}

/** The least value an activation gives. Zeros keep their sign, as batch normalisation has it. */
export function lowest(code: i32): v128 {
  return f32x4.splat(code == NORM ? -Infinity : 0);
}

/** The greatest. */
export function highest(code: i32): v128 {
  return f32x4.splat(code == NORM + 2 ? 6 : Infinity);
}

/**
 * For every four columns four vectors: bias, mean, scale = gamma / √(variance + epsilon), beta. Where there is no bias
 * it is −0, which changes no sum.
 */
export function normTable(
  bias: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  epsilon: f32,
  table: usize,
  channels: i32,
): void {
  for (let c = 0; c < channels; c += 4) {
    const at = <usize> c << 2;
    const four = table + (at << 2);
    const deviation = f32x4.sqrt(f32x4.add(v128.load(variance + at), f32x4.splat(epsilon)));
    v128.store(four, bias ? v128.load(bias + at) : f32x4.splat(-0.0));
    v128.store(four, v128.load(mean + at), 16);
    v128.store(four, f32x4.div(v128.load(gamma + at), deviation), 32);
    v128.store(four, v128.load(beta + at), 48);
  }
}
