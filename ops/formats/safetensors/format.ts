/** The format `safetensors`: one file of weights, the network in its metadata. */
import { Type } from "../../../engine/field.ts";
import { decodedAgain, defineExport } from "../format.ts";
import { CONFIG_FILE, holdsEncoder } from "./transformers/holds_encoder.ts";

/** Its one file. */
const SAFETENSORS_FILE = "model.safetensors";

export const safetensors = defineExport({
  name: "safetensors",
  fields: Type.Object({}, {
    description:
      "One file of weights in the number format they have, model.safetensors; the network is in its metadata",
  }),
  async write(model) {
    const { encodeSafetensors } = await import("./model_file.ts");
    return { [SAFETENSORS_FILE]: encodeSafetensors(model) };
  },
  verify: decodedAgain(async (files) =>
    (await import("./model_file.ts")).decodeSafetensors(files[SAFETENSORS_FILE]!)
  ),
  magic: isSafetensors,
  refusal: {
    what: "is a safetensors file",
    help: "it is read where a recipe names it: from: ./net.safetensors",
  },
  read: {
    field:
      "a safetensors file of torchvision's weights, of a BERT, RoBERTa or DistilBERT of transformers with its config.json beside it, or one that was written here",
    what: "safetensors of torchvision, of a BERT with config.json, or ours",
    beside: (bytes) => isSafetensors(bytes) && holdsEncoder(bytes) ? [CONFIG_FILE] : [],
    async load(from, context, asked) {
      const bytes = await context.read(from);
      const files = holdsEncoder(bytes) ? [bytes, await context.read(from, CONFIG_FILE)] : [bytes];
      const { readSafetensorsModel } = await import("./told_model.ts");
      return { model: readSafetensorsModel(files, from, { ...context, ...asked }), files };
    },
  },
});

/** Whether a file begins as safetensors: eight bytes with the length of a JSON object, and that object. */
export function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10 || bytes[8] !== "{".charCodeAt(0)) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  return 8n + length <= BigInt(bytes.length);
}
