/**
 * TensorFlow Lite's rescaling by integers alone: a real multiplier as 31 bits and a shift (`QuantizeMultiplier` of
 * `kernels/internal`). What is multiplied by it: the end `fixed` of an integer layer.
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
