/** The op `load`: a model from files. */
import {
  defineOp,
  ListOf,
  type ModelFacts,
  OneOf,
  ParameterError,
  type RunContext,
  Source,
  Type,
} from "../../engine/op.ts";
import { modelKind } from "./kind.ts";
import type { Model } from "./model.ts";

/** From this share of zeros on, a model that is not asked to keep them gets a warning. */
const SPARSE = 0.3;
const MODEL_FILE = "model.json";

/** A model read from a tfjs layers-model. */
export const load = defineOp({
  name: "load",
  version: 1,
  summary: "Reads a model from files",
  inputs: {},
  output: modelKind,
  numerics: "none",
  params: Type.Object({
    from: Source({
      description: "The model's files: the folder of a tfjs layers-model, or the model.json in it",
    }),
    preserve: ListOf(OneOf(["zeros"], { description: "What is kept" }), {
      default: [],
      description: "What is found in the file and that later steps must keep: zeros",
    }),
  }),
  example: { from: "./model/model.json" },
  // The file names its shards, which lie beside it: all of the folder counts.
  source: ({ from }) => isFile(from) ? [from, folderOf(from)] : [from],
  facts: (): ModelFacts => ({ kind: "model", learned: true, family: "loaded", established: [] }),
  async run(_inputs, { from, preserve }, context) {
    const model = await read(from, context);
    const { withZerosHeld, zeroShare } = await import("./preserve_zeros.ts");
    const zeros = zeroShare(model);
    context.note("zeros", zeros);
    if (preserve.includes("zeros")) {
      if (zeros > 0) return withZerosHeld(model);
      throw new ParameterError("out-of-range", "preserve", "the file has no zeros to preserve");
    }
    if (zeros >= SPARSE) {
      const percent = (zeros * 100).toFixed(1);
      context.warn(
        `${percent} % of the weights in the file are zero and later steps may fill them; ` +
          "preserve: zeros keeps them",
      );
    }
    return model;
  },
});

async function read(from: string, context: RunContext): Promise<Model> {
  const { readLayersModel, shardPaths } = await import("./tfjs/read_layers_model.ts");
  const { UnreadableModelError } = await import("./tfjs/config.ts");
  const folder = isFile(from) ? folderOf(from) : from;
  const file = isFile(from) ? from.slice(from.lastIndexOf("/") + 1) : MODEL_FILE;
  const present = new Set(await context.list(folder));
  const bytes = async (path: string): Promise<Uint8Array> => {
    if (present.has(path)) return await context.read(`${folder.replace(/\/*$/, "/")}${path}`);
    const by = path === file ? "" : `, which \`${file}\` names`;
    throw new ParameterError("source", "from", `\`${folder}\` has no file \`${path}\`${by}`);
  };
  const json = parsed(new TextDecoder().decode(await bytes(file)), file);
  try {
    const shards = new Map<string, Uint8Array>();
    for (const path of shardPaths(json)) shards.set(path, await bytes(path));
    return readLayersModel(json, (path) => shards.get(path)!);
  } catch (error) {
    if (!(error instanceof UnreadableModelError || error instanceof RangeError)) throw error;
    throw new ParameterError("source", "from", error.message);
  }
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ParameterError("source", "from", `\`${file}\` is not JSON: ${error.message}`);
  }
}

function isFile(from: string): boolean {
  return from.endsWith(".json");
}

function folderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.lastIndexOf("/") + 1) : "./";
}
