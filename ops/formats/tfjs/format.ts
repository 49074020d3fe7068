/** The format `tfjs`: layers-models, written and read; graph-models, read. */
import { OneOf, Type } from "../../../engine/field.ts";
import { tfjsOn } from "../../../engine/deps/tfjs_layers.ts";
import { bytesOf } from "../../../engine/size.ts";
import { defineExport } from "../format.ts";
import { filesNamed } from "./model_text.ts";

export const tfjs = defineExport({
  name: "tfjs",
  fields: Type.Object({
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
  }, { description: "A tfjs layers-model: model.json and weight shards" }),
  async write(model, { storage, shard }) {
    const { encodeTfjs } = await import("./encode.ts");
    return encodeTfjs(model, { storage, shard: Math.max(1, Math.floor(bytesOf(shard)!)) });
  },
  verify: {
    runtime: tfjsOn("CPU"),
    arithmetic: () => null,
    async reread(files, { layers }) {
      // Some kinds are written in pieces that stock tfjs puts together, and that nobody takes apart again.
      if (layers.some(({ kind }) => kind === "attention" || kind === "mixture")) return undefined;
      const { readLayersModel } = await import("./read_layers_model.ts");
      const json = JSON.parse(new TextDecoder().decode(files["model.json"]));
      return readLayersModel(json, (path) => files[path]!);
    },
    async run({ room, files, model: { inputs, head }, samples: { x, conditions } }) {
      const { stockLogits } = await import("./run_stock.ts");
      const samples = { x, shape: inputs[0]!.shape, conditions, headed: head !== "none" };
      return { logits: await stockLogits(room, files, samples) };
    },
  },
  runtime: {
    name: "tfjs",
    as: tfjsOn("WebAssembly"),
    async load(asked, work) {
      const { loadInTfjs } = await import("./time_tfjs.ts");
      return await loadInTfjs(asked, work);
    },
  },
  read: {
    field:
      "the folder of a tfjs layers-model or graph-model, or the model.json in it; by URL always the model.json",
    what: "a tfjs layers-model or graph-model (model.json, or its folder)",
    beside: filesNamed,
    load: async (from, context, asked) =>
      await (await import("./load_folder.ts")).loadFolder(from, context, asked),
  },
});
