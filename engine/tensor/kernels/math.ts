/**
 * Transcendental functions and activations of four floats at once. Ranges are reduced with fused multiply-adds, the
 * rest is a minimax polynomial or quotient fitted for this file; the errors stated, in units in the last place, are
 * what the tests measure against exact values. NaN stays NaN: `pmax(x, c)` and `pmin(x, c)` hand it on, in one
 * instruction where `max` and `min` take seven.
 */

const LOG2_E: f32 = 1.44269504;
/** ln 2 as the nearest float and what is missing to it; n·HIGH needs no short constant, being fused. */
const LN2_HIGH: f32 = 0.693147182;
const LN2_LOW: f32 = -1.90465421e-9;

/** (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2, to 2⁻²⁸ of eʳ. */
function exponentialTail4(r: v128): v128 {
  let q = f32x4.splat(0.0013814608);
  q = f32x4.relaxed_madd(q, r, f32x4.splat(0.008368711));
  q = f32x4.relaxed_madd(q, r, f32x4.splat(0.04166839));
  q = f32x4.relaxed_madd(q, r, f32x4.splat(0.16666521));
  return f32x4.relaxed_madd(q, r, f32x4.splat(0.49999994));
}

/** 1.5 · 2²³: added to a small number it leaves the nearest integer in the lowest bits. */
const ROUNDER: f32 = 12582912;
const ROUNDER_BITS = 0x4b400000;

/** eˣ within 1 ulp, subnormal results included. */
export function exp4(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-104)), f32x4.splat(89));
  const rounded = f32x4.relaxed_madd(x, f32x4.splat(LOG2_E), f32x4.splat(ROUNDER));
  const n = f32x4.sub(rounded, f32x4.splat(ROUNDER));
  let r = f32x4.relaxed_nmadd(n, f32x4.splat(LN2_HIGH), x);
  r = f32x4.relaxed_nmadd(n, f32x4.splat(LN2_LOW), r);
  const grown = f32x4.relaxed_madd(f32x4.mul(r, r), exponentialTail4(r), r);
  const value = f32x4.add(f32x4.splat(1), grown);
  // Two factors, since 2ⁿ itself may overflow or be subnormal where the result is neither.
  const k = i32x4.sub(rounded, i32x4.splat(ROUNDER_BITS));
  const half = i32x4.shr_s(k, 1);
  return f32x4.mul(f32x4.mul(value, powerOfTwo4(half)), powerOfTwo4(i32x4.sub(k, half)));
}

/** 2ᵏ for −127 < k < 128. */
function powerOfTwo4(k: v128): v128 {
  return i32x4.shl(i32x4.add(k, i32x4.splat(127)), 23);
}

/** eˣ − 1 within 2 ulp: 2ⁿ (eʳ − 1) + (2ⁿ − 1). */
export function expm14(x: v128): v128 {
  const kept = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-40)), f32x4.splat(80));
  const rounded = f32x4.relaxed_madd(kept, f32x4.splat(LOG2_E), f32x4.splat(ROUNDER));
  const n = f32x4.sub(rounded, f32x4.splat(ROUNDER));
  let r = f32x4.relaxed_nmadd(n, f32x4.splat(LN2_HIGH), kept);
  r = f32x4.relaxed_nmadd(n, f32x4.splat(LN2_LOW), r);
  const grown = f32x4.relaxed_madd(f32x4.mul(r, r), exponentialTail4(r), r);
  const scale = powerOfTwo4(i32x4.sub(rounded, i32x4.splat(ROUNDER_BITS)));
  const value = f32x4.relaxed_madd(scale, grown, f32x4.sub(scale, f32x4.splat(1)));
  return v128.bitselect(exp4(x), value, f32x4.gt(x, f32x4.splat(80)));
}

