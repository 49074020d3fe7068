/** The files of a tfjs layers-model: a folder, or a `model.json` and what lies beside it. */
import { given } from "../../../engine/given.ts";
import { ParameterError, type RunContext } from "../../../engine/op.ts";
import { excerpt, listed, notJson } from "../../../engine/quote.ts";
import { readApart } from "../../../engine/reading.ts";
import { bytesOfFiles } from "../encode_files.ts";
import { fileFormat, FROM_KERAS, READABLE } from "../file_format.ts";
import type { LoadedModel } from "../format.ts";
import { UnreadableModelError } from "./config.ts";
import { readLayersModel, shardPaths } from "./read_layers_model.ts";

const MODEL_FILE = "model.json";

/** Reads them in a thread of their own. Throws a ParameterError that says what is wrong with them. */
export async function loadFolder(from: string, context: RunContext): Promise<LoadedModel> {
  const whole = (await context.list(from))[0] !== "";
  const reader = {
    module: import.meta.url,
    read: readFolder,
    // What a single file names beside it is seen when it is read.
    ...given({ sources: whole ? [from] : undefined }),
    field: "from",
  };
  return await readApart(reader, [from], context);
}

/**
 * The same in this thread. What the files weigh is counted as they lie, because what is stored small is decoded while it
 * is read.
 */
export async function readFolder(from: string, context: RunContext): Promise<LoadedModel> {
  const { file, bytes } = await filesOf(from, context);
  const topology = await bytes(file);
  const json = parsed(topology, file);
  try {
    const shards = new Map<string, Uint8Array>();
    for (const path of shardPaths(json)) shards.set(path, await bytes(path));
    const model = readLayersModel(json, (path) => shards.get(path)!);
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
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { what, help } = fileFormat(bytes) ?? { what: notJson(text, error), help: READABLE };
    throw new ParameterError("source", "from", `\`${file}\` ${what}`, help);
  }
}
