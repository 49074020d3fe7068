/** Layers as the zoo writes them: `same` padding, relu, no bias before batch normalisation. */
import type { Activation, Padding } from "../../../engine/tensor/mod.ts";
import type { Architecture, Layer, LayerOf, WindowAttributes } from "../model.ts";

/** Name of the one input of a network of the zoo. */
export const INPUT = "input";

/** Epsilon of PyTorch's batch normalisation where nothing else is said. */
export const TORCH_EPSILON = 1e-5;

/** The window that moves by `stride`, padded `same` unless told otherwise. */
function sliding(stride: number, padding: Padding = "same"): WindowAttributes {
  return { strides: [stride, stride], padding, dilations: [1, 1] };
}

/** As PyTorch pads a window of odd size: as many zeros on either side, which at stride 1 is what `same` does. */
export function centred(
  { size, stride }: { readonly size: number; readonly stride: number },
): Padding {
  const zeros = (size - 1) / 2;
  return stride === 1 || zeros === 0 ? "same" : [[zeros, zeros], [zeros, zeros]];
}

/** Extent, stride and padding of a window as networks of the zoo say them. */
interface SquareWindow {
  readonly size: number;
  readonly stride?: number;
  readonly padding?: Padding;
}

/** A convolution without bias, for batch normalisation to follow. */
export function convolution(
  name: string,
  input: string,
  { filters, size, stride = 1, padding }: SquareWindow & { readonly filters: number },
): LayerOf<"conv"> {
  return {
    name,
    kind: "conv",
    inputs: [input],
    filters,
    kernel: [size, size],
    ...sliding(stride, padding),
    bias: false,
    activation: "linear",
  };
}

/** A depthwise convolution without bias, one filter per channel, for batch normalisation to follow. */
export function depthwise(
  name: string,
  input: string,
  { size, stride = 1, padding }: SquareWindow,
): LayerOf<"depthwise"> {
  return {
    name,
    kind: "depthwise",
    inputs: [input],
    kernel: [size, size],
    multiplier: 1,
    ...sliding(stride, padding),
    bias: false,
    activation: "linear",
  };
}

/** Batch normalisation `<of>.norm` behind layer `of`; momentum 0.9, epsilon 0.001. */
export function norm(of: string, activation: Activation): LayerOf<"batchnorm"> {
  return normOf(of, `${of}.norm`, activation);
}

/** Batch normalisation by a name of its own, for networks that normalise before they convolve. */
export function normOf(of: string, name: string, activation: Activation): LayerOf<"batchnorm"> {
  return { name, kind: "batchnorm", inputs: [of], epsilon: 0.001, momentum: 0.9, activation };
}

/** Max pooling by 2 behind layer `of`, as `<of>.pool`; the last odd row and column fall away. */
export function halved(of: string): LayerOf<"max-pool"> {
  return {
    name: `${of}.pool`,
    kind: "max-pool",
    inputs: [of],
    size: [2, 2],
    strides: [2, 2],
    padding: "valid",
    dilations: [1, 1],
  };
}

/** The last layer, `head.dense`: logits. */
export function classifier(input: string, outputs: number): LayerOf<"dense"> {
  const name = "head.dense";
  return { name, kind: "dense", inputs: [input], units: outputs, bias: true, activation: "linear" };
}

/** `head.pool`, the global average of `input`, and the classifier behind it. */
export function pooledHead(input: string, outputs: number): readonly Layer[] {
  const pool: Layer = { name: "head.pool", kind: "global-average-pool", inputs: [input] };
  return [pool, classifier(pool.name, outputs)];
}

/** `dense1 …` with relu, each followed by `.dropout` where the rate is above 0, and the classifier behind them. */
export function denseHead(
  input: string,
  hidden: readonly number[],
  dropout: number,
  outputs: number,
): readonly Layer[] {
  const layers: Layer[] = [];
  let last = input;
  for (const [index, units] of hidden.entries()) {
    const name = `dense${index + 1}`;
    layers.push({ name, kind: "dense", inputs: [last], units, bias: true, activation: "relu" });
    last = name;
    if (dropout === 0) continue;
    last = `${name}.dropout`;
    layers.push({ name: last, kind: "dropout", inputs: [name], rate: dropout });
  }
  return [...layers, classifier(last, outputs)];
}

/** An image flattened for dense layers: `flatten` before hidden ones, `head.flatten` right before the classifier. */
export function flattened(input: string, hidden: readonly number[]): LayerOf<"flatten"> {
  const name = hidden.length > 0 ? "flatten" : "head.flatten";
  return { name, kind: "flatten", inputs: [input] };
}

/** A network of one input whose last layer gives the logits of a softmax. */
export function network(
  family: string,
  input: readonly number[],
  layers: readonly Layer[],
): Architecture {
  const inputs = [{ name: INPUT, shape: input }];
  return { family, inputs, layers, outputs: [layers.at(-1)!.name], head: "softmax" };
}
