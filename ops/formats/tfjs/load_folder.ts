/** The files of a tfjs model: a folder, or a `model.json` and what lies beside it. */
import type { RunContext } from "../../../engine/op.ts";
import { excerpt, listed } from "../../../engine/quote.ts";
import type { AskedModel } from "../asked.ts";
import { FROM_KERAS, type ReadModel, UnreadableModelError } from "../format.ts";
import { fileName, modelText } from "./model_text.ts";
import { readModelJson, shardPaths } from "./read_model_json.ts";

const MODEL_FILE = "model.json";

/** Reads them. Throws an UnreadableModelError that says what is wrong with them. */
export async function loadFolder(
  from: string,
  context: RunContext,
  asked: AskedModel = {},
): Promise<ReadModel> {
  const { file, bytes } = await filesOf(from, context);
  const topology = await bytes(file);
  const { json, fileOf, shardOf } = modelText(topology, file);
  const [files, shards] = [[topology], new Map<string, Uint8Array>()];
  for (const path of shardPaths(json)) {
    const name = fileOf(path);
    const found = await bytes(name);
    files.push(found);
    shards.set(path, shardOf(found, name));
  }
  const model = await readModelJson(json, (path) => shards.get(path)!, asked);
  return { model, files };
}

/** The `model.json` by name, and what gives the bytes of a file: from a folder, or from beside the one that was named. */
async function filesOf(from: string, context: RunContext) {
  const files = await context.list(from);
  if (files.length === 1 && files[0] === "") {
    const file = fileName(from);
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
      throw new UnreadableModelError(
        `\`${from}\` has no file \`${excerpt(path)}\`, which \`${MODEL_FILE}\` names`,
        { help: `it has ${namesOf(files)}` },
      );
    },
  };
}

/** Says what a folder without a `model.json` has, and where else one lies in it. */
function noModel(from: string, files: readonly string[]): UnreadableModelError {
  const message = `\`${from}\` has no file \`${MODEL_FILE}\``;
  const deeper = files.find((path) => path.endsWith(`/${MODEL_FILE}`));
  if (deeper !== undefined) {
    const folder = `${from.replace(/\/*$/, "/")}${excerpt(deeper.slice(0, -MODEL_FILE.length))}`;
    return new UnreadableModelError(message, { help: `name the folder that has one: ${folder}` });
  }
  if (files.some((path) => /(?:^|\/)saved_model\.pb$/.test(path))) {
    return new UnreadableModelError(message, {
      help: `it is a TensorFlow SavedModel; ${FROM_KERAS}`,
    });
  }
  return new UnreadableModelError(message, { help: `it has ${namesOf(files)}`, readable: true });
}

const namesOf = (files: readonly string[]): string =>
  files.length === 0 ? "no files" : listed(files);
