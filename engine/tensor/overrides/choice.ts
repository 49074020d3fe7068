/** tfjs's comparisons of float32 and what chooses by them; other types and shapes that differ go to tfjs's own. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import { BLOCK } from "../layers/elementwise.ts";
import type { Machine, Override, Overrides } from "../machine.ts";
import { broadcast } from "./broadcast.ts";

/** Codes of the kernel `compare`. */
const COMPARISON = {
  Equal: 0,
  NotEqual: 1,
  Greater: 2,
  GreaterEqual: 3,
  Less: 4,
  LessEqual: 5,
} as const;

/** See the file's header. */
export const choiceOverrides = (machine: Machine): Overrides => {
  const { tf, pointer, outputInfo, launch } = machine;
  const size = (x: TensorInfo) => tf.util.sizeFromShape(x.shape);

  /** `ours` where it gives a result. */
  const tried = (name: string, ours: (call: Parameters<Override>[0]) => TensorInfo | null) => {
    const stock = tf.getKernel(name, "cpu").kernelFunc;
    const override: Override = (call) =>
      ours(call) ?? stock({ inputs: call.inputs, attrs: call.attrs, backend: call.backend });
    return [name, override] as const;
  };

  const comparison = ([name, code]: [string, number]) =>
    tried(name, ({ inputs: { a, b } }) => {
      if (a.dtype !== "float32" || b.dtype !== "float32") return null;
      const { shape, loops } = broadcast(a.shape, b.shape);
      if (loops.length > 1) return null;
      const y = outputInfo(shape, "bool");
      const [{ n, a: aStep, b: bStep } = { n: size(y), a: 1, b: 1 }] = loops;
      const pointers = [a, b, y].map(pointer);
      launch("compare", Math.ceil(n / BLOCK), code, ...pointers, n, aStep, bStep);
      return y;
    });

  /** A function of each element with numbers of its own. */
  const ofOne = (name: string, kernel: "clip" | "step", numbers: readonly string[]) =>
    tried(name, ({ inputs: { x }, attrs }) => {
      if (x.dtype !== "float32") return null;
      const y = outputInfo(x.shape);
      const n = size(x);
      const given = numbers.map((number) => attrs[number]);
      launch(kernel, Math.ceil(n / BLOCK), pointer(x), pointer(y), ...given, n);
      return y;
    });

  return Object.fromEntries([
    ...Object.entries(COMPARISON).map(comparison),
    ofOne("ClipByValue", "clip", ["clipValueMin", "clipValueMax"]),
    ofOne("Step", "step", ["alpha"]),
    tried("Select", ({ inputs: { condition, t, e } }) => {
      const alike = [t, e].every(({ shape }) => tf.util.arraysEqual(shape, condition.shape));
      if (!alike || t.dtype !== e.dtype || t.dtype === "bool" || condition.dtype !== "bool") {
        return null;
      }
      if (t.dtype !== "float32" && t.dtype !== "int32") return null;
      const y = outputInfo(t.shape, t.dtype);
      const n = size(t);
      launch("select", Math.ceil(n / BLOCK), ...[condition, t, e, y].map(pointer), n);
      return y;
    }),
  ]);
};
