/** Extents of windows that slide over an image, as TensorFlow counts them. */
import type { LayerAttributes, WindowAttributes } from "../model.ts";

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

/** Geometry of a transposed convolution. */
export type Transposed = Pick<LayerAttributes["conv-transpose"], "kernel" | "strides" | "padding">;

/**
 * Height and width of what a transposed convolution makes of an image, as Keras counts them: `same` extent · stride;
 * `valid` extent · stride + max(kernel − stride, 0).
 */
export function transposedExtents(
  image: readonly [number, number],
  { kernel, strides, padding }: Transposed,
): [number, number] {
  const along = (axis: 0 | 1): number =>
    image[axis] * strides[axis] +
    (padding === "same" ? 0 : Math.max(kernel[axis] - strides[axis], 0));
  return [along(0), along(1)];
}

/**
 * What is cut off the full result of a transposed convolution, (extent − 1) · stride + kernel values, on each side of an
 * axis: [before, after]. Below 0 where zeros are added: a kernel shorter than its stride leaves gaps at the end.
 */
export function transposedCut(
  axis: 0 | 1,
  { kernel, strides, padding }: Transposed,
): readonly [before: number, after: number] {
  const spare = kernel[axis] - strides[axis];
  if (spare < 0) return [0, spare];
  if (padding === "valid") return [0, 0];
  const before = Math.floor(spare / 2);
  return [before, spare - before];
}
