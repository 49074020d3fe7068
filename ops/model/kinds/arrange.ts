/** Layers that arrange the same values in another shape. */
import { Type } from "../../../engine/field.ts";
import { sameShape, type Shape, show, sizeOf } from "../../../engine/shape.ts";
import { Extent, Whole } from "./attributes.ts";
import { flatChannels } from "./channels.ts";
import { type AnyLayer, defineLayer } from "./define.ts";
import { cannot, one, sequence } from "./shape_checks.ts";

/** All values in a row, channels fastest. */
export const flatten = defineLayer({
  kind: "flatten",
  attributes: Type.Object({}),
  selects: () => "reshape",
  shape: (layer, inputs) => [sizeOf(one(layer, inputs))],
  channels: { pass: ({ inputs: [channels], shapes: [shape] }) => flatChannels(channels!, shape!) },
  integers: { values: "keeps" },
  homogeneous: true,
  nonNegative: true,
  expected: (_layer, { inputs: [input], shape }) =>
    input && {
      mean: Float64Array.from(
        { length: sizeOf(shape) },
        (_, i) => input.mean[i % input.mean.length]!,
      ),
    },
  run: (_layer, { room, inputs: [x] }) =>
    room.tf.reshape(x!, [x!.shape[0]!, x!.size / x!.shape[0]!]),
});

/** Target shape without the batch; at most one −1. */
export const reshape = defineLayer({
  kind: "reshape",
  attributes: Type.Object({ shape: Type.Array(Type.Union([Type.Literal(-1), Extent])) }),
  shape: (layer, inputs) => reshaped(layer, one(layer, inputs), layer.shape),
  channels: {
    pass({ inputs: [channels], shapes: [shape], output, ties }) {
      const flat = flatChannels(channels!, shape!);
      const result = flat.slice(0, output.at(-1)!);
      flat.forEach((channel, i) => ties.tie(result[i % result.length]!, channel));
      return result;
    },
    resize(layer, count) {
      const shape = [...layer.shape];
      if (shape.at(-1) !== -1) shape[shape.length - 1] = count;
      return { ...layer, shape };
    },
  },
  integers: { values: "keeps" },
  nonNegative: true,
  run: ({ shape }, { room, inputs: [x] }) => room.tf.reshape(x!, [x!.shape[0]!, ...shape]),
});

/** The axes in another order, counted from 0 without the batch. */
export const permute = defineLayer({
  kind: "permute",
  attributes: Type.Object({ order: Type.Array(Whole) }),
  selects: () => "reshape",
  shape(layer, inputs) {
    const shape = one(layer, inputs);
    const axes = [...layer.order].sort((a, b) => a - b);
    if (sameShape(axes, shape.map((_, axis) => axis))) {
      return layer.order.map((axis) => shape[axis]!);
    }
    throw cannot(layer, `${layer.order.join(", ")} is no order of the axes of ${show(shape)}`);
  },
  channels: {
    // What was a channel may be a row now: then all stay.
    pass({ layer: { order }, inputs: [channels], output, ties }) {
      if (order.at(-1) === order.length - 1) return channels!;
      channels!.forEach((channel) => ties.tie(channels![0]!, channel));
      return new Int32Array(output.at(-1)!).fill(channels![0]!);
    },
  },
  integers: { values: "keeps" },
  nonNegative: true,
  run: ({ order }, { room, inputs: [x] }) =>
    room.tf.transpose(x!, [0, ...order.map((axis) => axis + 1)]),
});

function reshaped(layer: AnyLayer, input: Shape, target: Shape): Shape {
  const known = sizeOf(target.filter((extent) => extent !== -1));
  const shape = target.map((extent) => extent === -1 ? sizeOf(input) / known : extent);
  if (sizeOf(shape) === sizeOf(input) && shape.every(Number.isInteger)) return shape;
  throw cannot(layer, `${show(input)} cannot become ${show(target)}`);
}

/** The rows of a sequence, the last first. */
export const reverse = defineLayer({
  kind: "reverse",
  attributes: Type.Object({}),
  selects: () => "reshape",
  shape: sequence,
  integers: { values: "keeps" },
  homogeneous: true,
  expected: (_layer, { inputs: [input] }) => input,
  run: (_layer, { room, inputs: [x] }) => room.tf.reverse(x!, 1),
});
