/** tfjs's operations on complex numbers that are not mere movement: magnitudes and Fourier transforms. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import { fourier } from "../fourier.ts";
import type { Machine } from "../machine.ts";
import type { Override, Overrides } from "../overrides.ts";
import { view } from "./view.ts";

/** See the file's header. */
export const complexOverrides = (machine: Machine): Overrides => {
  const { tf, outputInfo } = machine;

  const transform = (inverse: boolean): Override => ({ inputs, backend }) => {
    const x: TensorInfo = inputs.input;
    const [xr, xi] = parts(x, backend).map((part) => view(machine, part)) as [View, View];
    const n = x.shape.at(-1) ?? 1;
    const real = outputInfo(x.shape);
    const imag = outputInfo(x.shape);
    const [re, im] = [view(machine, real), view(machine, imag)];
    for (let at = 0; at < re.length; at += n) {
      const line = (from: View) => Float64Array.from(from.subarray(at, at + n));
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
      const [re, im] = parts(x, backend).map((part) => view(machine, part)) as [View, View];
      const to = view(machine, y);
      for (let i = 0; i < to.length; i++) to[i] = length(re[i]!, im[i]!);
      return y;
    },
  };
};

type View = ReturnType<typeof view>;

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
