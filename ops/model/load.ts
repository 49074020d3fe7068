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
import { excerpt, listed, reasonOf } from "../../engine/quote.ts";
import { fileFormat, FROM_KERAS, READABLE } from "./file_format.ts";
import { modelKind, withOwnFiles } from "./kind.ts";
import type { Model, OwnFiles } from "./model.ts";
import { isFields, isGraphModel, UnreadableModelError } from "./tfjs/config.ts";

/** From this share of zeros on, a model that is not asked to keep them gets a warning. */
const SPARSE = 0.3;
const MODEL_FILE = "model.json";

/** A model read from a tfjs layers-model. */
export const load = defineOp({
  name: "load",
  version: 2,
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
    const { model, files } = await read(from, context);
    const { withZerosHeld, zeroShare } = await import("./preserve_zeros.ts");
    const zeros = zeroShare(model);
    context.note("zeros", zeros);
    if (preserve.includes("zeros")) {
      if (zeros > 0) return withOwnFiles(withZerosHeld(model), files);
      throw new ParameterError("out-of-range", "preserve", "the file has no zeros to preserve");
    }
    if (zeros >= SPARSE) {
      const percent = (zeros * 100).toFixed(1);
      context.warn(
        `${percent} % of the weights in the file are zero and later steps may fill them; ` +
          "preserve: zeros keeps them",
      );
    }
    return withOwnFiles(model, files);
  },
});

/** The model, and what its files weigh: counted as they lie, because what is stored small is decoded while it is read. */
async function read(
  from: string,
  context: RunContext,
): Promise<{ readonly model: Model; readonly files: Omit<OwnFiles, "of"> }> {
  const { readLayersModel, shardPaths } = await import("./tfjs/read_layers_model.ts");
  const { file, bytes } = await filesOf(from, context);
  const topology = await bytes(file);
  const json = parsed(topology, file);
  try {
    const shards = new Map<string, Uint8Array>();
    for (const path of shardPaths(json)) shards.set(path, await bytes(path));
    const model = readLayersModel(json, (path) => shards.get(path)!);
    const { bytesOfFiles } = await import("../export/encode_files.ts");
    return { model, files: { ...bytesOfFiles([topology, ...shards.values()]), format: "tfjs" } };
  } catch (error) {
    if (error instanceof UnreadableModelError) {
      throw new ParameterError("source", "from", error.message, error.help);
    }
    if (!(error instanceof RangeError)) throw error;
    throw new ParameterError("source", "from", error.message);
  }
}

/** The `model.json` by name, and what gives the bytes of a file: from a folder, or from beside the one that was named. */
async function filesOf(from: string, context: RunContext) {
  const files = await context.list(from);
  if (files.length === 1 && files[0] === "") {
    const file = from.replace(/#sha256=.*$/, "").replace(/^.*\//, "");
    return {
      file,
      bytes: (path: string) => path === file ? context.read(from) : context.read(from, path),
    };
  }
  return {
    file: MODEL_FILE,
    async bytes(path: string) {
      if (files.includes(path)) return await context.read(`${from.replace(/\/*$/, "/")}${path}`);
      if (path === MODEL_FILE) throw noModel(from, files);
      throw new ParameterError(
        "source",
        "from",
        `\`${from}\` has no file \`${excerpt(path)}\`, which \`${MODEL_FILE}\` names`,
        `it has ${namesOf(files)}`,
      );
    },
  };
}

/** Says what a folder without a `model.json` has, and where else one lies in it. */
function noModel(from: string, files: readonly string[]): ParameterError {
  const deeper = files.find((path) => path.endsWith(`/${MODEL_FILE}`));
  const folder = from.replace(/\/*$/, "/");
  const help = deeper !== undefined
    ? `name the folder that has one: ${folder}${excerpt(deeper.slice(0, -MODEL_FILE.length))}`
    : files.some((path) => /(?:^|\/)saved_model\.pb$/.test(path))
    ? `it is a TensorFlow SavedModel; ${FROM_KERAS}`
    : `it has ${namesOf(files)}; ${READABLE}`;
  const message = `\`${from}\` has no file \`${MODEL_FILE}\``;
  return new ParameterError("source", "from", message, help);
}

const namesOf = (files: readonly string[]): string =>
  files.length === 0 ? "no files" : listed(files);

function parsed(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { what, help } = fileFormat(bytes) ??
      { what: `is not JSON: ${reasonOf(error)}`, help: READABLE };
    throw new ParameterError("source", "from", `\`${file}\` ${what}`, help);
  }
}

/** The shards that a layers-model's `model.json` names; none where it is none, which is said when the step runs. */
function shardsNamed(bytes: Uint8Array): readonly string[] {
  let json: { readonly weightsManifest?: unknown } | null;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return [];
  }
  if (isFields(json) && isGraphModel(json)) return [];
  const groups = Array.isArray(json?.weightsManifest) ? json.weightsManifest : [];
  return groups.flatMap((group: { readonly paths?: unknown } | null) =>
    Array.isArray(group?.paths) ? group.paths.filter((path) => typeof path === "string") : []
  );
}
