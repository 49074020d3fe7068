/** Whole numbers as rows of as many places as there are numbers. */
import { Type } from "../../../../engine/field.ts";
import { Extent } from "../attributes.ts";
import { defineLayer } from "../define.ts";
import { cannot, one } from "../shape_checks.ts";

/**
 * A row of `size` places, counted from 0. `each`: one for every number, 1 at its place; of all numbers along the last
 * axis, `any`: 1 at the place of each that is there, `count`: how many there are. A number without a place leaves no
 * mark. It has no slope.
 */
export const oneHot = defineLayer({
  kind: "one-hot",
  attributes: Type.Object({
    size: Extent,
    by: Type.Union([Type.Literal("each"), Type.Literal("any"), Type.Literal("count")]),
  }),
  selects: () => "embedding",
  shape(layer, inputs) {
    const shape = one(layer, inputs);
    if (layer.by === "each") return [...shape, layer.size];
    if (shape.length > 0) return [...shape.slice(0, -1), layer.size];
    throw cannot(layer, "it reads no row of numbers");
  },
  channels: {
    pass({ layer, inputs: [channels], ties }) {
      ties.fix(channels!);
      return ties.fix(ties.fresh(layer.size));
    },
  },
  vocabulary: ({ size }) => size,
  run({ size, by }, { room: { tf }, inputs: [x] }) {
    const marks = tf.oneHot(tf.cast(x!, "int32"), size);
    if (by === "each") return tf.cast(marks, "float32");
    const axis = x!.shape.length - 1;
    return tf.cast(by === "any" ? tf.max(marks, axis) : tf.sum(marks, axis), "float32");
  },
});
