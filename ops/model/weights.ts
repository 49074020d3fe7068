/** Weights as numbers: decoding what is stored, storing what was computed, rearranging, counting. */
import { given } from "../../engine/given.ts";
import type { Encoding, Model, Weight } from "./model.ts";
import { sizeOf } from "./layers.ts";

/** Integers with a scale and a zero point. */
export type AffineEncoding = Extract<Encoding, { use: "affine" }>;

/** A weight stored as float32; the values are kept, not copied. */
export function floatWeight(
  shape: readonly number[],
  data: Float32Array,
  mask?: Uint8Array,
): Weight {
  return { shape, encoding: { use: "f32" }, data, ...given({ mask }) };
}

/** Values as half-precision bits, rounded to nearest, ties to even; beyond ±65,504 they become infinite. */
export function halfBits(values: Float32Array): Uint16Array {
  return new Uint16Array(Float16Array.from(values).buffer);
}

/** The float32 values that a weight stands for; a fresh array. */
export function decodeWeight(weight: Weight): Float32Array {
  const { encoding, data } = weight;
  switch (encoding.use) {
    case "f32":
      return Float32Array.from(data);
    case "f16":
      return Float32Array.from(new Float16Array((data as Uint16Array).slice().buffer));
    case "affine":
      return decodeAffine(encoding, weight.shape, data);
    case "codebook":
      return Float32Array.from(data, (code) => encoding.centroids[code]!);
    default:
      return encoding satisfies never;
  }
}

/** For a value's position in a row-major array, its index along `axis`; 0 where there is no axis. */
export function axisIndex(shape: readonly number[], axis: number | null): (at: number) => number {
  if (axis === null) return () => 0;
  const extent = shape[axis]!;
  const inner = sizeOf(shape.slice(axis + 1));
  return (at) => Math.floor(at / inner) % extent;
}

/** The same weight with its axes in another order: axis i of the result is axis `order[i]`. A mask is left behind. */
export function permuted(weight: Weight, order: readonly number[]): Weight {
  const { shape, encoding, data } = weight;
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const moved = {
    shape: order.map((axis) => shape[axis]!),
    strides: order.map((a) => strides[a]!),
  };
  const values = data.slice();
  const index = moved.shape.map(() => 0);
  for (let i = 0, from = 0; i < values.length; i++) {
    values[i] = data[from]!;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      from += moved.strides[axis]!;
      if (++index[axis]! < moved.shape[axis]!) break;
      from -= moved.strides[axis]! * moved.shape[axis]!;
      index[axis] = 0;
    }
  }
  if (encoding.use !== "affine" || encoding.axis === null) {
    return { shape: moved.shape, encoding, data: values };
  }
  const axis = order.indexOf(encoding.axis);
  return { shape: moved.shape, encoding: { ...encoding, axis }, data: values };
}

/** Rows of a kernel that has one scale, or one per column: of a recurrent layer those for its input, or its state. */
export function kernelRows(kernel: Weight, from: number, to: number): Weight {
  const [, columns] = kernel.shape as [number, number];
  const { encoding } = kernel;
  const data = kernel.data.slice(from * columns, to * columns);
  return { shape: [to - from, columns], encoding, data };
}

/** A model with every weight replaced by what `change` makes of it; names and structure stay. */
export function mapWeights(
  model: Model,
  change: (weight: Weight, name: string) => Weight,
): Model {
  const entries = Object.entries(model.weights);
  const weights = Object.fromEntries(entries.map(([name, weight]) => [name, change(weight, name)]));
  return { ...model, weights };
}

/** All weights of a model decoded, by name. */
export function decodedWeights(model: Model): Record<string, Float32Array> {
  const entries = Object.entries(model.weights);
  return Object.fromEntries(entries.map(([name, weight]) => [name, decodeWeight(weight)]));
}

/** How many weights a model has, BatchNorm's moving statistics included. */
export function countParameters(model: Model): number {
  return Object.values(model.weights).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** How many weights of a model stand for a value other than 0. */
export function countNonzero(model: Model): number {
  let count = 0;
  for (const weight of Object.values(model.weights)) {
    for (const value of decodeWeight(weight)) if (value !== 0) count++;
  }
  return count;
}

function decodeAffine(
  { scale, zero, axis }: AffineEncoding,
  shape: readonly number[],
  data: Weight["data"],
): Float32Array {
  const channel = axisIndex(shape, axis);
  const values = new Float32Array(data.length);
  for (let i = 0; i < values.length; i++) {
    const c = channel(i);
    // One product, rounded once to float32: exact integers times a float32 scale.
    values[i] = scale[c]! * (data[i]! - zero[c]!);
  }
  return values;
}
