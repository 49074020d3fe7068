/** A data set in memory: meta and three parts, each hashed separately so that ops see only what they declare. */
import type { Task } from "../../engine/op.ts";

export type PartName = "train" | "validation" | "test";

/** One part. Samples lie one after another in `x`; labels in `y`. */
export interface Part {
  readonly count: number;
  /** As stored: bytes of images, floats of tables, token numbers. */
  readonly x: Uint8Array | Float32Array | Int32Array;
  /** Class indices, or targets [count × outputs]; null where there are none. */
  readonly y: Int32Array | Float32Array | null;
}

/** Shapes and names; no counts, so it does not change with the test set. */
export interface Meta {
  /** Shape of one sample. */
  readonly input: readonly number[];
  readonly type: "uint8" | "float32" | "int32";
  readonly task: Task;
  /** In index order; empty where there are none. */
  readonly classes: readonly string[];
  /** Width of the answer. */
  readonly outputs: number;
  /** value · scale + offset, per last axis or one for all; learned on train where it is learned. */
  readonly normalize: { readonly scale: readonly number[]; readonly offset: readonly number[] };
}

/** A data set; parts that a step did not declare are absent. */
export interface Dataset {
  readonly meta: Meta;
  readonly parts: Readonly<Partial<Record<PartName, Part>>>;
}

/** A part that must be there. Throws where the step did not declare it, which is a bug of that op. */
export function part(data: Dataset, name: PartName): Part {
  const found = data.parts[name];
  if (found === undefined) throw new Error(`internal: the step reads ${name} without declaring it`);
  return found;
}
