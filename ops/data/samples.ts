/** Samples as a source gives them, before they are split; and some of them. */
import type { RunContext } from "../../engine/op.ts";
import { isStored } from "../../engine/pack.ts";
import type { Part, PartName } from "./dataset.ts";
import { rowWriter } from "./rows.ts";
import type { RawTable } from "./table/raw_table.ts";

/** Labelled samples in the source's own order. */
export interface Samples {
  readonly count: number;
  /** Shape of one sample. */
  readonly input: readonly number[];
  readonly x: Uint8Array | Float32Array | Int32Array;
  /** Class indices (or the numbers a file gives for them), target values, or null. */
  readonly y: Int32Array | Float32Array | null;
  /** What a sample is divided by: the number of its group, or its time. */
  readonly keys?: Float64Array;
  /** The line of a file on which each stands, before they are divided. */
  readonly lines?: Int32Array;
  /** How many classes the labels tell apart, where they say it: they were one-hot rows. */
  readonly kinds?: number;
}

/** Samples of every part. */
export type Parts = Readonly<Record<PartName, Samples>>;

/** What a source gives: the training samples, and the other parts where it has them apart. */
export interface Loaded {
  readonly train: Samples;
  readonly validation?: Samples;
  readonly test?: Samples;
  /** Names of the classes where the source knows them, in index order. */
  readonly classes?: readonly string[];
  /** Names of the targets of a regression where the source knows them. */
  readonly targets?: readonly string[];
  /** What the columns of its samples are that are numbers only when something is learned of them on train. */
  readonly table?: RawTable;
}

/** A picture as it is stored: a file that `context.read` knows, or its bytes under a name for sentences. */
export interface PictureFile {
  readonly name: string;
  readonly bytes?: Uint8Array;
}

/**
 * Pictures that nobody has decoded: samples whose `x` are places among files, one number each, counted through the parts
 * in their order.
 */
export interface UnreadPictures {
  readonly loaded: Loaded;
  readonly files: readonly PictureFile[];
}

/** Where a part that a source has apart first has a label, for a sentence; nothing where it was divided from train. */
export function labelPlace(loaded: Loaded, part: PartName, label: number): string {
  const { y, lines } = (part === "train" ? undefined : loaded[part]) ?? {};
  const row = y?.indexOf(label) ?? -1;
  if (row < 0) return "";
  return lines === undefined ? ` (the one at ${row})` : ` (line ${lines[row]})`;
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

/** The same of a part; rows of a file go into another, where they are still more than is to be held. */
export async function takePart(
  { count, x, y }: Part,
  indices: ArrayLike<number>,
  context: RunContext,
): Promise<Part> {
  const taken = indices.length;
  const labels = y === null ? null : takeRows(y, count, indices);
  if (!isStored(x)) return { count: taken, x: takeRows(x, count, indices), y: labels };
  const row = new Uint8Array(x.length / count);
  const writer = await rowWriter(taken * row.length, context);
  for (let at = 0; at < taken; at++) {
    x.readInto(row, indices[at]! * row.length);
    await writer.write(row, at * row.length);
  }
  return { count: taken, x: await writer.rows(), y: labels };
}
