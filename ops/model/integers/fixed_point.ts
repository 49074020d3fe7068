/**
 * TensorFlow Lite's rescaling by integers alone: a real multiplier as 31 bits and a shift
 * (`QuantizeMultiplier`, `MultiplyByQuantizedMultiplier` of `kernels/internal`; gemmlowp's `fixedpoint.h`).
 */

const TWO_31 = 2147483648;

/** multiplier ≈ real · 2³¹ / 2^shift, in [2³⁰, 2³¹); both 0 for what no shift of 31 bits reaches. */
interface Multiplier {
  readonly multiplier: number;
  readonly shift: number;
}

/** A positive real as a multiplier and a shift. */
export function quantizeMultiplier(real: number): Multiplier {
  let [fraction, shift] = [real, 0];
  for (; fraction >= 1; shift++) fraction /= 2;
  for (; fraction < 0.5 && fraction > 0; shift--) fraction *= 2;
  let multiplier = Math.round(fraction * TWO_31);
  if (multiplier === TWO_31) {
    multiplier /= 2;
    shift++;
  }
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}

/**
 * ⌊a · b / 2³¹ + ½⌋, saturated: the rounding doubling high product of two 32-bit integers. The product has 62 bits,
 * so it is taken in two halves that doubles hold exactly.
 */
export function doublingHighProduct(a: number, b: number): number {
  if (a === -TWO_31 && b === -TWO_31) return TWO_31 - 1;
  const high = Math.floor(a / 65536);
  const low = (a - high * 65536) * b + TWO_31 / 2;
  return Math.floor((high * b + Math.floor(low / 65536)) / 32768);
}

/** x / 2^exponent to the nearest integer, half-way away from zero. */
export function divideByPowerOfTwo(x: number, exponent: number): number {
  const divisor = powerOfTwo(exponent);
  const magnitude = Math.floor((Math.abs(x) + divisor / 2) / divisor);
  return x < 0 ? -magnitude : magnitude;
}

/** x · real, rounded as TensorFlow Lite does. */
export function multiplyByMultiplier(x: number, { multiplier, shift }: Multiplier): number {
  const left = shift > 0 ? powerOfTwo(shift) : 1;
  return divideByPowerOfTwo(doublingHighProduct(x * left, multiplier), Math.max(0, -shift));
}

/** 2^exponent for 0 … 31. */
function powerOfTwo(exponent: number): number {
  return exponent === 31 ? TWO_31 : 1 << exponent;
}
