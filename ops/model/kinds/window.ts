/** Windows that slide over an image, as TensorFlow counts them. */
import { type Shape, show } from "../../../engine/shape.ts";
import type { Padding } from "../../../engine/tensor/mod.ts";
import { cannot, image } from "./shape_checks.ts";

/** Attributes of a window. */
export interface WindowAttributes {
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly dilations: readonly [number, number];
}

/**
 * Height and width of what a window of `size` leaves of an image. `same`: ⌈extent / stride⌉; `valid` and explicit
 * zeros: ⌊(extent + zeros − reach) / stride⌋ + 1 with reach = (size − 1) · dilation + 1. May be below 1: no room.
 */
export function windowExtents(
  image: readonly [number, number],
  size: readonly [number, number],
  { strides, padding, dilations }: WindowAttributes,
): [number, number] {
  const along = (axis: 0 | 1): number => {
    if (padding === "same") return Math.ceil(image[axis] / strides[axis]);
    const zeros = padding === "valid" ? 0 : padding[axis][0] + padding[axis][1];
    const reach = (size[axis] - 1) * dilations[axis] + 1;
    return Math.floor((image[axis] + zeros - reach) / strides[axis]) + 1;
  };
  return [along(0), along(1)];
}

/**
 * The shape of what a window of `size` gives, from the channels that enter. Throws a RangeError where it does not
 * fit.
 */
export function windowShape(
  layer: WindowAttributes & { readonly name: string; readonly kind: string },
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
