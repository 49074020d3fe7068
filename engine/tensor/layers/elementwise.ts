/** Activations of their own and behind a sum, with their gradients. */
import type { Tensor } from "../../deps/tfjs_core.ts";
import type { Machine } from "../machine.ts";
import type { Activation, LayerKernels } from "../types.ts";

/** Elements per unit of the elementwise kernels. */
export const BLOCK = 8192;

/**
 * Code of each activation in the kernels (kernels/activation.ts); leaky-relu's slope below 0 is 0.2, elu's α is 1, gelu
 * is the exact one (with erf).
 */
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
const UNARY_CODE: { readonly [A in Exclude<Activation, "linear">]: number } = {
  relu: 17,
  relu6: 18,
  elu: 19,
  gelu: 20,
  "leaky-relu": 21,
  sigmoid: 13,
  tanh: 14,
};

/**
 * What the gradient of each activation is computed from. An output does where it tells the slope; gelu is not monotone,
 * so that one output has two inputs.
 */
const GRADIENT_READS: { readonly [A in Activation]: "input" | "output" | "neither" } = {
  linear: "neither",
  relu: "output",
  relu6: "output",
  sigmoid: "output",
  tanh: "output",
  gelu: "input",
  elu: "output",
  "leaky-relu": "output",
};

/** See `LayerKernels`. */
export const elementwiseLayers = (machine: Machine): Pick<LayerKernels, "activate" | "add"> => {
  const { pointer, output, launch, operation } = machine;

  return {
    activate(x, activation) {
      if (activation === "linear") return identity(x);
      const [y] = operation("activate", { x }, (save) => {
        const y = output(x.shape);
        launch("unary", units(x), UNARY_CODE[activation], pointer(x), pointer(y), x.size);
        save(GRADIENT_READS[activation] === "input" ? x : y);
        return [y];
      }, ([dy], [kept]) => ({ x: () => throughActivation(dy!, kept!, activation) }));
      return y!;
    },

    add(a, b, activation) {
      if (a.shape.join() !== b.shape.join()) {
        throw new Error(`Cannot add [${a.shape}] and [${b.shape}]: the layer needs equal shapes`);
      }
      // The fused kernel does not keep the sum, which is the activation's input.
      const reads = GRADIENT_READS[activation];
      if (reads === "input") return this.activate(this.add(a, b, "linear"), activation);
      const code = ACTIVATION_CODE[activation];
      const [y] = operation("add", { a, b }, (save) => {
        const y = output(a.shape);
        launch("addActivate", units(a), code, pointer(a), pointer(b), pointer(y), a.size);
        if (reads === "output") save(y);
        return [y];
      }, ([dy], [kept]) => {
        const dz = kept ? throughActivation(dy!, kept, activation) : dy!;
        return { a: () => machine.alias(dz), b: () => machine.alias(dz) };
      });
      return y!;
    },
  };

  function identity(x: Tensor): Tensor {
    const [y] = operation("activate", { x }, () => [machine.alias(x)], ([dy]) => ({
      x: () => machine.alias(dy!),
    }));
    return y!;
  }

  function throughActivation(dy: Tensor, kept: Tensor, activation: Activation): Tensor {
    const dx = output(dy.shape);
    const pointers = [pointer(kept), pointer(dy), pointer(dx)];
    launch("activateGradient", units(dy), ACTIVATION_CODE[activation], ...pointers, dy.size);
    return dx;
  }
};

const units = (tensor: Tensor): number => Math.ceil(tensor.size / BLOCK);
