/** tfjs's operations on complex numbers that are not mere movement: magnitudes and Fourier transforms. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import type { Machine, Override, Overrides } from "../machine.ts";
import { cosPi, sinPi } from "../scalar_math.ts";
import { view } from "./view.ts";

/** See the file's header. */
export const complexOverrides = (machine: Machine): Overrides => {
  const { tf, outputInfo } = machine;

  const transform = (inverse: boolean): Override => ({ inputs, backend }) => {
    const x: TensorInfo = inputs.input;
    const [xr, xi] = parts(x, backend).map((part) => view(machine, part)) as [
      TensorView,
      TensorView,
    ];
    const n = x.shape.at(-1) ?? 1;
    const real = outputInfo(x.shape);
    const imag = outputInfo(x.shape);
    const [re, im] = [view(machine, real), view(machine, imag)];
    for (let at = 0; at < re.length; at += n) {
      const line = (from: TensorView) => Float64Array.from(from.subarray(at, at + n));
      const result = fourier({ re: line(xr), im: line(xi) }, inverse);
      const scale = inverse ? n : 1;
      re.set(result.re.map((value) => value / scale), at);
      im.set(result.im.map((value) => value / scale), at);
    }
    const kernel = tf.getKernel("Complex", "cpu").kernelFunc;
    const y = kernel({ inputs: { real, imag }, backend });
    for (const part of [real, imag]) backend.disposeIntermediateTensorInfo(part);
    return y;
  };

  return {
    FFT: transform(false),
    IFFT: transform(true),
    ComplexAbs({ inputs, backend }) {
      const x: TensorInfo = inputs.x;
      const y = outputInfo(x.shape);
      const [re, im] = parts(x, backend).map((part) => view(machine, part)) as [
        TensorView,
        TensorView,
      ];
      view(machine, y).set(re.map((value, i) => length(value, im[i]!)));
      return y;
    },
  };
};

type TensorView = ReturnType<typeof view>;

/** The real and imaginary tensors that a complex one is made of. */
// deno-lint-ignore no-explicit-any -- tfjs keeps them in a field of its backend's data that has no public type
function parts(x: TensorInfo, backend: any): [TensorInfo, TensorInfo] {
  const { real, imag } = backend.data.get(x.dataId).complexTensorInfos;
  return [real, imag];
}

/** √(a² + b²): squares of float32 cannot overflow or vanish in double precision. */
function length(a: number, b: number): number {
  return Math.abs(a) === Infinity || Math.abs(b) === Infinity ? Infinity : Math.sqrt(a * a + b * b);
}

/** Real and imaginary parts. */
interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * The discrete Fourier transform of any length, in double precision with our own sines:
 * X[k] = Σ x[j] e^(∓2πi jk / n), the sign minus, or plus where `inverse` (without the division by n). Cooley and
 * Tukey's splitting by the smallest prime factor, so n log n where n has small factors.
 */
function fourier({ re, im }: Complex, inverse: boolean): Complex {
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
