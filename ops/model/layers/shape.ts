/** Output shapes by layer kind, without the batch. */
import { quoted } from "../../../engine/quote.ts";
import type { Layer, LayerOf, WindowAttributes } from "../model.ts";
import { answer, type LayerTable } from "./table.ts";
import { transposedExtents, windowExtents } from "./window.ts";

/** A shape without the batch: `[height, width, channels]`, `[features]` … */
export type Shape = readonly number[];

/** The number of values of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

const shapes: LayerTable<[inputs: readonly Shape[]], Shape> = {
  dense: (layer, inputs) => [...one(layer, inputs).slice(0, -1), layer.units],
  conv: (layer, inputs) => window(layer, inputs, layer.kernel, () => layer.filters),
  depthwise: (layer, inputs) =>
    window(layer, inputs, layer.kernel, (channels) => channels * layer.multiplier),
  "conv-transpose": (layer, inputs) => {
    const [height, width] = image(layer, inputs);
    return [...transposedExtents([height, width], layer), layer.filters];
  },
  batchnorm: one,
  embedding: (layer, inputs) => [...one(layer, inputs), layer.size],
  position: sequence,
  "layer-norm": one,
  attention: attended,
  first: (layer, inputs) => sequence(layer, inputs).slice(1),
  activation: one,
  "max-pool": (layer, inputs) => window(layer, inputs, layer.size, (channels) => channels),
  "average-pool": (layer, inputs) => window(layer, inputs, layer.size, (channels) => channels),
  "global-average-pool": (layer, inputs) => [image(layer, inputs)[2]],
  "global-max-pool": (layer, inputs) => [image(layer, inputs)[2]],
  recurrent: (layer, inputs) => {
    const [length] = sequence(layer, inputs);
    return layer.sequence ? [length!, layer.units] : [layer.units];
  },
  upsample: (layer, inputs) => {
    const [height, width, channels] = image(layer, inputs);
    return [height * layer.size[0], width * layer.size[1], channels];
  },
  flatten: (layer, inputs) => [sizeOf(one(layer, inputs))],
  reshape: (layer, inputs) => reshaped(layer, one(layer, inputs), layer.shape),
  pad: (layer, inputs) => {
    const [height, width, channels] = image(layer, inputs);
    const [[top, bottom], [left, right]] = layer.amounts;
    return [height + top + bottom, width + left + right, channels];
  },
  crop: (layer, inputs) => {
    const [height, width, channels] = image(layer, inputs);
    const [[top, bottom], [left, right]] = layer.amounts;
    const rest = [height - top - bottom, width - left - right] as const;
    if (Math.min(...rest) >= 1) return [...rest, channels];
    throw cannot(layer, `nothing is left of ${height}×${width}`);
  },
  permute: (layer, inputs) => {
    const shape = one(layer, inputs);
    const axes = [...layer.order].sort((a, b) => a - b);
    if (sameShape(axes, shape.map((_, axis) => axis))) {
      return layer.order.map((axis) => shape[axis]!);
    }
    throw cannot(layer, `${layer.order.join(", ")} is no order of the axes of ${show(shape)}`);
  },
  add: (layer, inputs) => {
    const [first, ...others] = several(layer, inputs);
    const odd = others.find((shape) => !sameShape(shape, first));
    if (odd !== undefined) throw cannot(layer, `it adds ${show(first)} and ${show(odd)}`);
    return first;
  },
  concat: (layer, inputs) => {
    const [first, ...others] = several(layer, inputs);
    const front = (shape: Shape) => shape.slice(0, -1);
    const odd = others.find((shape) => !sameShape(front(shape), front(first)));
    if (odd !== undefined) throw cannot(layer, `it joins ${show(first)} and ${show(odd)}`);
    return [...front(first), inputs.reduce((sum, shape) => sum + shape.at(-1)!, 0)];
  },
  mixture: (layer, inputs) => {
    const [first, ...others] = several(layer, inputs);
    const odd = others.find((shape) => !sameShape(shape, first));
    if (odd === undefined && first.length === 1) return first;
    throw cannot(layer, `it mixes classes, and it reads ${inputs.map(show).join(" and ")}`);
  },
  split: (layer, inputs) => {
    const [height, width] = image(layer, inputs);
    return [height, width, share(layer, inputs, layer.parts)];
  },
  shuffle: (layer, inputs) => {
    share(layer, inputs, layer.groups);
    return image(layer, inputs);
  },
  dropout: one,
  sample: (layer, inputs) => {
    const [mean, ...others] = several(layer, inputs);
    if (others.length === 1 && sameShape(mean, others[0]!)) return mean;
    throw cannot(
      layer,
      `it reads a mean and a log-variance of one shape, not ${inputs.map(show).join(" and ")}`,
    );
  },
};

/**
 * The shape a layer gives, from those it reads. Throws a RangeError that names the layer where they do not fit it.
 */
