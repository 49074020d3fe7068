/** Samples as pictures, where they are pictures. */
import type { Pictures } from "../../engine/kind.ts";
import type { Meta, Part } from "./dataset.ts";

/** The pictures of some samples; undefined where a sample is no picture of one or three channels. */
export function picturesOf(
  { input }: Meta,
  { x, count }: Part,
  samples: readonly number[],
): Pictures | undefined {
  const [height, width, channels = 1] = input;
  if (height === undefined || width === undefined || input.length > 3) return undefined;
  if (channels !== 1 && channels !== 3 || x instanceof Int32Array) return undefined;
  const size = height * width * channels;
  const chosen = samples.filter((sample) => sample < count);
  const pixels = new Uint8Array(chosen.length * size);
  chosen.forEach((sample, at) => {
    pixels.set(bytesOf(x.subarray(sample * size, (sample + 1) * size)), at * size);
  });
  return { width, height, channels, pixels };
}

/** Bytes as they are; floats from the least of a picture to its greatest. */
function bytesOf(values: Uint8Array | Float32Array): Uint8Array {
  if (values instanceof Uint8Array) return values;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const range = high - low;
  return Uint8Array.from(
    values,
    (value) => range === 0 ? 0 : Math.round(255 * (value - low) / range),
  );
}
