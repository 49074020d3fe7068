/** The discrete Fourier transform of real numbers whose count is a power of two. */
import { cosPi, sinPi } from "../../../engine/tensor/scalar_math.ts";

/**
 * A function that gives the power |X[k]|², k from 0 to size / 2, of X[k] = Σ x[n] e^(−2πi kn / size): the radix-2
 * transform of Cooley and Tukey (1965), decimation in time. What it gives is overwritten by the next call.
 */
export function powerSpectrum(size: number): (values: Float64Array) => Float64Array {
  const order = Uint32Array.from({ length: size }, (_, i) => reversed(i, size));
  const cosines = Float64Array.from({ length: size / 2 }, (_, k) => cosPi(2 * k / size));
  const sines = Float64Array.from({ length: size / 2 }, (_, k) => -sinPi(2 * k / size));
  const [real, imaginary] = [new Float64Array(size), new Float64Array(size)];
  const power = new Float64Array(size / 2 + 1);
  return (values) => {
    for (let i = 0; i < size; i++) real[i] = values[order[i]!]!;
    imaginary.fill(0);
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const [a, b] = [start + k, start + k + half];
          const [cosine, sine] = [cosines[k * stride]!, sines[k * stride]!];
          const re = real[b]! * cosine - imaginary[b]! * sine;
          const im = real[b]! * sine + imaginary[b]! * cosine;
          real[b] = real[a]! - re;
          imaginary[b] = imaginary[a]! - im;
          real[a]! += re;
          imaginary[a]! += im;
        }
      }
    }
    for (let k = 0; k < power.length; k++) {
      power[k] = real[k]! * real[k]! + imaginary[k]! * imaginary[k]!;
    }
    return power;
  };
}

/** The index whose bits are those of another in reverse, below `size`. */
function reversed(index: number, size: number): number {
  let result = 0;
  for (let bit = 1, mirrored = size / 2; bit < size; bit *= 2, mirrored /= 2) {
    if ((index & bit) !== 0) result += mirrored;
  }
  return result;
}
