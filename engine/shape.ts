/** Shapes of arrays. */

/** Extents, the last running fastest; of samples and layers without the batch: `[height, width, channels]` … */
export type Shape = readonly number[];

/** The number of values of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** A shape as people write it: `28×28×1`. */
export function show(shape: Shape): string {
  return shape.join("×");
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}
