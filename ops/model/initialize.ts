/** First weights of a structure, drawn from streams that carry the weight's name. */
import { type Stream, stream } from "../../engine/tensor/random.ts";
import { sizeOf, type WeightSlot, weightSlots } from "./layers.ts";
import type { Architecture, Layer, Model, Role, Weight } from "./model.ts";
import { floatWeight } from "./weights.ts";

const constants: { readonly [R in Exclude<Role, "kernel">]: number } = {
  bias: 0,
  gamma: 1,
  beta: 0,
  mean: 0,
  variance: 1,
};

/**
 * A model with fresh weights. Kernels: normal with deviation √(2 / fan-in), not truncated (He et al. 2015, eq. 10);
 * of layers whose values leave the model, uniform within ±√(6 / (fan-in + fan-out)) (Glorot & Bengio 2010, eq. 16).
 * Fan-in is the number of products in one output value: window × input channels, for depthwise the window alone, for a
 * transposed convolution on average the window over its strides; fan-out is window × output channels. Tables of rows: normal with deviation
 * 1/√width, so that a row is about 1 long. Recurrent kernels: the input's rows as of a layer that leaves, the state's
 * rows orthonormal (Saxe et al. 2014), biases of forget gates 1 (Jozefowicz et al. 2015). Biases 0, gamma 1, beta 0, mean 0, variance 1. Each weight has
 * its own stream `init:<layer>/<role>`, so a layer more or less leaves the others alone.
 */
export function initialModel(architecture: Architecture, seed: number): Model {
  const slots = weightSlots(architecture);
  const leaving = new Set(architecture.outputs);
  const weights = Object.fromEntries(
    slots.map((slot) => [slot.name, first(slot, leaving.has(slot.layer.name), seed)]),
  );
  return {
    ...architecture,
    weights,
    preprocess: null,
    classes: [],
    established: {},
    learned: false,
    quantization: null,
  };
}

function first({ name, layer, role, shape }: WeightSlot, leaves: boolean, seed: number): Weight {
  const size = sizeOf(shape);
  if (layer.kind === "recurrent") {
    return floatWeight(shape, role === "bias" ? openForget(size) : gateKernel(seed, name, shape));
  }
  if (role !== "kernel") {
    return floatWeight(shape, new Float32Array(size).fill(constants[role]));
  }
  const draws = stream(seed, `init:${name}`);
  if (layer.kind === "embedding" || layer.kind === "position") {
    return floatWeight(shape, unitRows(draws, size, shape.at(-1)!));
  }
  const window = sizeOf(shape.slice(0, -2));
  const fanIn = productsOf(layer, window, shape.at(-2)!);
  const fanOut = window * shape.at(-1)!;
  const values = leaves ? glorotUniform(draws, size, fanIn, fanOut) : heNormal(draws, size, fanIn);
  return floatWeight(shape, values);
}

/** Four gates side by side, the second of them forgets. */
function openForget(size: number): Float32Array {
  return new Float32Array(size).fill(1, size / 4, size / 2);
}

/** The rows that meet the input, then those that meet the state: as many as a gate has units. */
function gateKernel(seed: number, name: string, shape: readonly number[]): Float32Array {
  const [rows, columns] = shape as [number, number];
  const units = columns / 4;
  const inputs = rows - units;
  const draws = stream(seed, `init:${name}`);
  const own = glorotUniform(draws, inputs * columns, inputs, columns);
  const back = orthonormalRows(stream(seed, `init:${name}#state`), units, columns);
  return Float32Array.from([...own, ...back]);
}

/** Rows of normal draws, each without its share in those before it and 1 long (Gram & Schmidt), in double precision. */
function orthonormalRows(draws: Stream, rows: number, columns: number): Float64Array {
  const values = Float64Array.from(draws.normals(0, rows * columns));
  const row = (i: number) => values.subarray(i * columns, (i + 1) * columns);
  const dot = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, each, k) => sum + each * b[k]!, 0);
  for (let i = 0; i < rows; i++) {
    const own = row(i);
    for (let j = 0; j < i; j++) {
      const other = row(j);
      const share = dot(own, other);
      for (let k = 0; k < columns; k++) own[k]! -= share * other[k]!;
    }
    const length = Math.sqrt(dot(own, own));
    for (let k = 0; k < columns; k++) own[k]! /= length;
  }
  return values;
}

function productsOf(layer: Layer, window: number, channels: number): number {
  if (layer.kind === "depthwise") return window;
  const spread = layer.kind === "conv-transpose" ? sizeOf(layer.strides) : 1;
  return window * channels / spread;
}

function unitRows(draws: Stream, size: number, width: number): Float32Array {
  const deviation = 1 / Math.sqrt(width);
  return draws.normals(0, size).map((value) => value * deviation);
}

function heNormal(draws: Stream, size: number, fanIn: number): Float32Array {
  const deviation = Math.sqrt(2 / fanIn);
  return draws.normals(0, size).map((value) => value * deviation);
}

function glorotUniform(draws: Stream, size: number, fanIn: number, fanOut: number): Float32Array {
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  return draws.uniforms(0, size).map((value) => (2 * value - 1) * limit);
}
