/** TensorFlow Lite's rescaling as gemmlowp's `fixedpoint.h` writes it, in big integers. */

/** `SaturatingRoundingDoublingHighMul`. */
export function doublingHighProduct(a: number, b: number): number {
  if (a === -(2 ** 31) && a === b) return 2 ** 31 - 1;
  const ab = BigInt(a) * BigInt(b);
  const nudge = ab >= 0n ? 1n << 30n : 1n - (1n << 30n);
  // C++ division truncates, as that of big integers does.
  return Number((ab + nudge) / (1n << 31n));
}

/** `RoundingDivideByPOT`. */
export function divideByPowerOfTwo(x: number, exponent: number): number {
  const mask = (1n << BigInt(exponent)) - 1n;
  const remainder = BigInt(x) & mask;
  const threshold = (mask >> 1n) + (x < 0 ? 1n : 0n);
  return Number((BigInt(x) >> BigInt(exponent)) + (remainder > threshold ? 1n : 0n));
}

/** `MultiplyByQuantizedMultiplier`, with no limit to what a left shift makes. */
export function multiplyByMultiplier(x: number, multiplier: number, shift: number): number {
  const left = BigInt(x) << BigInt(Math.max(0, shift));
  const product = left * BigInt(multiplier);
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
  const high = (product + nudge) / (1n << 31n);
  return divideByPowerOfTwo(Number(high), Math.max(0, -shift));
}
