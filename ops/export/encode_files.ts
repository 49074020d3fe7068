/** Models as files, in every format; what a model weighs in one. */
import { gzipSync } from "../../engine/deps/fflate.ts";
import type { Files } from "../../engine/files.ts";
import type { ModelBytes } from "../../engine/metrics.ts";
import type { Model } from "../model/model.ts";
import { countParameters } from "../model/weights.ts";
import { bytesOf, type Format } from "./format_fields.ts";
import { encodeTfjs } from "./tfjs/encode.ts";

const encoders: { readonly [F in Format["use"]]: (model: Model, format: Format) => Files } = {
  tfjs: (model, { storage, shard }) => encodeTfjs(model, { storage, shard: bytesOf(shard) }),
};

/** The files of a model in a format; the same bytes for the same model. Throws a RangeError where it has no form there. */
export function encodeFiles(model: Model, format: Format): Files {
  return encoders[format.use](model, format);
}

/**
 * What a model weighs: `raw` 4 bytes per parameter, `encoded` all files of the format, `gzip` these files gzipped one
 * by one (level 6, no time stamp).
 */
export function encodedBytes(model: Model, format: Format): ModelBytes {
  const files = Object.values(encodeFiles(model, format));
  const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);
  return {
    raw: 4 * countParameters(model),
    encoded: sum(files.map((file) => file.length)),
    gzip: sum(files.map((file) => gzipSync(file, { level: 6, mtime: 0 }).length)),
    format: format.use,
  };
}
