/** Pooling: one value of each channel for a window, or for the whole image. */
import { Type } from "../../../engine/field.ts";
import { Pair, sliding } from "./attributes.ts";
import { defineLayer } from "./define.ts";
import { averagedExpected } from "./expected.ts";
import { image } from "./shape_checks.ts";
import { windowShape } from "./window.ts";

const windowed = Type.Object({ size: Pair, ...sliding });
const same = (channels: number) => channels;

/** The largest value of each window. */
export const maxPool = defineLayer({
  kind: "max-pool",
  attributes: windowed,
  selects: () => "pool",
  shape: (layer, inputs) => windowShape(layer, inputs, layer.size, same),
  integers: { values: "keeps" },
  homogeneous: true,
  nonNegative: true,
  run: ({ size, ...window }, { room, inputs }) => room.nn.maxPool(inputs[0]!, size, window),
});

/** The mean of each window's cells inside the image. */
export const averagePool = defineLayer({
  kind: "average-pool",
  attributes: windowed,
  selects: () => "pool",
  shape: (layer, inputs) => windowShape(layer, inputs, layer.size, same),
  integers: { values: "makes" },
  homogeneous: true,
  nonNegative: true,
  expected: (_layer, { inputs: [input] }) => averagedExpected(input),
  run: ({ size, ...window }, { room, inputs }) => room.nn.averagePool(inputs[0]!, size, window),
});

/** The mean of each channel. */
export const globalAveragePool = defineLayer({
  kind: "global-average-pool",
  attributes: Type.Object({}),
  selects: () => "pool",
  shape: (layer, inputs) => [image(layer, inputs)[2]],
  integers: {
    values: "makes",
    rounded: (_layer, { room, inputs: [x], to }) => room.nn.globalAverageShort(x!, to),
  },
  homogeneous: true,
  nonNegative: true,
  expected: (_layer, { inputs: [input] }) => averagedExpected(input),
  run: (_layer, { room, inputs }) => room.nn.globalAveragePool(inputs[0]!),
});

/** The largest value of each channel. */
export const globalMaxPool = defineLayer({
  kind: "global-max-pool",
  attributes: Type.Object({}),
  selects: () => "pool",
  shape: (layer, inputs) => [image(layer, inputs)[2]],
  integers: { values: "keeps" },
  homogeneous: true,
  nonNegative: true,
  run(_layer, { room: { nn, tf }, inputs: [x] }) {
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    const window = { strides: [1, 1], padding: "valid" } as const;
    return tf.reshape(nn.maxPool(x!, [height, width], window), [batch, channels]);
  },
});
