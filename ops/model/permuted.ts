/** Weights with their axes in the order of another format. */
import { sizeOf } from "./layers.ts";
import type { Weight } from "./model.ts";

/** The same weight with its axes in another order: axis i of the result is axis `order[i]`. A mask is left behind. */
export function permuted(weight: Weight, order: readonly number[]): Weight {
  const { shape, encoding, data } = weight;
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const moved = {
    shape: order.map((axis) => shape[axis]!),
    strides: order.map((a) => strides[a]!),
  };
  const values = data.slice();
  const index = moved.shape.map(() => 0);
  for (let i = 0, from = 0; i < values.length; i++) {
    values[i] = data[from]!;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      from += moved.strides[axis]!;
      if (++index[axis]! < moved.shape[axis]!) break;
      from -= moved.strides[axis]! * moved.shape[axis]!;
      index[axis] = 0;
    }
  }
  if (encoding.use !== "affine" || encoding.axis === null) {
    return { shape: moved.shape, encoding, data: values };
  }
  const axis = order.indexOf(encoding.axis);
  return { shape: moved.shape, encoding: { ...encoding, axis }, data: values };
}
