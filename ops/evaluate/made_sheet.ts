/** Pictures of what a model makes, for a person to look at. */
import type { Json } from "../../engine/op.ts";

/** Samples that are shown. */
const SHOWN = 10;

/**
 * A PNG with the first samples side by side, what should have been made above what was, as a note: `{ url, width,
 * height }` in pixels; undefined where a sample is no picture. Values below 0 are taken to lie between −1 and 1, others
 * between 0 and 1.
 */
export async function madeSheet(
  truth: Float32Array,
  made: Float32Array,
  shape: readonly number[],
): Promise<Json | undefined> {
  const [height, width, channels] = shape as [number, number, number];
  if (shape.length !== 3 || channels !== 1 && channels !== 3) return undefined;
  const size = height * width * channels;
  const columns = Math.min(SHOWN, made.length / size);
  const signed = [truth, made].some((values) => values.some((value) => value < 0));
  const data = new Uint8Array(2 * columns * size);
  for (const [row, values] of [truth, made].entries()) {
    for (let column = 0; column < columns; column++) {
      for (let i = 0; i < size; i++) {
        const value = values[column * size + i]!;
        const light = signed ? (value + 1) / 2 : value;
        const y = row * height + Math.floor(i / (width * channels));
        const x = column * width * channels + i % (width * channels);
        data[y * columns * width * channels + x] = Math.round(
          255 * Math.min(1, Math.max(0, light)),
        );
      }
    }
  }
  const { encodePng } = await import("../../engine/deps/fast_png.ts");
  const picture = { width: columns * width, height: 2 * height };
  const png = encodePng({ ...picture, channels, data });
  let bytes = "";
  for (const byte of png) bytes += String.fromCharCode(byte);
  return { ...picture, url: `data:image/png;base64,${btoa(bytes)}` };
}
