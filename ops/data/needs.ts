/** The memory that samples take, as far as a recipe alone decides it. */
import { sizeOf } from "../../engine/shape.ts";
import type { Need } from "../../engine/op.ts";
import type { DataWishes } from "./common_fields.ts";

/** Token numbers and floats have 32 bits. */
const WIDE = 4;
/** Samples are held as they are divided, and once more as they are stored. */
const KEPT = 2;

/** Vectors of floats. */
export function vectorNeed(count: number, size: number): Need {
  return {
    bytes: (1 + KEPT) * WIDE * count * size,
    what: `${count} vectors of ${size} numbers`,
    path: "count",
    help: "fewer vectors, or smaller ones",
  };
}

/** Texts as rows of token numbers. */
export function textNeed(count: number, length: number): Need {
  return {
    bytes: KEPT * WIDE * count * length,
    what: `${count} samples of ${length} tokens`,
    path: "text.length",
    help: "a smaller text.length",
  };
}

/** Pictures, all as they are read and those that are kept. */
export function pictureNeed(count: number, kept: number, shape: readonly number[]): Need {
  const size = sizeOf(shape);
  return {
    bytes: (count + KEPT * kept) * size,
    what: `${count} pictures of ${shape.join("×")}`,
    path: "resize",
    help: "resize: [height, width] with fewer pixels",
  };
}

/** Recordings as the features that are kept of each, and what computing them takes. */
export function recordingNeed(
  count: number,
  shape: readonly number[],
  { length, transform }: { readonly length: number; readonly transform: number },
): Need {
  // The recording as it is, resampled and padded; a transform has tables, a window and numbers of two parts.
  const working = 8 * (3 * length + 8 * transform);
  return {
    bytes: (1 + KEPT) * WIDE * count * sizeOf(shape) + working,
    what: `${count} recordings as ${shape.join("×")}`,
    path: "audio.seconds",
    help: "shorter recordings (audio.seconds), or fewer windows of each (audio.hop)",
  };
}

/** Of so many samples those that the parts keep. */
export function keptSamples(
  count: number,
  { limit = count, split }: Pick<DataWishes, "limit" | "split">,
): number {
  const apart = Math.round(count * split.validation) + Math.round(count * split.test);
  return Math.min(limit, count - apart) + apart;
}
