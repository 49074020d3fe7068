/**
 * The rarer functions of one double, on those of scalar_math.ts: circular ones in radians and their inverses,
 * exponentials and logarithms near 0, hyperbolic ones and their inverses. Multiples of π/2 are taken off
 * in three parts (Cody & Waite 1980) without loss up to |x| = 10⁹; beyond, the absolute error grows as 2⁻⁵³ |x|.
 */
import { cosPi, exp, log, sinPi } from "./scalar_math.ts";

const PI = 3.141592653589793;
/** π/2 as a sum whose first two parts have 33 bits, so that their products with a count of quarters are exact. */
const QUARTER = [1.57079632673412561417, 6.07710050630396597660e-11, 2.02226624879595063154e-21];

/** Sine. */
export function sin(x: number): number {
  return x === 0 ? x : turned(x, 0);
}

/** Cosine. */
export function cos(x: number): number {
  return turned(x, 1);
}

/** Tangent. */
export function tan(x: number): number {
  return x === 0 ? x : turned(x, 0) / turned(x, 1);
}

/** sin(x + quarters · π/2). */
function turned(x: number, quarters: number): number {
  const n = Math.floor(x / (PI / 2) + 0.5);
  // The count in two parts as well, the larger first: every product is exact.
  const low = n % 1048576;
  let rest = x;
  for (const part of QUARTER) rest = rest - (n - low) * part - low * part;
  const half = rest / PI;
  switch ((n + quarters) & 3) {
    case 0:
      return sinPi(half);
    case 1:
      return cosPi(half);
    case 2:
      return -sinPi(half);
    default:
      return -cosPi(half);
  }
}

/** Arc tangent, in (−π/2, π/2). */
export function atan(x: number): number {
  const size = Math.abs(x);
  if (size > 1) {
    return Math.sign(x) * (PI / 2 - atan(1 / size));
  }
  // Two halvings, atan x = 2 atan(x / (1 + √(1 + x²))), leave |t| < 0.2 for Gregory's series.
  let t = x;
  for (let halving = 0; halving < 2; halving++) t /= 1 + Math.sqrt(1 + t * t);
  const square = t * t;
  let series = 0;
  for (let odd = 25; odd >= 1; odd -= 2) series = 1 / odd - square * series;
  return 4 * t * series;
}

/** The angle of the point (x, y), in [−π, π]; signed zeros choose the side as IEEE 754 recommends. */
export function atan2(y: number, x: number): number {
  const below = y < 0 || Object.is(y, -0);
  const behind = x < 0 || Object.is(x, -0);
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const [rise, run] = [Math.abs(y), Math.abs(x)];
  let angle = 0;
  if (rise === Infinity) angle = run === Infinity ? PI / 4 : PI / 2;
  else if (rise !== 0) angle = rise > run ? PI / 2 - atan(run / rise) : atan(rise / run);
  if (behind) angle = PI - angle;
  return below ? -angle : angle;
}

/** Arc sine; NaN outside [−1, 1]. */
export function asin(x: number): number {
  return atan2(x, Math.sqrt((1 - x) * (1 + x)));
}

/** Arc cosine; NaN outside [−1, 1]. */
export function acos(x: number): number {
  return atan2(Math.sqrt((1 - x) * (1 + x)), x);
}

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
  return log(sum) * (x / (sum - 1));
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
  return Math.sign(x) * value;
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
  const value = log1p(2 * size / (1 - size)) / 2;
  return Math.sign(x) * value;
}
