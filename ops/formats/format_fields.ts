/** Export formats as a recipe names them: `export`'s own parameters, and the `format` that `evaluate` counts bytes in. */
import { Choice, OneOf, Type } from "../../engine/op.ts";

const tolerance = Type.Number({
  minimum: 0,
  default: 0.001,
  description:
    "The largest difference from the model's logits after loading again, as a fraction of the largest logit",
});

const formats = {
  tfjs: Type.Object({
    storage: OneOf(["native", "float32"], {
      default: "native",
      description:
        "How weights are stored: native keeps integers and half precision, float32 decodes them",
    }),
    shard: Type.String({
      default: "4 MiB",
      pattern: "^[0-9]+(\\.[0-9]+)? ?(B|kB|MB|KiB|MiB)$",
      description: "The largest size of one file of weights",
    }),
    tolerance,
  }, { description: "A tfjs layers-model: model.json and weight shards" }),
  onnx: Type.Object({
    form: OneOf(["qdq", "float"], {
      default: "qdq",
      description:
        "How small numbers are written: qdq keeps them, with the operators that quantize and dequantize; float decodes them",
    }),
    opset: Type.Integer({
      minimum: 13,
      maximum: 22,
      default: 17,
      description: "The version of ONNX's operator set",
    }),
    tolerance,
  }, { description: "An ONNX file: model.onnx" }),
  packed: Type.Object({
    coding: OneOf(["huffman", "none"], {
      default: "huffman",
      description:
        "How codes, integers and distances are written: in words as long as they are rare, or all at one width",
    }),
    indices: OneOf(["relative", "bitmap"], {
      default: "relative",
      description:
        "How the places of weights that are not 0 are written: by the distance from the one before, or by a bit per weight",
    }),
    index_bits: Type.Integer({
      minimum: 1,
      maximum: 12,
      default: 5,
      description: "The bits of a distance; where one is larger, zeros are stored on the way",
    }),
    tolerance,
  }, { description: "One small file for storage, model.packed; no runtime but ours reads it" }),
  safetensors: Type.Object({ tolerance }, {
    description:
      "One file of weights in the number format they have, model.safetensors; the network is in its metadata",
  }),
};

/** The choice of a format. */
export const formatField = Choice(formats, {
  description:
    "The format of the files; beside those of a model of texts lies vocabulary.json, which its bytes do not count",
});

/** A format with its options. */
export type Format = (typeof formatField)["static"];

/** The one file of the packed format. */
export const PACKED_FILE = "model.packed";

/** The one file of the safetensors format. */
export const SAFETENSORS_FILE = "model.safetensors";

/** Bytes of a size with a unit. */
export function bytesOf(size: string): number {
  const [, count, unit] = /^([0-9.]+) ?([A-Za-z]+)$/.exec(size)!;
  return Math.max(1, Math.floor(Number(count) * units[unit as keyof typeof units]));
}

const units = { B: 1, kB: 1000, MB: 1000_000, KiB: 1024, MiB: 1024 * 1024 } as const;
