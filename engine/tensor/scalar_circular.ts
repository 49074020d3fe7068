/**
 * Circular functions of one double in radians, and their inverses: see scalar_math.ts. Arguments are divided by π
 * in double precision, so the absolute error of sin and cos grows as 2⁻⁵¹ |x|.
 */
import { cosPi, sinPi } from "./scalar_math.ts";

const PI = 3.141592653589793;

/** Sine. */
export function sin(x: number): number {
  return x === 0 ? x : sinPi(x / PI);
}

/** Cosine. */
export function cos(x: number): number {
  return cosPi(x / PI);
}

/** Tangent. */
export function tan(x: number): number {
  return x === 0 ? x : sinPi(x / PI) / cosPi(x / PI);
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
