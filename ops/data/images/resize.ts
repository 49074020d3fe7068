/**
 * Pictures in another size: bilinear, with half-pixel centres, and antialiased where they shrink. An output pixel i is
 * the mean of the input pixels j under a triangle around c = (i + ½)·s, weighted by
 * max(0, 1 − |j + ½ − c| / max(s, 1)), where s is the input's size by the output's. It is taken along rows, then along
 * columns, and rounded once at the end. This is what Pillow's `resize(…, BILINEAR)` and TensorFlow's
 * `tf.image.resize(…, antialias=True)` compute. Proportions are not kept.
 */
import type { Picture } from "./picture.ts";

/** The bytes that it takes: rows are made of one width as doubles before their number is. */
export function resizingBytes(
  picture: Picture,
  [height, width]: readonly [number, number],
): number {
  if (picture.height === height && picture.width === width) return 0;
  const row = width * picture.channels;
  // Windows of rows and columns are as long together as the picture's sides, twice.
  const windows = 2 * (picture.height + picture.width + height + width);
  return Float64Array.BYTES_PER_ELEMENT * (picture.height * row + windows) + height * row;
}

/** A picture of this height and width. */
export function resizePicture(
  picture: Picture,
  [height, width]: readonly [number, number],
): Picture {
  if (picture.height === height && picture.width === width) return picture;
  const { channels } = picture;
  const rows = triangle(picture.height, height);
  const columns = triangle(picture.width, width);
  const wide = new Float64Array(picture.height * width * channels);
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < width; x++) {
      const { first, weights } = columns[x]!;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) {
          sum += weights[k]! * picture.data[(y * picture.width + first + k) * channels + c]!;
        }
        wide[(y * width + x) * channels + c] = sum;
      }
    }
  }
  const data = new Uint8Array(height * width * channels);
  const row = width * channels;
  for (let y = 0; y < height; y++) {
    const { first, weights } = rows[y]!;
    for (let i = 0; i < row; i++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * wide[(first + k) * row + i]!;
      data[y * row + i] = Math.min(255, Math.floor(sum + 0.5));
    }
  }
  return { height, width, channels, data };
}

/** What one output pixel is made of: the first input pixel, and the weights of it and those behind it; they sum to 1. */
interface ResizeWindow {
  readonly first: number;
  readonly weights: Float64Array;
}

function triangle(from: number, to: number): ResizeWindow[] {
  const step = from / to;
  const reach = Math.max(step, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * step;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const last = Math.min(from, Math.floor(centre + reach + 0.5));
    const weights = Float64Array.from(
      { length: last - first },
      (_, k) => Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / reach),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}
