/** tfjs's rearrangements of numbers, as copies between strides; other types go to tfjs's own. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import type { Machine, Override, Overrides } from "../machine.ts";
import { view } from "./view.ts";

/** One loop of a copy: its length and the steps, in elements, of source and target. */
interface CopyLoop {
  readonly n: number;
  readonly from: number;
  readonly out: number;
}

/** A kernel of tfjs on the machine. */
type MovementKernel = (machine: Machine, call: Parameters<Override>[0]) => ReturnType<Override>;

/** See the file's header. */
export const movementOverrides = (machine: Machine): Overrides =>
  Object.fromEntries(
    Object.entries(MOVEMENTS).map(([name, ours]) => [name, numeric(machine, name, ours)]),
  );

/** `ours` where the values are four bytes wide and the axes few enough for the kernel. */
function numeric(machine: Machine, name: string, ours: MovementKernel): Override {
  const stock = machine.tf.getKernel(name, "cpu").kernelFunc;
  return (call) => {
    const { inputs } = call;
    const tensors: TensorInfo[] = Array.isArray(inputs) ? inputs : [inputs.x ?? inputs.value];
    const [{ dtype }] = tensors as [TensorInfo];
    const fits = (dtype === "float32" || dtype === "int32") &&
      tensors.every((tensor) => tensor.dtype === dtype && tensor.shape.length <= 5);
    if (fits) return ours(machine, call);
    return stock({ inputs: call.inputs, attrs: call.attrs, backend: call.backend });
  };
}

/** Copies along `loops`, outermost first, between addresses. */
function copy({ launch }: Machine, from: number, out: number, loops: readonly CopyLoop[]): void {
  if (loops.some(({ n }) => n === 0)) return;
  const joined = join(loops);
  const last = joined.at(-1);
  // The innermost loop must write neighbours; where it does not, runs are of one element.
  const inner = last?.out === 1 ? joined.pop()! : SINGLE;
  // Threads share the two outermost; a lone loop goes there where a run is worth a unit.
  const lone = joined.length === 1 && inner.n >= RUN ? [joined.pop()!, SINGLE] : [];
  const rest = [
    ...lone,
    ...Array<CopyLoop>(Math.max(0, 4 - lone.length - joined.length)).fill(SINGLE),
  ];
  const [a, b, c, d] = [...rest, ...joined];
  launch(
    "move",
    a!.n * b!.n,
    ...[out, from, inner.n, inner.from, b!.n, c!.n, d!.n],
    ...[a!.from, b!.from, c!.from, d!.from, a!.out, b!.out, c!.out, d!.out],
  );
}

/** The address of an element. */
const at = ({ pointer }: Machine, tensor: TensorInfo, element = 0): number =>
  pointer(tensor) + 4 * element;

function slice(
  machine: Machine,
  x: TensorInfo,
  begin: readonly number[],
  size: readonly number[],
): TensorInfo {
  const y = machine.outputInfo(size, x.dtype as "float32");
  const [from, out] = [strides(x.shape), strides(size)];
  const loops = size.map((n, i) => loop(n, from[i]!, out[i]!));
  copy(machine, at(machine, x, dot(begin, from)), at(machine, y), loops);
  return y;
}

/** The parts one after the other along an axis, of the same type and otherwise equal shapes. */
function concatenate(
  machine: Machine,
  parts: readonly TensorInfo[],
  shape: readonly number[],
  axis: number,
): TensorInfo {
  const y = machine.outputInfo(shape, parts[0]!.dtype as "float32");
  const out = strides(shape);
  let done = 0;
  for (const part of parts) {
    const from = strides(part.shape);
    const loops = part.shape.map((n, i) => loop(n, from[i]!, out[i]!));
    copy(machine, at(machine, part), at(machine, y, done * out[axis]!), loops);
    done += part.shape[axis]!;
  }
  return y;
}

const transpose: MovementKernel = (machine, { inputs: { x }, attrs: { perm } }) => {
  const { outputInfo, pointer, launch } = machine;
  const order = perm as number[];
  const shape = order.map((axis) => x.shape[axis]);
  const y = outputInfo(shape, x.dtype);
  const [from, out] = [strides(x.shape), strides(shape)];
  if (x.shape.length === 2 && order[0] === 1) {
    const [rows, columns] = x.shape;
    launch("transpose", Math.ceil(rows / 4), pointer(y), pointer(x), rows, columns);
  } else {
    const loops = order.map((axis, i) => loop(shape[i], from[axis]!, out[i]!));
    copy(machine, at(machine, x), at(machine, y), loops);
  }
  return y;
};

const split: MovementKernel = (machine, { inputs: { x }, attrs }) => {
  const { util, backend_util: backend } = machine.tf;
  const axis = util.parseAxisParam(attrs.axis, x.shape)[0]!;
  const sizes = backend.prepareSplitSize(x, attrs.numOrSizeSplits, axis);
  const begin = x.shape.map(() => 0);
  return sizes.map((length) => {
    const size = x.shape.map((n: number, i: number) => i === axis ? length : n);
    const y = slice(machine, x, begin, size);
    begin[axis] += length;
    return y;
  });
};

