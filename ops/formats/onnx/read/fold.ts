/** Operators on known numbers alone, as exporters leave them for shapes: computed once, and not part of the model. */
import { sizeOf } from "../../../../engine/shape.ts";
import { constant, type Known, MOST_AXES, type Numbers, uniform } from "./constants.ts";
import { BATCH } from "./layer_view.ts";
import { permOf, sliceOf, targetShape } from "./extents.ts";
import type { NodeReading } from "./node_reading.ts";
import { exp, log } from "../../../../engine/tensor/scalar_math.ts";
import { powerOf } from "./pointwise.ts";

type Fold = (reading: NodeReading, inputs: readonly Known[]) => Known;

/** The number of a tensor at a place. */
const numberAt = ({ values, uniform }: Known, at: number): number => values[uniform ? 0 : at]!;

/** Numbers of one tensor or of two, one by one, shapes stretched to one another. */
const each = (compute: (a: number, b: number, whole: boolean) => number): Fold =>
(
  reading,
  [a, second],
) => {
  if (second === undefined && compute.length > 1) throw reading.wrong("it has no input 2");
  const b = second ?? a;
  const shape = stretched(reading, a!.shape, b!.shape);
  const whole = a!.values instanceof Float64Array && b!.values instanceof Float64Array;
  const [left, right] = [soleOf(a!), soleOf(b!)];
  if (left !== undefined && right !== undefined && sizeOf(shape) !== 1) {
    return uniform(shape, compute(left, right, whole));
  }
  bounded(reading, shape);
  const [from, other] = [placesIn(a!.shape, shape), placesIn(b!.shape, shape)];
  const values = typed(whole, sizeOf(shape));
  for (let i = 0; i < values.length; i++) {
    values[i] = compute(numberAt(a!, from(i)), numberAt(b!, other(i)), whole);
  }
  return constant(shape, values);
};

const soleOf = ({ values }: Known) => values.length === 1 ? values[0] : undefined;

const typed = (whole: boolean, size: number): Numbers =>
  whole ? new Float64Array(size) : new Float32Array(size);

const flag = (test: (a: number, b: number) => boolean): Fold => each((a, b) => test(a, b) ? 1 : 0);

/** No tensor that is computed has more numbers: files hold what is larger. */
const LARGEST = 1 << 20;

function bounded(reading: NodeReading, shape: readonly number[]): void {
  const size = sizeOf(shape);
  if (size <= LARGEST && shape.every((extent) => extent >= 0)) return;
  if (Number.isNaN(size)) throw reading.wrong("its constants do not fit together");
  throw reading.wrong(`it would make a constant of ${size} numbers`);
}

function stretched(reading: NodeReading, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [left = 1, right = 1] = [a[a.length - rank + axis], b[b.length - rank + axis]];
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw reading.wrong(`its constants are of shapes ${a.join("×")} and ${b.join("×")}`);
  });
}

/** For a place in `shape`, that in a tensor which is stretched to it. */
function placesIn(own: readonly number[], shape: readonly number[]): (at: number) => number {
  const strides = shape.map((_, axis) => {
    const at = own.length - shape.length + axis;
    return at < 0 || own[at] === 1 ? 0 : sizeOf(own.slice(at + 1));
  });
  return (at) => {
    let place = 0;
    for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) {
      place += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return place;
  };
}

/** The same numbers in another shape. */
const as = (value: Known, shape: readonly number[]): Known => ({ ...value, shape });

/** Places that `pick` takes from a tensor, in a new shape. */
function picked(value: Known, shape: readonly number[], pick: (at: number) => number): Known {
  const { values } = value;
  if (value.uniform) return uniform(shape, values[0]!);
  const result = values.slice(0, 0).constructor as new (length: number) => Numbers;
  const numbers = new result(sizeOf(shape));
  for (let i = 0; i < numbers.length; i++) numbers[i] = values[pick(i)]!;
  return constant(shape, numbers);
}

