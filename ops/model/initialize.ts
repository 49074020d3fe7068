/** First weights of a structure, drawn from streams that carry the weight's name. */
import { stream } from "../../engine/tensor/random.ts";
import { glorotUniform, heNormal } from "./kinds/initial_values.ts";
import { kindOf } from "./kinds/mod.ts";
import { sizeOf, type WeightSlot, weightSlots } from "./layers.ts";
import type { Architecture, Model, Role, Weight } from "./model.ts";
import { floatWeight } from "./weights.ts";

const constants: { readonly [R in Exclude<Role, "kernel">]: number } = {
  bias: 0,
  gamma: 1,
  beta: 0,
  mean: 0,
  variance: 1,
};

/**
 * A model with fresh weights. Kernels: normal with deviation √(2 / fan-in), not truncated (He et al. 2015, eq. 10); of
 * layers whose values leave the model, uniform within ±√(6 / (fan-in + fan-out)) (Glorot & Bengio 2010, eq. 16). Fan-in
 * is the number of products in one output value: window × input channels, for depthwise the window alone, for a
 * transposed convolution on average the window over its strides. Fan-out is window × output channels. Kinds may have
 * first values of their own: tables of rows (deviation 1/√width, so that a row is about 1 long) and recurrent layers.
 * Else biases are 0, gamma 1, beta 0, mean 0, variance 1. Each weight has its own stream `init:<layer>/<role>`, so a
 * layer more or less leaves the others alone.
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
  const { initial, fanIn } = kindOf(layer);
  const draws = (part?: string) =>
    stream(seed, part === undefined ? `init:${name}` : `init:${name}#${part}`);
  const own = initial[role];
  if (own !== undefined) return floatWeight(shape, own(shape, draws));
  if (role !== "kernel") {
    return floatWeight(shape, new Float32Array(size).fill(constants[role]));
  }
  const products = fanIn(layer, shape);
  const fanOut = sizeOf(shape.slice(0, -2)) * shape.at(-1)!;
  return floatWeight(
    shape,
    leaves ? glorotUniform(draws(), size, products + fanOut) : heNormal(draws(), size, products),
  );
}