const reverse: MovementKernel = (machine, { inputs: { x }, attrs: { dims } }) => {
  const axes = new Set(machine.tf.util.parseAxisParam(dims, x.shape));
  const y = machine.outputInfo(x.shape, x.dtype);
  const steps = strides(x.shape);
  const begin = x.shape.map((n: number, i: number) => axes.has(i) ? Math.max(n - 1, 0) : 0);
  const loops = x.shape.map((n: number, i: number) =>
    loop(n, axes.has(i) ? -steps[i]! : steps[i]!, steps[i]!)
  );
  copy(machine, at(machine, x, dot(begin, steps)), at(machine, y), loops);
  return y;
};

const pad: MovementKernel = (machine, { inputs: { x }, attrs }) => {
  const paddings = attrs.paddings as [number, number][];
  const shape = x.shape.map((n: number, i: number) => n + paddings[i]![0] + paddings[i]![1]);
  const y = machine.outputInfo(shape, x.dtype);
  view(machine, y).fill(attrs.constantValue ?? 0);
  const [from, out] = [strides(x.shape), strides(shape)];
  const offset = dot(paddings.map(([before]) => before), out);
  const loops = x.shape.map((n: number, i: number) => loop(n, from[i]!, out[i]!));
  copy(machine, at(machine, x), at(machine, y, offset), loops);
  return y;
};

const concat: MovementKernel = (machine, { inputs, attrs }) => {
  const { util, backend_util: backend } = machine.tf;
  const parts = inputs as TensorInfo[];
  const shapes = parts.map(({ shape }) => shape);
  const axis = util.parseAxisParam(attrs.axis, shapes[0]!)[0]!;
  backend.assertParamsConsistent(shapes, axis);
  return concatenate(machine, parts, backend.computeOutShape(shapes, axis), axis);
};

const stack: MovementKernel = (machine, { inputs, attrs }) => {
  const axis = attrs.axis < 0 ? attrs.axis + inputs[0].shape.length + 1 : attrs.axis;
  const parts = (inputs as TensorInfo[]).map((part) => {
    machine.tf.util.assertShapesMatch(part.shape, inputs[0].shape, "Cannot stack: ");
    return { ...part, shape: spliced(part.shape, axis, 0, 1) };
  });
  return concatenate(machine, parts, spliced(inputs[0].shape, axis, 0, parts.length), axis);
};

const unstack: MovementKernel = (machine, { inputs: { value }, attrs }) => {
  const axis = machine.tf.util.parseAxisParam(attrs.axis, value.shape)[0]!;
  const size = spliced(value.shape, axis, 1, 1);
  const shape = spliced(value.shape, axis, 1);
  return Array.from({ length: value.shape[axis] }, (_, i) => {
    const begin = value.shape.map((_: number, k: number) => k === axis ? i : 0);
    return { ...slice(machine, value, begin, size), shape };
  });
};

const tile: MovementKernel = (machine, call) => {
  const { inputs: { x }, attrs: { reps } } = call;
  const shape = x.shape.map((n: number, i: number) => n * reps[i]);
  const [from, out] = [strides(x.shape), strides(shape)];
  const loops = join(x.shape.flatMap((n: number, i: number) => [
    loop(reps[i], 0, n * out[i]!),
    loop(n, from[i]!, out[i]!),
  ]));
  if (loops.length > 4) {
    const stock = machine.tf.getKernel("Tile", "cpu").kernelFunc;
    return stock({ ...call, attrs: call.attrs, backend: call.backend });
  }
  const y = machine.outputInfo(shape, x.dtype);
  copy(machine, at(machine, x), at(machine, y), loops);
  return y;
};

const MOVEMENTS: { readonly [name: string]: MovementKernel } = {
  Transpose: transpose,
  Slice: (machine, { inputs: { x }, attrs }) => {
    const { slice_util: util } = machine.tf;
    const [begin, size] = util.parseSliceParams(x, attrs.begin, attrs.size);
    util.assertParamsValid(x, begin!, size!);
    return slice(machine, x, begin!, size!);
  },
  SplitV: split,
  Reverse: reverse,
  PadV2: pad,
  Concat: concat,
  Pack: stack,
  Unpack: unstack,
  Tile: tile,
};

/** Elements of a run that make a unit of work. */
const RUN = 64;

const SINGLE: CopyLoop = { n: 1, from: 1, out: 1 };

const loop = (n: number, from: number, out: number): CopyLoop => ({ n, from, out });

/** Leaves out loops of one step and joins neighbours that both sides walk as one. */
function join(loops: readonly CopyLoop[]): CopyLoop[] {
  const joined: CopyLoop[] = [];
  for (const next of loops) {
    if (next.n === 1) continue;
    const last = joined.at(-1);
    if (last && last.from === next.n * next.from && last.out === next.n * next.out) {
      joined[joined.length - 1] = { ...next, n: last.n * next.n };
    } else joined.push(next);
  }
  return joined;
}

/** `Array.prototype.splice`, but a copy. */
function spliced(shape: readonly number[], at: number, remove: number, ...add: number[]): number[] {
  return [...shape.slice(0, at), ...add, ...shape.slice(at + remove)];
}

function strides(shape: readonly number[]): number[] {
  const steps = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--) steps[i] = steps[i + 1]! * shape[i + 1]!;
  return steps;
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
