/** The discrete Fourier transform of any length, in double precision with our own sines. */
import { cosPi, sinPi } from "./scalar_math.ts";

/** Real and imaginary parts. */
export interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * X[k] = Σ x[j] e^(∓2πi jk / n), the sign minus, or plus where `inverse` (without the division by n). Cooley and
 * Tukey's splitting by the smallest prime factor, so n log n where n has small factors.
 */
export function fourier({ re, im }: Complex, inverse: boolean): Complex {
  const sign = inverse ? 1 : -1;
  return transform(0, 1, re.length);

  /** Of the n values from `start` on, `stride` apart. */
  function transform(start: number, stride: number, n: number): Complex {
    if (n === 1) {
      return { re: re.slice(start, start + 1), im: im.slice(start, start + 1) };
    }
    const factor = smallestFactor(n);
    const m = n / factor;
    const parts = Array.from(
      { length: factor },
      (_, j) => transform(start + j * stride, stride * factor, m),
    );
    const out = { re: new Float64Array(n), im: new Float64Array(n) };
    for (let k = 0; k < n; k++) {
      for (const [j, part] of parts.entries()) {
        const turn = sign * 2 * (j * k % n) / n;
        const [cosine, sine] = [cosPi(turn), sinPi(turn)];
        const [x, y] = [part.re[k % m]!, part.im[k % m]!];
        out.re[k] = out.re[k]! + x * cosine - y * sine;
        out.im[k] = out.im[k]! + x * sine + y * cosine;
      }
    }
    return out;
  }
}

function smallestFactor(n: number): number {
  for (let p = 2; p * p <= n; p++) if (n % p === 0) return p;
  return n;
}
