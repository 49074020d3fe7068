/**
 * Transcendental functions of one double, made of what IEEE 754 fixes (+ − × ÷ √, floor, bit casts): the same bits on
 * every machine, which `Math.exp` and its kin do not promise. The errors stated are bounds the tests hold them to.
 * Unevaluated sums `high + low` of two doubles (Dekker 1971) carry the bits that a quotient or a product rounds away.
 */

const LN2_HIGH = 0.693147180369123816490; // 33 bits: k × LN2_HIGH is exact for every exponent k
const LN2_LOW = 1.90821492927058770002e-10;
const LOG2_E = 1.4426950408889634;
const SQRT_2 = 1.4142135623730951;
const PI_HIGH = 3.141592653589793;
const PI_LOW = 1.2246467991473532e-16;
const THIRD_HIGH = 0.3333333333333333;
const THIRD_LOW = 1.850371707708594e-17;

const cell = new DataView(new Float64Array(1).buffer);

/** The second half of what `product`, `sum` and `logarithm` return first. */
let low: number;

/** eˣ, within 1 ulp (2⁻¹⁰⁷⁴ where the result is subnormal). */
export function exp(x: number): number {
  return exponential(x, 0);
}

/** Natural logarithm, within 1 ulp. −∞ at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  return x === Infinity ? x : logarithm(x);
}

/** base to the power of exponent, base ≥ 0, within 1 ulp. NaN for a negative base. */
export function pow(base: number, exponent: number): number {
  if (exponent === 0 || base === 1) return 1;
  if (!(base >= 0) || Number.isNaN(exponent)) return NaN;
  if (base === 0 || base === Infinity) return (base === 0) === (exponent < 0) ? Infinity : 0;
  const logHigh = logarithm(base);
  const logLow = low;
  const high = product(exponent, logHigh);
  return exponential(high, low + exponent * logLow);
}

/** cos πx, within 1 ulp; exact at multiples of ½. */
export function cosPi(x: number): number {
  return circular(x, 1);
}

/** sin πx, within 1 ulp; exact at multiples of ½. */
export function sinPi(x: number): number {
  return circular(x, 0);
}

/** The error function 2/√π ∫₀ˣ e^(−t²) dt, within 10 ulp. */
export function erf(x: number): number {
  const size = Math.abs(x);
  const square = product(size, size);
  const gauss = exponential(-square, -low) * 1.1283791670955126; // 2/√π
  if (size < 2) {
    // Abramowitz & Stegun 7.1.6, whose terms are all positive: e^(−x²) 2/√π Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)).
    let term = x;
    let total = x;
    for (let n = 1; n < 48; n++) {
      term = term * (2 * square) / (2 * n + 1);
      total += term;
    }
    return gauss * total;
  }
  // The continued fraction of erfc (A & S 7.1.14); what it lacks in accuracy, its smallness beside 1 covers.
  let tail = size;
  for (let n = 40; n >= 1; n--) tail = size + 0.5 * n / tail;
  const magnitude = 1 - 0.5 * gauss / tail;
  return Math.sign(x) * magnitude;
}

/** e^(x + tail), for a tail below an ulp of x. */
function exponential(x: number, tail: number): number {
  if (!(x < 710)) return Number.isNaN(x) ? x : Infinity;
  if (x < -746) return 0;
  const k = Math.floor(x * LOG2_E + 0.5);
  const exact = x - k * LN2_HIGH;
  const high = sum(exact, -k * LN2_LOW);
  const rest = low + tail;
  let series = 1 / 6227020800; // 1/13!
  for (let n = 12, factorial = 479001600; n >= 2; factorial /= n, n--) {
    series = 1 / factorial + high * series;
  }
  const bend = high * high * series;
  const one = sum(1, high);
  const value = one + (low + (bend + rest * (one + bend)));
  // Two steps, since 2ᵏ itself may overflow or be subnormal where the result is neither.
  const half = Math.floor(k / 2);
  return value * powerOfTwo(half) * powerOfTwo(k - half);
}

/** ln x for a positive finite x as high + low, to about 2⁻⁶⁴. */
function logarithm(x: number): number {
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2⁵⁴
    k = -54;
  }
  cell.setFloat64(0, x);
  const head = cell.getUint32(0);
  k += (head >>> 20) - 1023;
  cell.setUint32(0, (head & 0xfffff) | 0x3ff00000);
  let m = cell.getFloat64(0);
  if (m > SQRT_2) {
    m /= 2;
    k++;
  }
  // ln m = 2 artanh f = 2f (1 + f²/3 + f⁴/5 + …), f = (m − 1) / (m + 1), |f| < 0.172.
  const above = m - 1;
  const below = sum(m, 1);
  const belowLow = low;
  const f = above / below;
  const back = product(f, below);
  const fLow = (above - back - low - f * belowLow) / below;
  const square = product(f, f);
  const squareLow = low + 2 * f * fLow;
  let series = 0;
  for (let odd = 29; odd >= 5; odd -= 2) series = 1 / odd + square * series;
  const third = product(square, THIRD_HIGH);
  const thirdLow = low + square * THIRD_LOW + squareLow * THIRD_HIGH + square * square * series;
  const scaled = product(2 * f, third);
  const scaledLow = low + 2 * (f * thirdLow + fLow * third);
  const part = sum(2 * f, scaled);
  const partLow = low + (2 * fLow + scaledLow);
  const whole = sum(k * LN2_HIGH, part);
  return sum(whole, low + (partLow + k * LN2_LOW));
}

/** sin(π (x + shift/2)): the nearest multiple of ½ taken off exactly, then a series on |r| ≤ ¼. */
function circular(x: number, shift: number): number {
  const quarter = Math.floor(2 * x + 0.5);
  const r = x - quarter / 2;
  const angle = product(r, PI_HIGH);
  const angleLow = low + r * PI_LOW;
  const square = angle * angle;
  const quadrant = (quarter % 4 + shift) & 3;
  const cosine = (quadrant & 1) === 1;
  // Taylor from the smallest term up; |angle| ≤ π/4.
  let series = 0;
  for (let n = cosine ? 18 : 19; n > 2; n -= 2) {
    series = (1 - square * series) / (n * (n - 1));
  }
  let value;
  if (cosine) {
    product(angle, angle);
    const half = 0.5 * square;
    const head = 1 - half;
    const small = square * square * 0.5 * series - angle * angleLow - 0.5 * low;
    value = head + (1 - head - half + small);
  } else {
    value = angle + (angleLow * (1 - 0.5 * square) - angle * square * series);
  }
  return quadrant > 1 ? 0 - value : value;
}

/** a + b as high + low (Knuth). */
function sum(a: number, b: number): number {
  const high = a + b;
  const part = high - a;
  low = (a - (high - part)) + (b - part);
  return high;
}

/** a × b as high + low (Dekker, with Veltkamp's split). */
function product(a: number, b: number): number {
  const high = a * b;
  const aHead = split(a);
  const bHead = split(b);
  const aTail = a - aHead;
  const bTail = b - bHead;
  low = ((aHead * bHead - high) + aHead * bTail + aTail * bHead) + aTail * bTail;
  return high;
}

function split(a: number): number {
  const wide = a * 134217729; // 2²⁷ + 1
  return wide - (wide - a);
}

/** 2ᵏ for −1022 ≤ k ≤ 1023. */
function powerOfTwo(k: number): number {
  cell.setUint32(0, (k + 1023) << 20);
  cell.setUint32(4, 0);
  return cell.getFloat64(0);
}