const folds: Readonly<Record<string, Fold>> = {
  Add: each((a, b) => a + b),
  Sub: each((a, b) => a - b),
  Mul: each((a, b) => a * b),
  Div: each((a, b, whole) => whole ? Math.trunc(a / b) : a / b),
  Pow: each((a, b) => powerOf(a, b)),
  Mod: each((a, b) => a % b),
  Min: each((a, b) => Math.min(a, b)),
  Max: each((a, b) => Math.max(a, b)),
  Neg: each((a) => -a),
  Sqrt: each(Math.sqrt),
  Reciprocal: each((a) => 1 / a),
  Log: each(log),
  Exp: each(exp),
  Abs: each(Math.abs),
  Floor: each(Math.floor),
  Ceil: each(Math.ceil),
  Equal: flag((a, b) => a === b),
  Greater: flag((a, b) => a > b),
  Less: flag((a, b) => a < b),
  And: flag((a, b) => a !== 0 && b !== 0),
  Or: flag((a, b) => a !== 0 || b !== 0),
  GreaterOrEqual: flag((a, b) => a >= b),
  LessOrEqual: flag((a, b) => a <= b),
  Not: each((a) => a === 0 ? 1 : 0),
  Where(reading, [test, a, b]) {
    if (soleOf(test!) !== undefined || test!.values.length === 1) return test!.values[0] ? a! : b!;
    const shape = stretched(reading, test!.shape, stretched(reading, a!.shape, b!.shape));
    bounded(reading, shape);
    const [t, x, y] = [test!, a!, b!].map((of) => placesIn(of.shape, shape));
    return constant(
      shape,
      Float64Array.from(
        { length: sizeOf(shape) },
        (_, i) => numberAt(test!, t!(i)) ? numberAt(a!, x!(i)) : numberAt(b!, y!(i)),
      ),
    );
  },
  Identity: (_reading, [value]) => value!,
  Cast(reading, [value]) {
    const { values } = value!;
    const to = reading.int("to", 1);
    // float, float16, double, bfloat16
    if ([1, 10, 11, 16].includes(to)) return { ...value!, values: Float32Array.from(values) };
    const whole = to === 9 ? (of: number) => of === 0 ? 0 : 1 : Math.trunc;
    return { ...value!, values: Float64Array.from(values, whole) };
  },
  Reshape: (reading, [value, asked]) =>
    as(value!, targetShape(value!.shape, [...asked!.values], reading.int("allowzero", 0) === 1)),
  Squeeze(reading, [value]) {
    const { shape } = value!;
    const axes = reading.listed(1, "axes")?.map((axis) => reading.axis(axis, shape.length)) ??
      shape.flatMap((extent, axis) => extent === 1 ? [axis] : []);
    return as(value!, shape.filter((_, axis) => !axes.includes(axis)));
  },
  Unsqueeze(reading, [value]) {
    const asked = reading.listed(1, "axes") ?? [];
    const rank = value!.shape.length + asked.length;
    const shape = [...value!.shape];
    for (const axis of asked.map((axis) => reading.axis(axis, rank)).sort((a, b) => a - b)) {
      shape.splice(axis, 0, 1);
    }
    return as(value!, shape);
  },
  Flatten(reading, [value]) {
    const { shape } = value!;
    const axis = reading.int("axis", 1);
    return as(value!, [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))]);
  },
  Transpose(reading, [value]) {
    const { shape } = value!;
    const order = permOf(reading, shape.length);
    const to = order.map((axis) => shape[axis]!);
    const strides = order.map((axis) => sizeOf(shape.slice(axis + 1)));
    bounded(reading, to);
    return picked(value!, to, (at) => {
      let place = 0;
      for (let axis = to.length - 1, rest = at; axis >= 0; axis--) {
        place += (rest % to[axis]!) * strides[axis]!;
        rest = Math.floor(rest / to[axis]!);
      }
      return place;
    });
  },
  Gather(reading, [value, indices]) {
    const { shape } = value!;
    const axis = reading.axis(reading.int("axis", 0), shape.length);
    const [before, extent, inner] = [shape.slice(0, axis), shape[axis]!, shape.slice(axis + 1)];
    const to = [...before, ...indices!.shape, ...inner];
    bounded(reading, to);
    const [width, count] = [sizeOf(inner), sizeOf(indices!.shape)];
    return picked(value!, to, (at) => {
      const [head, rest] = [Math.floor(at / (count * width)), at % (count * width)];
      const index = numberAt(indices!, Math.floor(rest / width));
      return (head * extent + (index < 0 ? extent + index : index)) * width + rest % width;
    });
  },
  Concat(reading, inputs) {
    const [{ shape }] = inputs as [Known];
    const axis = reading.axis(reading.int("axis", 0), shape.length);
    const to = shape.map((extent, at) =>
      at === axis ? inputs.reduce((sum, each) => sum + each.shape[axis]!, 0) : extent
    );
    bounded(reading, to);
    const whole = inputs.every(({ values }) => values instanceof Float64Array);
    const values = typed(whole, sizeOf(to));
    const [blocks, row] = [sizeOf(to.slice(0, axis)), sizeOf(to.slice(axis))];
    let from = 0;
    for (const input of inputs) {
      const width = sizeOf(input.shape.slice(axis));
      for (let block = 0; block < blocks; block++) {
        for (let i = 0; i < width; i++) {
          values[block * row + from + i] = numberAt(input, block * width + i);
        }
      }
      from += width;
    }
    return constant(to, values);
  },
  Slice(reading, [value]) {
    const { shape } = value!;
    const [starts = [], ends = []] = [reading.listed(1, "starts"), reading.listed(2, "ends")];
    const axes = reading.listed(3, "axes") ?? starts.map((_, at) => at);
    const steps = reading.listed(4, "steps") ?? starts.map(() => 1);
    let result = value!;
    for (const [at, asked] of axes.entries()) {
      const axis = reading.axis(asked, shape.length);
      const [from, count] = sliceOf(shape[axis]!, starts[at]!, ends[at]!, steps[at]!);
      const to = result.shape.map((extent, each) => each === axis ? count : extent);
      if (!result.uniform) bounded(reading, to);
      const width = sizeOf(to.slice(axis + 1));
      const extent = result.shape[axis]!;
      result = picked(result, to, (place) => {
        const [head, rest] = [Math.floor(place / (count * width)), place % (count * width)];
        const index = from + Math.floor(rest / width) * steps[at]!;
        return (head * extent + index) * width + rest % width;
      });
    }
    return result;
  },
  ConstantOfShape: (reading, [shape]) =>
    uniform([...shape!.values], reading.tensor("value")?.values[0] ?? 0),
  Expand(reading, [value, shape]) {
    const to = stretched(reading, value!.shape, [...shape!.values]);
    if (value!.values.length === 1) return uniform(to, value!.values[0]!);
    // Known numbers are the same in every sample of an open batch: they stay those of one.
    const once = to.map((extent) => extent % BATCH === 0 && extent > 0 ? extent / BATCH : extent);
    bounded(reading, once);
    return picked(value!, once, placesIn(value!.shape, once));
  },
  Range(reading, [start, limit, step]) {
    const [from = NaN, to = NaN, by = NaN] = [start, limit, step].map((of) => of?.values[0]);
    const count = Math.max(0, Math.ceil((to - from) / by));
    bounded(reading, [Number.isFinite(count) ? count : Infinity]);
    return constant([count], Float64Array.from({ length: count }, (_, i) => from + i * by));
  },
  ReduceProd: (_reading, [value]) => constant([], Float64Array.of(sizeOf([...value!.values]))),
  DequantizeLinear(reading, [value, scale, zero]) {
    const { shape } = value!;
    const single = scale!.values.length === 1;
    const axis = single ? 0 : reading.axis(reading.int("axis", 1), shape.length);
    const inner = sizeOf(shape.slice(axis + 1));
    const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
      const channel = single ? 0 : Math.floor(i / inner) % shape[axis]!;
      return scale!.values[channel]! * (numberAt(value!, i) - (zero?.values[channel] ?? 0));
    });
    return constant(shape, values);
  },
};

