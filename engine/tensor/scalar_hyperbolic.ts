/** Exponentials and logarithms near 0, and the hyperbolic functions, of one double: see scalar_math.ts. */
import { exp, log } from "./scalar_math.ts";

/** eˣ − 1, within 8 ulp (Kahan: the rounding of eˣ cancels in (eˣ − 1) · x / ln eˣ). */
export function expm1(x: number): number {
  const power = exp(x);
  if (power === 1) return x;
  const less = power - 1;
  return less === -1 || less === Infinity ? less : less * (x / log(power));
}

/** ln(1 + x), within 8 ulp, by the same device. */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1 || sum === Infinity) return x;
  return sum === 0 ? -Infinity : log(sum) * (x / (sum - 1));
}

/** Hyperbolic sine. */
export function sinh(x: number): number {
  const less = expm1(Math.abs(x));
  // Half of e^|x| first, where e^|x| itself would overflow.
  const size = less === Infinity ? huge(Math.abs(x)) : (less + less / (less + 1)) / 2;
  return x < 0 ? -size : size;
}

/** Hyperbolic cosine. */
export function cosh(x: number): number {
  const power = exp(Math.abs(x));
  return power === Infinity ? huge(Math.abs(x)) : (power + 1 / power) / 2;
}

function huge(x: number): number {
  const root = exp(x / 2);
  return root / 2 * root;
}

/** Inverse hyperbolic sine. */
export function asinh(x: number): number {
  const size = Math.abs(x);
  if (size === 0 || size === Infinity) return x;
  const square = size * size;
  const value = size > 1e9
    ? log(size) + 0.6931471805599453
    : log1p(size + square / (1 + Math.sqrt(1 + square)));
  return x < 0 ? -value : value;
}

/** Inverse hyperbolic cosine; NaN below 1. */
export function acosh(x: number): number {
  if (x > 1e9) return log(x) + 0.6931471805599453;
  const above = x - 1;
  return log1p(above + Math.sqrt(above * (above + 2)));
}

/** Inverse hyperbolic tangent; NaN outside [−1, 1]. */
export function atanh(x: number): number {
  const size = Math.abs(x);
  if (size < 1e-9) return x;
  const value = size === 1 ? Infinity : log1p(2 * size / (1 - size)) / 2;
  return x < 0 ? -value : value;
}
