/**
 * What the inputs of a model are given: the first one the sample, every further one a condition, the sample's label
 * as a row that is 1 at its class and 0 elsewhere.
 */
import type { ModelInput } from "./model.ts";
import { sizeOf } from "./layers.ts";

/** Labels of samples; null where there are none. */
export type Labels = Int32Array | Float32Array | null;

/**
 * Rows of a condition for the samples `samples`, one after another. Throws a RangeError where labels do not fit it.
 */
export function conditionRows(
  { name, shape }: ModelInput,
  labels: Labels,
  samples: ArrayLike<number>,
): Float32Array {
  const width = sizeOf(shape);
  if (!(labels instanceof Int32Array)) {
    throw new RangeError(
      `Cannot run the model: its input "${name}" reads classes, and the samples have none`,
    );
  }
  const rows = new Float32Array(samples.length * width);
  for (let row = 0; row < samples.length; row++) {
    const label = labels[samples[row]!]!;
    if (label < 0 || label >= width) {
      throw new RangeError(
        `Cannot run the model: its input "${name}" knows ${width} classes, a sample is of class ${label}`,
      );
    }
    rows[row * width + label] = 1;
  }
  return rows;
}

/** `count` numbers from `first` on. */
export function range(first: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => first + i);
}
