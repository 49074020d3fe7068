/** Puts the pixels of a sample where a view wants them. */
import type { Axis, View } from "./view.ts";

/** Copies `count` values from `start`, which is the first channel of a pixel. */
export type Copier = (into: Float32Array, at: number, start: number, count: number) => void;

/** Where pixels come from, and what stands where there are none. */
export interface Pixels {
  readonly channels: number;
  readonly copy: Copier;
  blank(into: Float32Array, at: number, pixels: number): void;
}

/** Writes the sample that begins at `start` as the view has it, from `at` on. */
export function arrange(
  into: Float32Array,
  at: number,
  start: number,
  { size: [height, width], vertical, horizontal, holes }: View,
  pixels: Pixels,
): void {
  const { channels, blank } = pixels;
  const stride = width * channels;
  for (let y = 0; y < height; y++) {
    const row = vertical.sign * y + vertical.offset;
    const target = at + y * stride;
    if (row < 0 || row >= height) blank(into, target, width);
    else arrangeRow(into, target, start + row * stride, width, horizontal, pixels);
  }
  for (const { top, left, side } of holes) {
    const first = Math.max(0, left);
    const count = Math.min(width, left + side) - first;
    for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
      blank(into, at + y * stride + first * channels, count);
    }
  }
}

/** The values of one sample as the view has them, in place. */
export function rearrange(values: Float32Array, view: View): void {
  const [height, width] = view.size;
  const channels = values.length / (height * width);
  arrange(values, 0, 0, view, {
    channels,
    copy: floatCopier(values.slice()),
    blank: (into, at, pixels) => into.fill(0, at, at + Math.max(0, pixels) * channels),
  });
}

/** Copies floats as they are. */
export function floatCopier(x: Float32Array): Copier {
  return (into, at, start, count) => into.set(x.subarray(start, start + count), at);
}

/** One row: the run of pixels that exist, blanks on both sides of it. */
function arrangeRow(
  into: Float32Array,
  at: number,
  start: number,
  width: number,
  { sign, offset }: Axis,
  { channels, copy, blank }: Pixels,
): void {
  const first = Math.min(width, Math.max(0, sign === 1 ? -offset : offset - width + 1));
  const last = Math.max(first, Math.min(width, sign === 1 ? width - offset : offset + 1));
  blank(into, at, first);
  if (sign === 1) {
    copy(
      into,
      at + first * channels,
      start + (first + offset) * channels,
      (last - first) * channels,
    );
  } else {
    for (let column = first; column < last; column++) {
      copy(into, at + column * channels, start + (offset - column) * channels, channels);
    }
  }
  blank(into, at + last * channels, width - last);
}
