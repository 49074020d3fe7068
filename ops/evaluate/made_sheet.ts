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
  const line = width * channels;
  const data = Uint8Array.from({ length: 2 * columns * size }, (_, at) => {
    const y = Math.floor(at / (columns * line));
    const column = Math.floor(at / line) % columns;
    const values = y < height ? truth : made;
    const value = values[column * size + (y % height) * line + at % line]!;
    const light = signed ? (value + 1) / 2 : value;
    return Math.round(255 * Math.min(1, Math.max(0, light)));
  });
  const { encodePng } = await import("../../engine/deps/fast_png.ts");
  const picture = { width: columns * width, height: 2 * height };
  const png = encodePng({ ...picture, channels, data });
  let bytes = "";
  for (const byte of png) bytes += String.fromCharCode(byte);
  return { ...picture, url: `data:image/png;base64,${btoa(bytes)}` };
}
