/** Augmentations that change the values of an image, or of any sample that is numbers. */
import { cosPi, sinPi } from "../../../engine/tensor/scalar_math.ts";
import type { Meta } from "../../data/dataset.ts";
import type { Change } from "./view.ts";

/**
 * Adds normal draws of deviation `sigma`, in units of what the data's normalisation makes of the values: where it
 * makes them 0 … 1, 0.1 is a tenth of the range.
 */
export function noisy(sigma: number, normals: Float32Array, { normalize }: Meta): Change {
  const { scale } = normalize;
  return (values) => {
    for (let i = 0; i < values.length; i++) {
      const unit = scale[i % scale.length]!;
      // A feature that never varies stays so.
      if (unit !== 0) values[i]! += normals[i]! * sigma / unit;
    }
  };
}

/** Turns an image about its middle, counterclockwise; between four pixels bilinear, 0 outside. */
export function rotated(degrees: number, [height, width]: readonly [number, number]): Change {
  const [sine, cosine] = [sinPi(degrees / 180), cosPi(degrees / 180)];
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
  return (values) => {
    const channels = values.length / (height * width);
    const before = values.slice();
    const pixel = (y: number, x: number, c: number): number =>
      y < 0 || y >= height || x < 0 || x >= width ? 0 : before[(y * width + x) * channels + c]!;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [down, right] = [y - middleY, x - middleX];
        const fromY = middleY + cosine * down + sine * right;
        const fromX = middleX + cosine * right - sine * down;
        const [top, left] = [Math.floor(fromY), Math.floor(fromX)];
        const [v, u] = [fromY - top, fromX - left];
        for (let c = 0; c < channels; c++) {
          const above = pixel(top, left, c) * (1 - u) + pixel(top, left + 1, c) * u;
          const below = pixel(top + 1, left, c) * (1 - u) + pixel(top + 1, left + 1, c) * u;
          values[(y * width + x) * channels + c] = above * (1 - v) + below * v;
        }
      }
    }
  };
}

/** Factors of a change of colours; 1 leaves things as they are. */
interface Colors {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
}

/** Weights of red, green and blue in grey (ITU-R BT.601). */
const GREY = [0.299, 0.587, 0.114] as const;

/**
 * As torchvision's ColorJitter does, in this order: values times `brightness`; `contrast` of each value and the mean
 * grey of the image; `saturation` of each value and its pixel's grey. Bytes stay within 0 … 255.
 */
export function colored(
  { brightness, contrast, saturation }: Colors,
  { type, input }: Meta,
): Change {
  const channels = input.at(-1)!;
  const bounded = type === "uint8"
    ? (value: number) => Math.min(255, Math.max(0, value))
    : (value: number) => value;
  return (values) => {
    const grey = (pixel: number): number =>
      channels === 3
        ? GREY.reduce((sum, weight, c) => sum + weight * values[pixel * 3 + c]!, 0)
        : values[pixel * channels]!;
    const pixels = values.length / channels;
    const blend = (factor: number, other: (pixel: number) => number) => {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const beside = (1 - factor) * other(pixel);
        for (let i = pixel * channels; i < (pixel + 1) * channels; i++) {
          values[i] = bounded(factor * values[i]! + beside);
        }
      }
    };
    blend(brightness, () => 0);
    let sum = 0;
    for (let pixel = 0; pixel < pixels; pixel++) sum += grey(pixel);
    const mean = sum / pixels;
    blend(contrast, () => mean);
    if (channels === 3) blend(saturation, grey);
  };
}
