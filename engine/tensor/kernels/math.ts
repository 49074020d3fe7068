/**
 * Transcendental functions of four floats at once. Ranges are reduced with fused multiply-adds, the
 * rest is a minimax polynomial or quotient fitted for this file; the errors stated, in units in the last place, are
 * what the tests measure against exact values. NaN stays NaN: `pmax(x, c)` and `pmin(x, c)` hand it on, in one
 * instruction where `max` and `min` take seven.
 *
 * Constants are addresses: engines build a vector literal anew from general registers at every use, which costs more
 * than the arithmetic; a broadcasting load costs nothing beside it.
 */

const ONE = memory.data<f32>([1]);
const TWO = memory.data<f32>([2]);
const FOUR = memory.data<f32>([4]);
const SIX = memory.data<f32>([6]);
const INFINITY = memory.data<f32>([Infinity]);
const LOG2_E = memory.data<f32>([1.44269504]);
/** ln 2 as the nearest float and what is missing to it; n·HIGH needs no short constant, being fused. */
const LN2_HIGH = memory.data<f32>([0.693147182]);
const LN2_LOW = memory.data<f32>([-1.90465421e-9]);
/** 1.5 · 2²³: added to a small number it leaves the nearest integer in the lowest bits. */
const ROUNDER = memory.data<f32>([12582912]);
const SIGN = memory.data<u32>([0x80000000]);
/** Slope of leaky-relu below 0. */
const LEAK = memory.data<f32>([0.2]);

/** The number at an address in all lanes. */
@inline
function all(at: usize): v128 {
  return v128.load32_splat(at);
}

/** Horner's rule, highest coefficient first. */
@inline
function polynomial5(c: usize, x: v128): v128 {
  let q = f32x4.relaxed_madd(all(c), x, all(c + 4));
  q = f32x4.relaxed_madd(q, x, all(c + 8));
  q = f32x4.relaxed_madd(q, x, all(c + 12));
  return f32x4.relaxed_madd(q, x, all(c + 16));
}

@inline
function polynomial7(c: usize, x: v128): v128 {
  const q = f32x4.relaxed_madd(polynomial5(c, x), x, all(c + 20));
  return f32x4.relaxed_madd(q, x, all(c + 24));
}

/** (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2, to 2⁻²⁸ of eʳ. */
const EXP = memory.data<f32>([0.0013814608, 0.008368711, 0.04166839, 0.16666521, 0.49999994]);
const EXP_RANGE = memory.data<f32>([-104, 89]);

/** x · log₂ e to the nearest integer, in the lowest bits beside those of ROUNDER. */
@inline
function rounded4(x: v128): v128 {
  return f32x4.relaxed_madd(x, all(LOG2_E), all(ROUNDER));
}

/** eʳ − 1 for what is left of x when that integer's ln 2 is taken off. */
@inline
function rest4(x: v128, rounded: v128): v128 {
  const n = f32x4.sub(rounded, all(ROUNDER));
  let r = f32x4.relaxed_nmadd(n, all(LN2_HIGH), x);
  r = f32x4.relaxed_nmadd(n, all(LN2_LOW), r);
  return f32x4.relaxed_madd(f32x4.mul(r, r), polynomial5(EXP, r), r);
}

/** value · 2ᵏ, −127 < k < 128. */
@inline
function powerOfTwo4(k: v128): v128 {
  return i32x4.add(i32x4.shl(k, 23), all(ONE));
}

/** eˣ within 1 ulp, subnormal results included. */
@inline
export function exp4(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, all(EXP_RANGE)), all(EXP_RANGE + 4));
  const rounded = rounded4(x);
  const value = f32x4.add(rest4(x, rounded), all(ONE));
  // Two factors, since 2ⁿ itself may overflow or be subnormal where the result is neither.
  const k = i32x4.sub(rounded, all(ROUNDER));
  const half = i32x4.shr_s(k, 1);
  return f32x4.mul(f32x4.mul(value, powerOfTwo4(half)), powerOfTwo4(i32x4.sub(k, half)));
}

/** eˣ within 1 ulp for x ≤ 0; 0 below −87, where it would be subnormal or nearly so. */
@inline
export function expNegative4(x: v128): v128 {
  const kept = f32x4.pmax(x, all(NEGATIVE_RANGE));
  const rounded = rounded4(kept);
  const value = f32x4.add(rest4(kept, rounded), all(ONE));
  const scaled = f32x4.mul(value, powerOfTwo4(i32x4.sub(rounded, all(ROUNDER))));
  return v128.andnot(scaled, f32x4.lt(x, all(NEGATIVE_RANGE)));
}
const NEGATIVE_RANGE = memory.data<f32>([-87]);

/** 2⁶⁴ and 2⁻⁶⁴. */
const RAISED = memory.data<f32>([1.8446744073709552e19]);
const LOWERED = memory.data<f32>([5.421010862427522e-20]);

