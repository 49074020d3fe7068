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
      description:
        "The model's files: the folder of a tfjs layers-model, or the model.json in it; by URL always the model.json",
    }),
    preserve: ListOf(OneOf(["zeros"], { description: "What is kept" }), {
      default: [],
      description: "What is found in the file and that later steps must keep: zeros",
    }),
  }),
  example: { from: "./model/model.json" },
  source: ({ from }) => [from],
  beside: (_source, bytes) => shardsNamed(bytes),
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
  const { file, bytes } = await filesOf(from, context);
  const json = parsed(await bytes(file), file);
  try {
    const shards = new Map<string, Uint8Array>();
    for (const path of shardPaths(json)) shards.set(path, await bytes(path));
    return readLayersModel(json, (path) => shards.get(path)!);
  } catch (error) {
    if (!(error instanceof UnreadableModelError || error instanceof RangeError)) throw error;
    throw new ParameterError("source", "from", error.message);
  }
}

/** The `model.json` by name, and what gives the bytes of a file: from a folder, or from beside the one that was named. */
async function filesOf(from: string, context: RunContext) {
  const listed = await context.list(from);
  if (listed.length === 1 && listed[0] === "") {
    const file = from.replace(/#sha256=.*$/, "").replace(/^.*\//, "");
    return {
      file,
      bytes: (path: string) => path === file ? context.read(from) : context.read(from, path),
    };
  }
  return {
    file: MODEL_FILE,
    async bytes(path: string) {
      if (listed.includes(path)) return await context.read(`${from.replace(/\/*$/, "/")}${path}`);
      const by = path === MODEL_FILE ? "" : `, which \`${MODEL_FILE}\` names`;
      throw new ParameterError("source", "from", `\`${from}\` has no file \`${path}\`${by}`);
    },
  };
}

function parsed(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ParameterError("source", "from", `\`${file}\` is not JSON: ${error.message}`);
  }
}

/** The shards that a `model.json` names; none where it is none, which is said when the step runs. */
function shardsNamed(bytes: Uint8Array): readonly string[] {
  let json: { readonly weightsManifest?: unknown } | null;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return [];
  }
  const groups = Array.isArray(json?.weightsManifest) ? json.weightsManifest : [];
  return groups.flatMap((group: { readonly paths?: unknown } | null) =>
    Array.isArray(group?.paths) ? group.paths.filter((path) => typeof path === "string") : []
  );
}
