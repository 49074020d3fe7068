/** Activations by the numbers that the kernels know them by (kernels/activation.ts). */
import type { Activation } from "../types.ts";

/** Code of each activation; leaky-relu's slope below 0 is 0.2, elu's α is 1, gelu is the exact one (with erf). */
export const ACTIVATION_CODE: { readonly [A in Activation]: number } = {
  linear: 0,
  relu: 1,
  relu6: 2,
  sigmoid: 3,
  tanh: 4,
  gelu: 5,
  elu: 6,
  "leaky-relu": 7,
};

/** Codes of the kernel `unary` for the activations that are curves or clamps. */
export const UNARY_CODE: { readonly [A in Exclude<Activation, "linear">]: number } = {
  relu: 17,
  relu6: 18,
  elu: 19,
  gelu: 20,
  "leaky-relu": 21,
  sigmoid: 13,
  tanh: 14,
};
