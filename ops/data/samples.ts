/** Samples as a source gives them, before they are split. */
import type { RawTable } from "./table/raw_table.ts";

/** Labelled samples in the source's own order. */
export interface Samples {
  readonly count: number;
  /** Shape of one sample. */
  readonly input: readonly number[];
  readonly x: Uint8Array | Float32Array | Int32Array;
  /** Class indices (or the numbers a file gives for them), target values, or null. */
  readonly y: Int32Array | Float32Array | null;
  /** How many classes the labels tell apart, where they say it: they were one-hot rows. */
  readonly kinds?: number;
}

/** What a source gives: the training samples, and the other parts where it has them apart. */
export interface Loaded {
  readonly train: Samples;
  readonly validation?: Samples;
  readonly test?: Samples;
  /** Names of the classes where the source knows them, in index order. */
  readonly classes?: readonly string[];
  /** What the columns of its samples are that are numbers only when something is learned of them on train. */
  readonly table?: RawTable;
}

/** The samples at `indices`, in that order. */
export function takeSamples(samples: Samples, indices: ArrayLike<number>): Samples {
  const { count, x, y } = samples;
  const y2 = y === null ? null : takeRows(y, count, indices);
  return { ...samples, count: indices.length, x: takeRows(x, count, indices), y: y2 };
}

function takeRows<A extends Uint8Array | Int32Array | Float32Array>(
  values: A,
  count: number,
  indices: ArrayLike<number>,
): A {
  const width = count === 0 ? 0 : values.length / count;
  const taken = new (values.constructor as new (length: number) => A)(indices.length * width);
  for (let row = 0; row < indices.length; row++) {
    const start = indices[row]! * width;
    taken.set(values.subarray(start, start + width), row * width);
  }
  return taken;
}