export function outputShape(layer: Layer, inputs: readonly Shape[]): Shape {
  return answer(shapes, layer, inputs);
}

/** A shape as people write it. */
export function show(shape: Shape): string {
  return shape.join("×");
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

function cannot(layer: Layer, why: string): RangeError {
  return new RangeError(`Cannot build layer ${quoted(layer.name)} (${layer.kind}): ${why}`);
}

function one(layer: Layer, inputs: readonly Shape[]): Shape {
  const [shape] = inputs;
  if (inputs.length !== 1 || shape === undefined || shape.length === 0) {
    throw cannot(layer, `it reads one layer, not ${inputs.length}`);
  }
  return shape;
}

function several(layer: Layer, inputs: readonly Shape[]): readonly [Shape, ...Shape[]] {
  const [first, ...others] = inputs;
  if (first === undefined || others.length === 0) {
    throw cannot(layer, `it reads at least two layers, not ${inputs.length}`);
  }
  return [first, ...others];
}

function image(layer: Layer, inputs: readonly Shape[]): readonly [number, number, number] {
  const shape = one(layer, inputs);
  if (shape.length === 3) return shape as unknown as readonly [number, number, number];
  throw cannot(layer, `it reads an image (height × width × channels), its input is ${show(shape)}`);
}

/** The channels of each of so many equal parts. */
function share(layer: Layer, inputs: readonly Shape[], parts: number): number {
  const [, , channels] = image(layer, inputs);
  if (channels % parts === 0) return channels / parts;
  throw cannot(layer, `${channels} channels cannot be ${parts} equal parts`);
}

function sequence(layer: Layer, inputs: readonly Shape[]): Shape {
  const shape = one(layer, inputs);
  if (shape.length === 2) return shape;
  throw cannot(layer, `it reads a sequence (length × size), its input is ${show(shape)}`);
}

function attended(layer: LayerOf<"attention">, inputs: readonly Shape[]): Shape {
  const [queries, keys, values, tokens = [keys?.[0]]] = inputs;
  const fits = inputs.length >= 3 && inputs.length <= 4 &&
    [queries, keys, values].every((shape) =>
      shape?.length === 2 && Number.isInteger(shape[1]! / layer.heads)
    ) &&
    queries![1] === keys![1] && keys![0] === values![0] && sameShape(tokens as Shape, [keys![0]!]);
  if (fits) return [queries![0]!, values![1]!];
  throw cannot(
    layer,
    `it reads queries, keys and values of ${layer.heads} heads, and tokens; these are ${
      inputs.map(show).join(", ")
    }`,
  );
}

function window(
  layer: Layer & WindowAttributes,
  inputs: readonly Shape[],
  size: readonly [number, number],
  channelsOut: (channels: number) => number,
): Shape {
  const [height, width, channels] = image(layer, inputs);
  const extents = windowExtents([height, width], size, layer);
  if (extents[0] < 1 || extents[1] < 1) {
    throw cannot(layer, `its window ${show(size)} does not fit into ${height}×${width}`);
  }
  return [...extents, channelsOut(channels)];
}

function reshaped(layer: Layer, input: Shape, target: Shape): Shape {
  const known = sizeOf(target.filter((extent) => extent !== -1));
  const shape = target.map((extent) => extent === -1 ? sizeOf(input) / known : extent);
  if (sizeOf(shape) === sizeOf(input) && shape.every(Number.isInteger)) return shape;
  throw cannot(layer, `${show(input)} cannot become ${show(target)}`);
}
