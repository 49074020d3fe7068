/** Models as files, in every format; what a model weighs in one. */
import { gzipSync } from "../../engine/deps/fflate.ts";
import { digestOf } from "../../engine/digest.ts";
import type { Files } from "../../engine/kind.ts";
import type { ModelBytes } from "../../engine/metrics.ts";
import { ownFiles } from "../model/kind.ts";
import type { Model } from "../model/model.ts";
import { countParameters } from "../model/weights.ts";
import { exportFormat, type FormatParams, usualFormat } from "./formats.ts";

/** The files of a model in a format; the same bytes for the same model. Throws a RangeError where it has no form there. */
export async function encodeFiles(model: Model, format: FormatParams): Promise<Files> {
  return await exportFormat(format).write(model, format);
}

/** The files that a model is saved as where nobody says otherwise. */
export const usualFiles = (model: Model): Promise<Files> => encodeFiles(model, usualFormat);

/**
 * What a model weighs: `raw` 4 bytes per parameter, `encoded` all files of the format, `gzip` these files gzipped one
 * by one (level 6, no time stamp). A model that is as it was loaded is counted in the files that it came in.
 */
export async function encodedBytes(model: Model, format: FormatParams): Promise<ModelBytes> {
  const raw = 4 * countParameters(model);
  const own = ownFiles(model);
  if (own !== undefined) {
    const { encoded, gzip, format } = own;
    return { raw, encoded, gzip, format, own: true };
  }
  const files = Object.values(await encodeFiles(model, format));
  return { raw, ...bytesOfFiles(files), format: format.use };
}

/** What files weigh together: as they are, and each gzipped. */
export function bytesOfFiles(files: readonly Uint8Array[]): Pick<ModelBytes, "encoded" | "gzip"> {
  const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);
  return {
    encoded: sum(files.map((file) => file.length)),
    gzip: sum(files.map(gzippedSize)),
  };
}

/** Of files that were counted, what they weigh gzipped, by their digests. */
const counted = new Map<string, number>();

/**
 * Evaluations before and after a training, and the export, count files that are the same, and a digest takes a
 * sixtieth of the time that gzip does, which is 70 ms for a megabyte.
 */
function gzippedSize(file: Uint8Array): number {
  const digest = digestOf(file);
  const size = counted.get(digest) ?? gzipSync(file, { level: 6, mtime: 0 }).length;
  counted.set(digest, size);
  return size;
}
