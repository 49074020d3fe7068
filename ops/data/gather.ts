/** Stored samples as the floats that a model sees: gathered, normalised, and varied by a view. */
import type { Meta, Part } from "./dataset.ts";
import type { Axis, View } from "./view.ts";

/** value · scale + offset, per last axis or one for all. */
export interface Normalization {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** Writes the samples `order[from … to)` of a part, one after another, into `into`. */
export type Gather = (
  into: Float32Array,
  order: ArrayLike<number>,
  from: number,
  to: number,
  view?: (sample: number) => View,
) => void;

/**
 * How samples of a part are gathered. Arithmetic is float32 step by step, product then sum, as a rescaling layer
 * does it; bytes go through a table of their 256 values. A stored 0 fills what a view has no pixel for.
 */
export function gatherer(
  meta: Pick<Meta, "input">,
  part: Part,
  normalization: Normalization,
): Gather {
  const { x } = part;
  const size = meta.input.reduce((product, extent) => product * extent, 1);
  const channels = meta.input.at(-1) ?? 1;
  const scale = Float32Array.from(normalization.scale);
  const offset = Float32Array.from(normalization.offset);
  const one = scale.length === 1;
  const tables = x instanceof Uint8Array ? tablesOf(scale, offset) : undefined;
  const value = tables === undefined
    ? (stored: number, c: number) => Math.fround(Math.fround(stored * scale[c]!) + offset[c]!)
    : (stored: number, c: number) => tables[c * 256 + stored]!;

  return (into, order, from, to, view) => {
    for (let row = from, at = 0; row < to; row++, at += size) {
      const sample = order[row]!;
      if (view === undefined) copy(into, at, sample * size, size);
      else seen(into, at, sample * size, view(sample));
    }
  };

  function copy(into: Float32Array, at: number, start: number, count: number): void {
    if (tables !== undefined && one) {
      for (let i = 0; i < count; i++) into[at + i] = tables[x[start + i]!]!;
    } else if (one) {
      for (let i = 0; i < count; i++) into[at + i] = value(x[start + i]!, 0);
    } else {
      for (let i = 0, c = 0; i < count; i++) {
        into[at + i] = value(x[start + i]!, c);
        if (++c === channels) c = 0;
      }
    }
  }

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
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let c = 0; c < channels; c++) into[at + pixel * channels + c] = value(0, one ? 0 : c);
    }
  }
}

function tablesOf(scale: Float32Array, offset: Float32Array): Float32Array {
  const tables = new Float32Array(scale.length * 256);
  for (let c = 0; c < scale.length; c++) {
    for (let stored = 0; stored < 256; stored++) {
      tables[c * 256 + stored] = Math.fround(Math.fround(stored * scale[c]!) + offset[c]!);
    }
  }
  return tables;
}
