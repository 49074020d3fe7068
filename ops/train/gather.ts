/** Stored samples as the floats that a model sees: gathered, prepared, and varied by a view. */
import type { Meta, Part } from "../data/dataset.ts";
import type { Preprocess } from "../model/model.ts";
import { preprocessed } from "../model/preprocess.ts";
import type { Axis, View } from "./view.ts";

/** Writes the samples `order[from … to)` of a part, one after another, into `into`. */
export type Gather = (
  into: Float32Array,
  order: ArrayLike<number>,
  from: number,
  to: number,
  view?: (sample: number) => View,
) => void;

/**
 * How samples of a part are gathered for a model with this preparation. Bytes go through a table of their 256 values
 * per channel, so an epoch neither computes nor stores the data set as floats. A stored 0 fills what a view has no
 * pixel for.
 */
export function gatherer(
  meta: Pick<Meta, "input">,
  part: Part,
  preparation: Preprocess | null,
): Gather {
  const size = meta.input.reduce((product, extent) => product * extent, 1);
  const channels = meta.input.at(-1) ?? 1;
  const blank = preprocessed(new Uint8Array(channels), preparation);
  const even = blank.every((value) => value === blank[0]);
  const copy = part.x instanceof Uint8Array
    ? byteCopier(part.x, channels, preparation)
    : floatCopier(preprocessed(part.x, preparation));

  return (into, order, from, to, view) => {
    for (let row = from, at = 0; row < to; row++, at += size) {
      const sample = order[row]!;
      if (view === undefined) copy(into, at, sample * size, size);
      else seen(into, at, sample * size, view(sample));
    }
  };

  function seen(into: Float32Array, at: number, start: number, view: View): void {
    const { size: [height, width], vertical, horizontal } = view;
    const stride = width * channels;
    for (let y = 0; y < height; y++) {
      const row = vertical.sign * y + vertical.offset;
      const target = at + y * stride;
      if (row < 0 || row >= height) zeros(into, target, width);
      else seenRow(into, target, start + row * stride, width, horizontal);
    }
    for (const { top, left, side } of view.holes) {
      const first = Math.max(0, left);
      const count = Math.min(width, left + side) - first;
      for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
        zeros(into, at + y * stride + first * channels, count);
      }
    }
  }

  /** One row: the run of pixels that exist, zeros on both sides of it. */
  function seenRow(into: Float32Array, at: number, start: number, width: number, axis: Axis): void {
    const { sign, offset } = axis;
    const first = Math.min(width, Math.max(0, sign === 1 ? -offset : offset - width + 1));
    const last = Math.max(first, Math.min(width, sign === 1 ? width - offset : offset + 1));
    zeros(into, at, first);
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
    zeros(into, at + last * channels, width - last);
  }

  function zeros(into: Float32Array, at: number, pixels: number): void {
    if (even) into.fill(blank[0]!, at, at + pixels * channels);
    else for (let pixel = 0; pixel < pixels; pixel++) into.set(blank, at + pixel * channels);
  }
}

/** Copies `count` values from `start`, which is the first channel of a pixel. */
type Copier = (into: Float32Array, at: number, start: number, count: number) => void;

function floatCopier(x: Float32Array): Copier {
  return (into, at, start, count) => into.set(x.subarray(start, start + count), at);
}

function byteCopier(x: Uint8Array, channels: number, preparation: Preprocess | null): Copier {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const { scale, offset } = preparation ?? { scale: [1], offset: [0] };
  const same = scale.length === 1 && offset.length === 1;
  const tables = Array.from(
    { length: same ? 1 : channels },
    (_, c) =>
      preprocessed(
        bytes,
        preparation && {
          scale: [scale[c % scale.length]!],
          offset: [offset[c % offset.length]!],
        },
      ),
  );
  const [table] = tables as [Float32Array];
  if (same) {
    return (into, at, start, count) => {
      for (let i = 0; i < count; i++) into[at + i] = table[x[start + i]!]!;
    };
  }
  return (into, at, start, count) => {
    for (let i = 0, c = 0; i < count; i++) {
      into[at + i] = tables[c]![x[start + i]!]!;
      if (++c === channels) c = 0;
    }
  };
}
