/**
 * A view of a sample: where each pixel comes from, then what is done to the values, one after another. Moves and
 * mirrors compose without interpolation; a change of values may interpolate.
 */

/** A square of zeros, in the view's own coordinates; it may reach over the edge. */
interface Hole {
  readonly top: number;
  readonly left: number;
  readonly side: number;
}

/** Along an axis, pixel i of the view is pixel sign · i + offset of the image, 0 where there is none. */
interface ViewAxis {
  readonly sign: 1 | -1;
  readonly offset: number;
}

/** What is done to the values of a sample, in place, as they are stored. */
export type Change = (values: Float32Array) => void;

/** A view of an image of `size` [height, width]; what is no image is one pixel. */
export interface View {
  readonly size: readonly [number, number];
  readonly vertical: ViewAxis;
  readonly horizontal: ViewAxis;
  readonly holes: readonly Hole[];
  readonly changes: readonly Change[];
}

/** The image as it is. */
export function plainView(height: number, width: number): View {
  const axis = { sign: 1, offset: 0 } as const;
  return { size: [height, width], vertical: axis, horizontal: axis, holes: [], changes: [] };
}

/** The view moved down and to the right. */
export function shifted(view: View, down: number, right: number): View {
  const move = ({ sign, offset }: ViewAxis, by: number): ViewAxis => ({
    sign,
    offset: offset - sign * by,
  });
  return placed(view, (seen) => ({
    ...seen,
    vertical: move(seen.vertical, down),
    horizontal: move(seen.horizontal, right),
  }));
}

/** The view mirrored. */
export function flipped(view: View, axis: "horizontal" | "vertical"): View {
  return placed(view, (seen) => {
    const extent = seen.size[axis === "vertical" ? 0 : 1];
    const { sign, offset } = seen[axis];
    const mirrored: ViewAxis = { sign: sign === 1 ? -1 : 1, offset: offset + sign * (extent - 1) };
    return { ...seen, [axis]: mirrored };
  });
}

/** The view with one more square of zeros. */
export function holed(view: View, hole: Hole): View {
  return placed(view, (seen) => ({ ...seen, holes: [...seen.holes, hole] }));
}

/** The view with its values changed. */
export function changed(view: View, change: Change): View {
  return { ...view, changes: [...view.changes, change] };
}

/** Where pixels come from is decided before values change; a move after such a change is a change itself. */
function placed(view: View, move: (view: View) => View): View {
  if (view.changes.length === 0) return move(view);
  const again = move(plainView(...view.size));
  return changed(view, (values) => rearrange(values, again));
}

/** Copies `count` values from `start`, which is the first channel of a pixel. */
export type Copier = (into: Float32Array, at: number, start: number, count: number) => void;

/** Copies floats as they are. */
export function floatCopier(x: Float32Array): Copier {
  return (into, at, start, count) => into.set(x.subarray(start, start + count), at);
}

/** Where pixels come from, and what stands where there are none. */
export interface Pixels {
  readonly channels: number;
  readonly copy: Copier;
  blank(into: Float32Array, at: number, pixels: number): void;
}

/** Where the values of a sample are written, and where the stored ones begin. */
export interface SamplePlace {
  readonly into: Float32Array;
  readonly at: number;
  readonly start: number;
}

/** Writes a sample as the view has it. */
export function writeView(
  { into, at, start }: SamplePlace,
  { size: [height, width], vertical, horizontal, holes }: View,
  pixels: Pixels,
): void {
  const { channels, blank } = pixels;
  const stride = width * channels;
  for (let y = 0; y < height; y++) {
    const row = vertical.sign * y + vertical.offset;
    const target = at + y * stride;
    if (row < 0 || row >= height) blank(into, target, width);
    else writeRow({ into, at: target, start: start + row * stride }, width, horizontal, pixels);
  }
  for (const { top, left, side } of holes) {
    const first = Math.max(0, left);
    const count = Math.min(width, left + side) - first;
    for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
      blank(into, at + y * stride + first * channels, count);
    }
  }
}

/** One row: the run of pixels that exist, blanks on both sides of it. */
function writeRow(
  { into, at, start }: SamplePlace,
  width: number,
  { sign, offset }: ViewAxis,
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

/** The values of one sample as the view has them, in place. */
function rearrange(values: Float32Array, view: View): void {
  const [height, width] = view.size;
  const channels = values.length / (height * width);
  writeView({ into: values, at: 0, start: 0 }, view, {
    channels,
    copy: floatCopier(values.slice()),
    blank: (into, at, pixels) => into.fill(0, at, at + pixels * channels),
  });
}
