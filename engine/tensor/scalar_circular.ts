/**
 * Circular functions of one double in radians, and their inverses: see scalar_math.ts. Multiples of π/2 are taken off
 * in three parts (Cody & Waite 1980) without loss up to |x| = 10⁹; beyond, the absolute error grows as 2⁻⁵³ |x|.
 */
import { cosPi, sinPi } from "./scalar_math.ts";

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
    const rest = size === Infinity ? 0 : atan(1 / size);
    return x < 0 ? rest - PI / 2 : PI / 2 - rest;
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
  return x === 0 ? x : atan2(x, Math.sqrt((1 - x) * (1 + x)));
}

/** Arc cosine; NaN outside [−1, 1]. */
export function acos(x: number): number {
  return atan2(Math.sqrt((1 - x) * (1 + x)), x);
}
