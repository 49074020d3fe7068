/** tfjs's operations on each element, in float32 on our kernels; other types go to tfjs's own where that is exact. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import { sizeOf } from "../../shape.ts";
import { BLOCK } from "../layers/elementwise.ts";
import type { Machine, Override, Overrides } from "../machine.ts";
import { broadcast } from "./broadcast.ts";
import { view } from "./view.ts";

/** Codes of the kernel `unary`. */
const UNARY = {
  Neg: 0,
  Abs: 1,
  Square: 2,
  Sqrt: 3,
  Rsqrt: 4,
  Reciprocal: 5,
  Floor: 6,
  Ceil: 7,
  Round: 8,
  Exp: 9,
  Expm1: 10,
  Log: 11,
  Erf: 12,
  Sigmoid: 13,
  Tanh: 14,
  Log1p: 15,
  Softplus: 16,
  Relu: 17,
  Relu6: 18,
  Elu: 19,
} as const;

/** What the stock kernels would compute with functions that IEEE 754 does not fix. */
const TRANSCENDENTAL: ReadonlySet<string> = new Set(
  ["Exp", "Expm1", "Log", "Erf", "Sigmoid", "Tanh", "Log1p", "Softplus", "Elu"],
);

/** Codes of the kernels `binary` and `binaryRuns`. */
const BINARY = {
  Add: 0,
  Sub: 1,
  Multiply: 2,
  RealDiv: 3,
  Maximum: 4,
  Minimum: 5,
  SquaredDifference: 6,
} as const;

/** See the file's header. */
export const elementwiseOverrides = (machine: Machine): Overrides => {
  const { tf, pointer, outputInfo, launch } = machine;

  const stock = (name: string): Override => {
    const kernel = tf.getKernel(name, "cpu").kernelFunc;
    return (call) => kernel({ ...call, backend: call.backend, attrs: call.attrs });
  };

  const ofOne = ([name, code]: [string, number]) => {
    const other = stock(name);
    const override: Override = (call) => {
      const x: TensorInfo = call.inputs.x;
      if (x.dtype !== "float32" && !TRANSCENDENTAL.has(name)) return other(call);
      const y = outputInfo(x.shape);
      const n = sizeOf(x.shape);
      // Integers become floats in place of the result.
      if (x.dtype !== "float32") view(machine, y).set(view(machine, x));
      const from = x.dtype === "float32" ? pointer(x) : pointer(y);
      launch("unary", Math.ceil(n / BLOCK), code, from, pointer(y), n);
      return y;
    };
    return [name, override];
  };

  const ofTwo = ([name, code]: [string, number]) => {
    const other = stock(name);
    const override: Override = (call) => {
      const { a, b }: { a: TensorInfo; b: TensorInfo } = call.inputs;
      if (a.dtype !== "float32" || b.dtype !== "float32") return other(call);
      const { shape, loops } = broadcast(a.shape, b.shape);
      if (loops.length > 4) return other(call);
      const y = outputInfo(shape);
      const n = sizeOf(shape);
      const operands = [code, pointer(a), pointer(b), pointer(y)];
      const [inner = { n, a: 1, b: 1 }, x2 = NONE, x1 = NONE, x0 = NONE] = loops;
      if (loops.length < 2) {
        launch("binary", Math.ceil(n / BLOCK), ...operands, n, inner.a, inner.b);
      } else if (n > 0) {
        launch(
          "binaryRuns",
          n / inner.n,
          ...[...operands, inner.n, inner.a, inner.b, x1.n, x2.n],
          ...[x0.a, x1.a, x2.a, x0.b, x1.b, x2.b],
        );
      }
      return y;
    };
    return [name, override];
  };

  return Object.fromEntries([
    ...Object.entries(UNARY).map(ofOne),
    ...Object.entries(BINARY).map(ofTwo),
  ]);
};

const NONE = { n: 1, a: 0, b: 0 };