/** The bits of `exp4` for x ≤ 0: 2ⁿ⁺⁶⁴ is never subnormal, so that the last factor alone rounds. */
@inline
function expFalling4(x: v128): v128 {
  x = f32x4.pmax(x, all(EXP_RANGE));
  const rounded = rounded4(x);
  const value = f32x4.add(rest4(x, rounded), all(ONE));
  // ROUNDER's bits are shifted out.
  const scale = i32x4.add(i32x4.shl(rounded, 23), all(RAISED));
  return f32x4.mul(f32x4.mul(value, scale), all(LOWERED));
}

/** The bits of `exp4` for 0 ≤ x ≤ 88; beyond, something at least as large as 2¹²⁷, perhaps ∞. */
@inline
function expRising4(x: v128): v128 {
  x = f32x4.pmin(x, all(EXP_RANGE + 4));
  const rounded = rounded4(x);
  const value = f32x4.add(rest4(x, rounded), all(ONE));
  return f32x4.mul(value, i32x4.add(i32x4.shl(rounded, 23), all(ONE)));
}

const EXPM1_RANGE = memory.data<f32>([-40, 80]);

/** eˣ − 1 within 2 ulp: 2ⁿ (eʳ − 1) + (2ⁿ − 1). */
@inline
export function expm14(x: v128): v128 {
  const kept = f32x4.pmin(f32x4.pmax(x, all(EXPM1_RANGE)), all(EXPM1_RANGE + 4));
  const rounded = rounded4(kept);
  const scale = powerOfTwo4(i32x4.sub(rounded, all(ROUNDER)));
  const less = f32x4.sub(scale, all(ONE));
  const value = f32x4.relaxed_madd(scale, rest4(kept, rounded), less);
  return v128.bitselect(exp4(x), value, f32x4.gt(x, all(EXPM1_RANGE + 4)));
}

/** ln(1 + f) = f − s (f − w L(w)) with s = f / (2 + f), w = s². */
const LOG = memory.data<f32>([0.23582155, 0.2853731, 0.40000334, 0.6666666]);
const SMALLEST_NORMAL = memory.data<f32>([1.17549435e-38]);
const TWO_23 = memory.data<f32>([8388608]);
const ROOT_HALF = memory.data<f32>([0.70710678]);
const NOT_A_NUMBER = memory.data<f32>([NaN]);

/** Natural logarithm within 1 ulp; −∞ at 0, NaN below. */
@inline
export function log4(x: v128): v128 {
  const tiny = f32x4.lt(x, all(SMALLEST_NORMAL));
  const scaled = v128.bitselect(f32x4.mul(x, all(TWO_23)), x, tiny);
  // x = m 2ᵏ with √½ ≤ m < √2: the bits of √½ are taken off, what is left of the exponent field is k.
  const k = i32x4.shr_s(i32x4.sub(scaled, all(ROOT_HALF)), 23);
  const m = i32x4.sub(scaled, i32x4.shl(k, 23));
  const exponent = f32x4.convert_i32x4_s(i32x4.sub(k, v128.and(tiny, i32x4.splat(23))));
  const f = f32x4.sub(m, all(ONE));
  const s = f32x4.div(f, f32x4.add(f, all(TWO)));
  const w = f32x4.mul(s, s);
  let l = f32x4.relaxed_madd(all(LOG), w, all(LOG + 4));
  l = f32x4.relaxed_madd(l, w, all(LOG + 8));
  l = f32x4.relaxed_madd(l, w, all(LOG + 12));
  const bent = f32x4.mul(s, f32x4.relaxed_nmadd(w, l, f));
  const low = f32x4.relaxed_madd(exponent, all(LN2_LOW), f32x4.sub(f, bent));
  const value = f32x4.relaxed_madd(exponent, all(LN2_HIGH), low);
  const zero = f32x4.splat(0);
  const regular = v128.and(f32x4.gt(x, zero), f32x4.lt(x, all(INFINITY)));
  const beyond = v128.bitselect(x, all(NOT_A_NUMBER), f32x4.ge(x, all(INFINITY)));
  const special = v128.bitselect(f32x4.neg(all(INFINITY)), beyond, f32x4.eq(x, zero));
  return v128.bitselect(value, special, regular);
}

/** ln(1 + x) within 2 ulp: what the sum 1 + x rounds away is put back. */
export function log1p4(x: v128): v128 {
  const u = f32x4.add(x, all(ONE));
  const lost = f32x4.sub(x, f32x4.sub(u, all(ONE)));
  const whole = log4(u);
  const value = f32x4.add(whole, f32x4.div(lost, u));
  // At ±∞ and −1 the logarithm stands alone; where u is 1, x is the answer.
  const plain = v128.or(f32x4.eq(u, all(INFINITY)), f32x4.le(u, f32x4.splat(0)));
  return v128.bitselect(whole, v128.bitselect(x, value, f32x4.eq(u, all(ONE))), plain);
}

