/** Two arrays as samples: inputs and labels side by side. */
import type { Task } from "../../../engine/op.ts";
import type { Samples } from "../samples.ts";
import { answersOfArray } from "./label_rows.ts";
import { assertFinite, type StoredArray } from "./stored_array.ts";

/**
 * Inputs with their labels. Throws a RangeError that names the array: where there are not as many of one as of the other,
 * where the labels are of no shape that the task has, where a value is not finite.
 */
export function pairOf(
  inputs: StoredArray,
  labels: StoredArray,
  names: { readonly inputs: string; readonly labels: string },
  task: Task,
): Samples {
  const [count] = inputs.shape as [number, ...number[]];
  if (labels.shape[0] !== count) {
    throw new RangeError(
      `Cannot pair "${names.inputs}" with "${names.labels}": ${count} samples, ${
        labels.shape[0]
      } labels`,
    );
  }
  const samples = samplesOf(inputs, names.inputs);
  assertFinite(labels, names.labels);
  return { ...samples, ...answersOfArray(labels, names.labels, task) };
}

/** Inputs alone. Throws a RangeError that names the array. */
export function samplesOf(inputs: StoredArray, name: string): Samples {
  const [count, ...sample] = inputs.shape as [number, ...number[]];
  if (sample.some((extent) => extent < 1)) {
    throw new RangeError(
      `Cannot use "${name}": its samples of ${sample.join("×")} hold nothing`,
    );
  }
  const x = inputs.data instanceof Int32Array ? Float32Array.from(inputs.data) : inputs.data;
  assertFinite(inputs, name);
  return { count, input: inputShape(sample), x, y: null };
}

/** Images get their channel axis; a number per sample becomes one feature. */
function inputShape(sample: readonly number[]): readonly number[] {
  if (sample.length === 0) return [1];
  return sample.length === 2 ? [...sample, 1] : sample;
}
