/** Layers that change the extents of an image: pixels repeated, zeros around it, borders cut off. */
import { Type } from "../../../engine/field.ts";
import type { Tensor, Tf } from "../../../engine/tensor/mod.ts";
import { Margins, Pair } from "./attributes.ts";
import { defineLayer } from "./define.ts";
import { averagedExpected } from "./expected.ts";
import { cannot, image } from "./shape_checks.ts";

/** Each pixel becomes `size` pixels of its value. */
export const upsample = defineLayer({
  kind: "upsample",
  attributes: Type.Object({ size: Pair }),
  shape(layer, inputs) {
    const [height, width, channels] = image(layer, inputs);
    return [height * layer.size[0], width * layer.size[1], channels];
  },
  integers: { values: "keeps" },
  homogeneous: true,
  nonNegative: true,
  expected: (_layer, { inputs: [input] }) => input,
  run({ size: [rows, columns] }, { room: { tf }, inputs: [x] }) {
    const [, height, width] = x!.shape as [number, number, number];
    const pixels = x as ReturnType<Tf["tensor4d"]>;
    return tf.image.resizeNearestNeighbor(pixels, [height * rows, width * columns]);
  },
});

/** Zeros around an image: [[top, bottom], [left, right]]. */
export const pad = defineLayer({
  kind: "pad",
  attributes: Type.Object({ amounts: Margins }),
  shape(layer, inputs) {
    const [height, width, channels] = image(layer, inputs);
    const [[top, bottom], [left, right]] = layer.amounts;
    return [height + top + bottom, width + left + right, channels];
  },
  integers: { values: "keeps" },
  homogeneous: true,
  nonNegative: true,
  // Zeros at the border move the mean a little; the paper leaves them out of account as well.
  expected: (_layer, { inputs: [input] }) => averagedExpected(input),
  run: ({ amounts: [rows, columns] }, { room, inputs }) =>
    room.tf.pad(inputs[0]!, [[0, 0], [...rows], [...columns], [0, 0]]),
});

/** What goes from an image's borders: [[top, bottom], [left, right]]. */
export const crop = defineLayer({
  kind: "crop",
  attributes: Type.Object({ amounts: Margins }),
  shape(layer, inputs) {
    const [height, width, channels] = image(layer, inputs);
    const [[top, bottom], [left, right]] = layer.amounts;
    const rest = [height - top - bottom, width - left - right] as const;
    if (Math.min(...rest) >= 1) return [...rest, channels];
    throw cannot(layer, `nothing is left of ${height}×${width}`);
  },
  integers: { values: "keeps" },
  homogeneous: true,
  nonNegative: true,
  expected: (_layer, { inputs: [input] }) => averagedExpected(input),
  run({ amounts: [[top, bottom], [left, right]] }, { room, inputs: [x] }) {
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    const size = [batch, height - top - bottom, width - left - right, channels];
    return room.tf.slice(x!, [0, top, left, 0], size);
  },
});

/** An image of another height and width: each pixel is that or those between which its middle lies (TensorFlow's half-pixel centres). */
export const resize = defineLayer({
  kind: "resize",
  attributes: Type.Object({
    size: Pair,
    by: Type.Union([Type.Literal("nearest"), Type.Literal("bilinear")]),
  }),
  selects: () => "upsample",
  shape: (layer, inputs) => [...layer.size, image(layer, inputs)[2]],
  integers: { values: "makes" },
  nonNegative: true,
  expected: (_layer, { inputs: [input] }) => averagedExpected(input),
  run: ({ size, by }, { room: { tf }, inputs: [x] }) =>
    size.reduce((value, extent, axis) => stretched(tf, value, axis + 1, { extent, by }), x!),
});

/** A value with another extent along one axis. */
function stretched(
  tf: Tf,
  x: Tensor,
  axis: number,
  { extent, by }: { readonly extent: number; readonly by: "nearest" | "bilinear" },
): Tensor {
  const from = x.shape[axis]!;
  if (from === extent) return x;
  const pick = (places: readonly number[]) => tf.gather(x, tf.tensor1d([...places], "int32"), axis);
  const each = <T>(of: (place: number) => T): T[] =>
    Array.from({ length: extent }, (_, i) => of(i));
  if (by === "nearest") {
    return pick(each((i) => Math.min(from - 1, Math.floor((i + 0.5) * from / extent))));
  }
  const places = each((i) => Math.min(from - 1, Math.max(0, (i + 0.5) * from / extent - 0.5)));
  const shape = x.shape.map((_, at) => at === axis ? extent : 1);
  const share = tf.reshape(tf.tensor1d(places.map((place) => place - Math.floor(place))), shape);
  const low = pick(places.map(Math.floor));
  const high = pick(places.map((place) => Math.min(from - 1, Math.floor(place) + 1)));
  return tf.add(low, tf.mul(tf.sub(high, low), share));
}