/** How many inputs an operator cannot do without, where that is neither one nor told by what it computes. */
const READS: Readonly<Record<string, number>> = {
  Where: 3,
  Reshape: 2,
  Gather: 2,
  Expand: 2,
  DequantizeLinear: 2,
};

/** What a node computes of known numbers; undefined where it reads others, or is no operator that is computed. */
export function folded(reading: NodeReading): Known | undefined {
  const fold = Object.hasOwn(folds, reading.op) ? folds[reading.op] : undefined;
  const known = reading.inputs.filter((value) => value !== undefined);
  if (fold === undefined || known.length === 0) return undefined;
  if (!known.every((value) => value.use === "constant")) return undefined;
  const least = reading.op === "Concat" ? reading.inputs.length : READS[reading.op] ?? 1;
  const absent = Array.from({ length: least }, (_, at) => reading.inputs[at]).indexOf(undefined);
  if (absent >= 0) throw reading.wrong(`it has no input ${absent + 1}`);
  const result = fold(reading, reading.inputs as readonly Known[]);
  if (result.shape.length > MOST_AXES) {
    throw reading.wrong(`it would make a constant of ${result.shape.length} axes`);
  }
  const { shape, values, uniform } = result;
  const whole = shape.every((extent) => Number.isInteger(extent) && extent >= 0);
  if (whole && (uniform || values.length >= sizeOf(shape))) return result;
  if (whole || shape.some(Number.isNaN)) throw reading.wrong("its constants do not fit together");
  throw reading.wrong(`it would make a constant of shape ${shape.join("×")}`);
}
