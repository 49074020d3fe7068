/** tfjs's reductions of float32 on our kernels, along any axes; other types go to tfjs's own. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import { sizeOf } from "../../shape.ts";
import type { Machine, Override, Overrides } from "../machine.ts";

/** Codes of the kernels `reduceRows` and `reduceRuns`. */
const CODES = { Sum: 0, Mean: 0, Prod: 1, Max: 2, Min: 3 } as const;

/** Beyond so many elements one reduction is done in pieces, which threads can share. */
const PIECE = 16384;

/** Consecutive axes that are all kept or all reduced. */
interface AxisGroup {
  n: number;
  readonly reduced: boolean;
}

/** What is reduced, by which code, and where the results go, each divided by `divisor`. */
interface ReductionCall {
  readonly code: number;
  /** Address of the numbers. */
  readonly x: number;
  /** Address of the results. */
  readonly y: number;
  readonly divisor: number;
}

/** Reduces the last reduced group, then what is left. */
function reduce(machine: Machine, reduction: ReductionCall, groups: AxisGroup[]): void {
  const last = groups.findLastIndex(({ reduced }) => reduced);
  const before = groups.slice(0, Math.max(last, 0));
  const n = last < 0 ? 1 : groups[last]!.n;
  const outer = valuesIn(before);
  const inner = valuesIn(groups.slice(last + 1));
  if (!before.some(({ reduced }) => reduced)) {
    return along(machine, reduction, { outer: last < 0 ? 1 : outer, n, inner });
  }
  machine.scratch(outer * inner * 4, (between) => {
    along(machine, { ...reduction, y: between, divisor: 1 }, { outer, n, inner });
    const rest = [...before, ...groups.slice(last + 1)].reduce(merge, []);
    reduce(machine, { ...reduction, x: between }, rest);
  });
}

/** [outer, n, inner] → [outer, inner]. */
function along(
  machine: Machine,
  reduction: ReductionCall,
  { outer, n, inner }: { readonly outer: number; readonly n: number; readonly inner: number },
): void {
  if (outer === 1 && n * inner > PIECE && n >= 32) {
    const length = Math.max(16, Math.floor(PIECE / 4 / inner));
    const pieces = Math.ceil(n / length);
    return machine.scratch(pieces * inner * 4, (partials) => {
      inPieces(machine, { ...reduction, y: partials, divisor: 1 }, { n, length, inner });
      along(machine, { ...reduction, x: partials }, { outer: 1, n: pieces, inner });
    });
  }
  // An empty axis has no rows to group, yet every result is there.
  if (n === 0) empty(machine, reduction, outer * inner);
  else inPieces(machine, reduction, { n: outer * n, length: n, inner });
}

/** [n, inner] → [⌈n / length⌉, inner]: `length` rows to each result. */
function inPieces(
  { launch }: Machine,
  { code, x, y, divisor }: ReductionCall,
  { n, length, inner }: { readonly n: number; readonly length: number; readonly inner: number },
): void {
  const units = Math.ceil(n / length);
  if (inner === 1) launch("reduceRuns", units, code, x, y, n, length, divisor);
  else launch("reduceRows", units, code, x, y, n, length, inner, divisor);
}

function empty(machine: Machine, { code, y, divisor }: ReductionCall, n: number): void {
  machine.kernels.fill(y, [0, 1, -Infinity, Infinity][code]! / divisor, n);
}

/** See the file's header. */
export const reduceOverrides = (machine: Machine): Overrides => {
  const { tf, pointer, outputInfo, launch } = machine;

  const override = ([name, code]: [string, number]) => {
    const stock = tf.getKernel(name, "cpu").kernelFunc;
    const kernel: Override = (call) => {
      const x: TensorInfo = call.inputs.x;
      if (x.dtype !== "float32") {
        return stock({ inputs: call.inputs, attrs: call.attrs, backend: call.backend });
      }
      // tfjs's maximum has another name for its axes.
      const { axis, reductionIndices, keepDims } = call.attrs;
      const axes = new Set(tf.util.parseAxisParam(axis ?? reductionIndices, x.shape));
      const shape = x.shape.flatMap((n, i) => !axes.has(i) ? [n] : keepDims ? [1] : []);
      const y = outputInfo(shape);
      const groups = group(x.shape, axes);
      const count = groups.reduce((all, { n, reduced }) => reduced ? all * n : all, 1);
      const divisor = name === "Mean" ? count : 1;
      reduce(machine, { code, x: pointer(x), y: pointer(y), divisor }, groups);
      return y;
    };
    return [name, kernel];
  };

  return {
    ...Object.fromEntries(Object.entries(CODES).map(override)),
    ArgMax(call) {
      const x: TensorInfo = call.inputs.x;
      const [axis] = tf.util.parseAxisParam(call.attrs.axis, x.shape);
      const n = x.shape.at(-1) ?? 0;
      if (x.dtype !== "float32" || axis !== x.shape.length - 1 || n === 0) {
        const stock = tf.getKernel("ArgMax", "cpu").kernelFunc;
        return stock({ inputs: call.inputs, attrs: call.attrs, backend: call.backend });
      }
      const y = outputInfo(x.shape.slice(0, -1), "int32");
      const rows = sizeOf(x.shape.slice(0, -1));
      launch("argMax", rows, pointer(x), pointer(y), n);
      return y;
    },
    Softmax({ inputs, attrs }) {
      const logits: TensorInfo = inputs.logits;
      const width = logits.shape.at(-1) ?? 1;
      if (attrs.dim !== logits.shape.length - 1) {
        throw new Error(`Cannot take the softmax along axis ${attrs.dim}: only along the last one`);
      }
      const y = outputInfo(logits.shape);
      const rows = sizeOf(logits.shape.slice(0, -1));
      launch("softmax", rows, pointer(logits), pointer(y), width, 1);
      return y;
    },
  };
};

function group(shape: readonly number[], axes: ReadonlySet<number>): AxisGroup[] {
  return shape.map((n, i) => ({ n, reduced: axes.has(i) })).reduce(merge, [] as AxisGroup[]);
}

function merge(groups: AxisGroup[], { n, reduced }: AxisGroup): AxisGroup[] {
  const last = groups.at(-1);
  if (last?.reduced === reduced) return [...groups.slice(0, -1), { n: last.n * n, reduced }];
  return [...groups, { n, reduced }];
}

const valuesIn = (groups: readonly AxisGroup[]): number =>
  groups.reduce((all, { n }) => all * n, 1);
