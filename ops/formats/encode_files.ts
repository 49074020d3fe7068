/** Models as files, in every format; what a model weighs in one. */
import { gzipSync } from "../../engine/deps/fflate.ts";
import type { Files } from "../../engine/kind.ts";
import type { ModelBytes } from "../../engine/metrics.ts";
import { ownFiles } from "../model/kind.ts";
import type { Model } from "../model/model.ts";
import { countParameters } from "../model/weights.ts";
import { bytesOf, type Format, PACKED_FILE, SAFETENSORS_FILE } from "./format_fields.ts";

type Encode<F extends Format["use"]> = (
  model: Model,
  format: Extract<Format, { use: F }>,
) => Promise<Files>;

/** Each encoder is loaded where its format is written. */
const encoders: { readonly [F in Format["use"]]: Encode<F> } = {
  async tfjs(model, { storage, shard }) {
    const { encodeTfjs } = await import("./tfjs/encode.ts");
    return encodeTfjs(model, { storage, shard: bytesOf(shard) });
  },
  async onnx(model, { form, opset }) {
    const { encodeOnnx } = await import("./onnx/encode.ts");
    return encodeOnnx(model, { form, opset });
  },
  async packed(model, { coding, indices, index_bits: indexBits }) {
    const { encodePacked } = await import("./packed/packed.ts");
    return { [PACKED_FILE]: encodePacked(model, { coding, indices, indexBits }) };
  },
  async safetensors(model) {
    const { encodeSafetensors } = await import("./safetensors/model_file.ts");
    return { [SAFETENSORS_FILE]: encodeSafetensors(model) };
  },
};

/** What a model is saved as where nobody says otherwise: a layers-model that stock tfjs loads. */
export const usualFormat: Format = {
  use: "tfjs",
  storage: "native",
  shard: "4 MiB",
  tolerance: 0.001,
};

/** The files of a model in a format; the same bytes for the same model. Throws a RangeError where it has no form there. */
export async function encodeFiles(model: Model, format: Format): Promise<Files> {
  // The encoder of the format's own kind takes it; TypeScript does not correlate the two unions.
  const encode = encoders[format.use] as (model: Model, format: Format) => Promise<Files>;
  return await encode(model, format);
}

/**
 * What a model weighs: `raw` 4 bytes per parameter, `encoded` all files of the format, `gzip` these files gzipped one
 * by one (level 6, no time stamp). A model that is as it was loaded is counted in the files that it came in.
 */
export async function encodedBytes(model: Model, format: Format): Promise<ModelBytes> {
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
    gzip: sum(files.map((file) => gzipSync(file, { level: 6, mtime: 0 }).length)),
  };
}