/** ln(1 + eˣ) within 3 ulp. */
export function softplus4(x: v128): v128 {
  const small = log1p4(exp4(f32x4.neg(f32x4.abs(x))));
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), small);
}

/** (tanh x / x − 1) / x² for |x| < 0.625, in x². */
const TANH_NEAR = memory.data<f32>([
  -0.005717037, 0.020650579, -0.053743497, 0.13331491, -0.33333284
]);
const TANH_LIMIT = memory.data<f32>([0.625]);

/** Hyperbolic tangent within 2 ulp. */
@inline
export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const w = f32x4.mul(x, x);
  const near = f32x4.relaxed_madd(f32x4.mul(polynomial5(TANH_NEAR, w), w), x, x);
  const grown = f32x4.add(expRising4(f32x4.add(size, size)), all(ONE));
  const far = f32x4.sub(all(ONE), f32x4.div(all(TWO), grown));
  const signed = v128.bitselect(x, far, all(SIGN));
  return v128.bitselect(near, signed, f32x4.lt(size, all(TANH_LIMIT)));
}

/** 1 / (1 + e⁻ˣ) within 3 ulp. */
@inline
export function sigmoid4(x: v128): v128 {
  const e = expFalling4(f32x4.neg(f32x4.abs(x)));
  const upper = f32x4.div(all(ONE), f32x4.add(e, all(ONE)));
  return v128.bitselect(f32x4.mul(e, upper), upper, f32x4.lt(x, f32x4.splat(0)));
}

/** erf x / x − 1 in x² for |x| < 1, and −ln erfc(t) / t − 1 in t on [1, 4]; beyond, erf is 1. */
const ERF_NEAR = memory.data<f32>([
  7.889119e-05, -0.0008020841, 0.005189535, -0.026854444, 0.112836, -0.37612626, 0.12837917
]);
const ERF_FAR = memory.data<f32>([
  1.3962444e-05, -0.00035059205, 0.0037574768, -0.02401007, 0.10653087, 0.63496953, 0.12869434
]);

/** The error function within 2 ulp. */
@inline
export function erf4(x: v128): v128 {
  const size = f32x4.abs(x);
  const near = f32x4.relaxed_madd(polynomial7(ERF_NEAR, f32x4.mul(x, x)), x, x);
  const t = f32x4.pmin(size, all(FOUR));
  const g = f32x4.relaxed_madd(polynomial7(ERF_FAR, t), t, t);
  const far = f32x4.sub(all(ONE), exp4(f32x4.neg(g)));
  const signed = v128.bitselect(x, far, all(SIGN));
  return v128.bitselect(near, signed, f32x4.lt(size, all(ONE)));
}

/** Φ(−a) e^(a²/2) / t in t = 1 / (1 + 0.33 a): Mills' ratio, for a from 0 to 9. */
const MILLS = memory.data<f32>([
  0.043689359, -0.21166457, 0.3135154, -0.070675611, 0.170119, 0.1228306, 0.13218585
]);
const MILLS_SLOPE = memory.data<f32>([0.33]);
const MINUS_HALF = memory.data<f32>([-0.5]);
const DENSITY = memory.data<f32>([0.39894228]);

/** e^(−x²/2), which the normal density and distribution share. */
@inline
function bell4(x: v128): v128 {
  return expNegative4(f32x4.mul(f32x4.mul(x, x), all(MINUS_HALF)));
}

/** The normal distribution function Φ(x), to 2⁻²²; `bell` is `bell4(x)`. */
@inline
function normal4(x: v128, bell: v128): v128 {
  const one = all(ONE);
  const t = f32x4.div(one, f32x4.relaxed_madd(f32x4.abs(x), all(MILLS_SLOPE), one));
  const lower = f32x4.mul(f32x4.mul(polynomial7(MILLS, t), t), bell);
  return v128.bitselect(lower, f32x4.sub(one, lower), f32x4.lt(x, f32x4.splat(0)));
}

/** x Φ(x) (Hendrycks & Gimpel 2016), within 2⁻²² |x|. */
@inline
export function gelu4(x: v128): v128 {
  return f32x4.mul(x, normal4(x, bell4(x)));
}

/** Φ(x) + x φ(x) */
@inline
export function geluSlope4(x: v128): v128 {
  const bell = bell4(x);
  return f32x4.relaxed_madd(x, f32x4.mul(bell, all(DENSITY)), normal4(x, bell));
}

/** x, or eˣ − 1 below 0. */
@inline
export function elu4(x: v128): v128 {
  return v128.bitselect(expm14(x), x, f32x4.lt(x, f32x4.splat(0)));
}

/** x, or 0.2 x below 0. */
@inline
export function leakyRelu4(x: v128): v128 {
  return v128.bitselect(f32x4.mul(x, all(LEAK)), x, f32x4.lt(x, f32x4.splat(0)));
}
