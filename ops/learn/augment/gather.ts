/** Stored samples as the floats that a model sees: gathered, prepared, and varied by a view. */
import { isStored } from "../../../engine/pack.ts";
import type { StoredBytes } from "../../../engine/run_context.ts";
import { sizeOf } from "../../../engine/shape.ts";
import type { Meta, Part } from "../../data/dataset.ts";
import type { Preprocess } from "../../model/model.ts";
import { preprocessed } from "../../model/preprocess.ts";
import {
  type Copier,
  floatCopier,
  type Pixels,
  type SamplePlace,
  type View,
  writeView,
} from "./view.ts";

/** Writes samples of a part, one after another, into `into`. */
type SampleGatherer = (
  into: Float32Array,
  samples: ArrayLike<number>,
  view?: (sample: number, row: number) => View,
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
): SampleGatherer {
  const size = sizeOf(meta.input);
  const channels = meta.input.at(-1) ?? 1;
  const zeros = preprocessed(new Uint8Array(channels), preparation);
  const prepared: Pixels = {
    channels,
    copy: copierOf(part.x, { size, channels }, preparation),
    blank(into, at, pixels) {
      for (let pixel = 0; pixel < pixels; pixel++) into.set(zeros, at + pixel * channels);
    },
  };
  let stored: Pixels | undefined;

  return (into, samples, view) => {
    for (let row = 0, at = 0; row < samples.length; row++, at += size) {
      const start = samples[row]! * size;
      const seen = view?.(samples[row]!, row);
      if (seen === undefined) prepared.copy(into, at, start, size);
      else if (seen.changes.length === 0) writeView({ into, at, start }, seen, prepared);
      else changed({ into, at, start }, seen);
    }
  };

  /** What changes values sees them as they are stored; then they are prepared. */
  function changed({ into, at, start }: SamplePlace, view: View): void {
    stored ??= {
      channels,
      copy: copierOf(part.x, { size, channels }, null),
      // They are zeros before anything is copied.
      blank: () => {},
    };
    const values = new Float32Array(size);
    writeView({ into: values, at: 0, start }, view, stored);
    for (const change of view.changes) change(values);
    into.set(preprocessed(values, preparation), at);
  }
}

function copierOf(
  x: Part["x"],
  { size, channels }: { readonly size: number; readonly channels: number },
  preparation: Preprocess | null,
): Copier {
  if (isStored(x)) return storedCopier(x, size, (row) => byteCopier(row, channels, preparation));
  return x instanceof Uint8Array
    ? byteCopier(x, channels, preparation)
    : floatCopier(preprocessed(x, preparation));
}

/** Of a file one sample is held: what is copied one after another lies in the same, most of the time. */
function storedCopier(x: StoredBytes, size: number, copierOf: (row: Uint8Array) => Copier): Copier {
  const row = new Uint8Array(size);
  const copy = copierOf(row);
  let held = -1;
  return (into, at, start, count) => {
    const first = start - start % size;
    if (first !== held) x.readInto(row, first);
    held = first;
    copy(into, at, start - first, count);
  };
}

function byteCopier(x: Uint8Array, channels: number, preparation: Preprocess | null): Copier {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const { scale, offset } = preparation ?? { scale: [1], offset: [0] };
  const tables = Array.from(
    { length: Math.max(scale.length, offset.length) },
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
  if (tables.length === 1) {
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