/** Natural logarithm within 1 ulp; −∞ at 0, NaN below. */
export function log4(x: v128): v128 {
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  // x = m 2ᵏ with √½ ≤ m < √2: the bits of √½ are taken off, what is left of the exponent field is k.
  const k = i32x4.shr_s(i32x4.sub(scaled, i32x4.splat(0x3f3504f3)), 23);
  const m = i32x4.sub(scaled, i32x4.shl(k, 23));
  const exponent = f32x4.convert_i32x4_s(
    i32x4.sub(k, v128.and(tiny, i32x4.splat(23))),
  );
  const f = f32x4.sub(m, f32x4.splat(1));
  const s = f32x4.div(f, f32x4.add(f, f32x4.splat(2)));
  const w = f32x4.mul(s, s);
  // ln(1 + f) = 2 artanh s = f − s (f − w L(w)).
  let l = f32x4.splat(0.23582155);
  l = f32x4.relaxed_madd(l, w, f32x4.splat(0.2853731));
  l = f32x4.relaxed_madd(l, w, f32x4.splat(0.40000334));
  l = f32x4.relaxed_madd(l, w, f32x4.splat(0.6666666));
  const bent = f32x4.mul(s, f32x4.relaxed_nmadd(w, l, f));
  const low = f32x4.relaxed_madd(exponent, f32x4.splat(LN2_LOW), f32x4.sub(f, bent));
  const value = f32x4.relaxed_madd(exponent, f32x4.splat(LN2_HIGH), low);
  const infinity = f32x4.splat(Infinity);
  const regular = v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.lt(x, infinity));
  const zero = f32x4.eq(x, f32x4.splat(0));
  const special = v128.bitselect(
    f32x4.splat(-Infinity),
    v128.bitselect(x, f32x4.splat(NaN), f32x4.ge(x, infinity)),
    zero,
  );
  return v128.bitselect(value, special, regular);
}

/** ln(1 + x) within 2 ulp: what the sum 1 + x rounds away is put back. */
export function log1p4(x: v128): v128 {
  const one = f32x4.splat(1);
  const u = f32x4.add(one, x);
  const lost = f32x4.sub(x, f32x4.sub(u, one));
  const value = f32x4.add(log4(u), f32x4.div(lost, u));
  // At ±∞ and −1 the logarithm stands alone; where u is 1, x is the answer.
  const plain = v128.or(f32x4.eq(u, f32x4.splat(Infinity)), f32x4.le(u, f32x4.splat(0)));
  return v128.bitselect(log4(u), v128.bitselect(x, value, f32x4.eq(u, one)), plain);
}

/** ln(1 + eˣ) within 3 ulp. */
export function softplus4(x: v128): v128 {
  const small = log1p4(exp4(f32x4.neg(f32x4.abs(x))));
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), small);
}

/** Hyperbolic tangent within 2 ulp. */
export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const w = f32x4.mul(x, x);
  let p = f32x4.splat(-0.005717037);
  p = f32x4.relaxed_madd(p, w, f32x4.splat(0.020650579));
  p = f32x4.relaxed_madd(p, w, f32x4.splat(-0.053743497));
  p = f32x4.relaxed_madd(p, w, f32x4.splat(0.13331491));
  p = f32x4.relaxed_madd(p, w, f32x4.splat(-0.33333284));
  const near = f32x4.relaxed_madd(f32x4.mul(p, w), x, x);
  const grown = f32x4.add(exp4(f32x4.add(size, size)), f32x4.splat(1));
  const far = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), grown));
  const signed = v128.bitselect(far, x, i32x4.splat(0x7fffffff));
  return v128.bitselect(near, signed, f32x4.lt(size, f32x4.splat(0.625)));
}

/** 1 / (1 + e⁻ˣ) within 3 ulp. */
export function sigmoid4(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const upper = f32x4.div(f32x4.splat(1), f32x4.add(e, f32x4.splat(1)));
  return v128.bitselect(f32x4.mul(e, upper), upper, f32x4.lt(x, f32x4.splat(0)));
}

