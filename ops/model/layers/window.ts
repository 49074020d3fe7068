/** Extents of windows that slide over an image, as TensorFlow counts them. */
import type { WindowAttributes } from "../model.ts";

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
