/** Raw samples as the layers see them. */
import type { Preprocess } from "./model.ts";

/**
 * value · scale + offset, rounded to float32 after each operation, as tfjs's `Rescaling` does. One scale and offset
 * for all values, or one per channel (last axis). `null` leaves the values as they are.
 */
export function preprocessed(
  values: Uint8Array | Int32Array | Float32Array,
  preprocess: Preprocess | null,
): Float32Array {
  const result = Float32Array.from(values);
  if (preprocess === null) return result;
  const scale = Float32Array.from(preprocess.scale);
  const offset = Float32Array.from(preprocess.offset);
  for (let i = 0; i < result.length; i++) {
    const product = Math.fround(result[i]! * scale[i % scale.length]!);
    result[i] = product + offset[i % offset.length]!;
  }
  return result;
}