/** The error function within 2 ulp. */
export function erf4(x: v128): v128 {
  const size = f32x4.abs(x);
  const w = f32x4.mul(x, x);
  let p = f32x4.splat(7.889119e-05);
  p = f32x4.relaxed_madd(p, w, f32x4.splat(-0.0008020841));
  p = f32x4.relaxed_madd(p, w, f32x4.splat(0.005189535));
  p = f32x4.relaxed_madd(p, w, f32x4.splat(-0.026854444));
  p = f32x4.relaxed_madd(p, w, f32x4.splat(0.112836));
  p = f32x4.relaxed_madd(p, w, f32x4.splat(-0.37612626));
  p = f32x4.relaxed_madd(p, w, f32x4.splat(0.12837917));
  const near = f32x4.relaxed_madd(p, x, x);
  // 1 − e^−g with g = −ln erfc fitted on [1, 4]; beyond 4 the result is 1.
  const t = f32x4.pmin(size, f32x4.splat(4));
  let g = f32x4.splat(1.3962444e-05);
  g = f32x4.relaxed_madd(g, t, f32x4.splat(-0.00035059205));
  g = f32x4.relaxed_madd(g, t, f32x4.splat(0.0037574768));
  g = f32x4.relaxed_madd(g, t, f32x4.splat(-0.02401007));
  g = f32x4.relaxed_madd(g, t, f32x4.splat(0.10653087));
  g = f32x4.relaxed_madd(g, t, f32x4.splat(0.63496953));
  g = f32x4.relaxed_madd(g, t, f32x4.splat(0.12869434));
  g = f32x4.relaxed_madd(g, t, t);
  const far = f32x4.sub(f32x4.splat(1), exp4(f32x4.neg(g)));
  const signed = v128.bitselect(far, x, i32x4.splat(0x7fffffff));
  return v128.bitselect(near, signed, f32x4.lt(size, f32x4.splat(1)));
}

/** The normal distribution function ½ (1 + erf(x / √2)), to 2⁻²³. */
export function normal4(x: v128): v128 {
  const half = f32x4.splat(0.5);
  return f32x4.relaxed_madd(half, erf4(f32x4.mul(x, f32x4.splat(0.70710678))), half);
}

/** Codes of the activations; the table in ../activation.ts is the same. */
export const RELU = 1;
export const RELU6 = 2;
export const SIGMOID = 3;
export const TANH = 4;
export const GELU = 5;
export const ELU = 6;
export const LEAKY_RELU = 7;
/** Slope of leaky-relu below 0. */
export const LEAK: f32 = 0.2;

/** The activation of a code; 0 and unknown codes are linear. */
export function activate4(code: i32, z: v128): v128 {
  const zero = f32x4.splat(0);
  switch (code) {
    case RELU:
      return f32x4.pmax(z, zero);
    case RELU6:
      return f32x4.pmin(f32x4.pmax(z, zero), f32x4.splat(6));
    case SIGMOID:
      return sigmoid4(z);
    case TANH:
      return tanh4(z);
    case GELU:
      return f32x4.mul(z, normal4(z));
    case ELU:
      return v128.bitselect(expm14(z), z, f32x4.lt(z, zero));
    case LEAKY_RELU:
      return v128.bitselect(f32x4.mul(z, f32x4.splat(LEAK)), z, f32x4.lt(z, zero));
    default:
      return z;
  }
}

/** The activation's derivative at z; at a kink the derivative from the flat side. */
export function slope4(code: i32, z: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  switch (code) {
    case GELU: {
      const bell = exp4(f32x4.mul(f32x4.mul(z, z), f32x4.splat(-0.5)));
      const density = f32x4.mul(bell, f32x4.splat(0.398942280));
      return f32x4.relaxed_madd(z, density, normal4(z));
    }
    case ELU:
      return v128.bitselect(exp4(z), one, f32x4.lt(z, zero));
    case SIGMOID:
    case TANH:
      return slopeFromOutput4(code, activate4(code, z));
    default:
      return slopeFromOutput4(code, z);
  }
}

/** The derivative where the activation gave y; gelu, which is not monotone, has none. */
export function slopeFromOutput4(code: i32, y: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  switch (code) {
    case RELU:
      return v128.and(f32x4.gt(y, zero), one);
    case RELU6:
      return v128.and(v128.and(f32x4.gt(y, zero), f32x4.lt(y, f32x4.splat(6))), one);
    case SIGMOID:
      return f32x4.mul(y, f32x4.sub(one, y));
    case TANH:
      return f32x4.relaxed_nmadd(y, y, one);
    case ELU:
      return v128.bitselect(f32x4.add(y, one), one, f32x4.lt(y, zero));
    case LEAKY_RELU:
      return v128.bitselect(one, f32x4.splat(LEAK), f32x4.gt(y, zero));
    default:
      return one;
  }
}
