/** The text of a `model.json` and the files that it names: as they are, or wrapped in JavaScript modules of data. */
import { notJson } from "../../../engine/quote.ts";
import { UnreadableModelError } from "../format.ts";
import { isModule, moduleBytes, moduleValue } from "./module_value.ts";

/** What the text holds. */
interface ModelText {
  readonly json: unknown;
  /** The file beside it that a path of its manifest means. */
  fileOf(path: string): string;
  /** The bytes of a shard out of those of its file. */
  shardOf(bytes: Uint8Array, file: string): Uint8Array;
}

/** The text of the file of this name. Throws an UnreadableModelError that says what is wrong with it. */
export function modelText(bytes: Uint8Array, file: string): ModelText {
  if (!isModule(bytes)) {
    return { json: parsed(bytes, file), fileOf: (path) => path, shardOf: (bytes) => bytes };
  }
  // `model.min.js` has its shards in `group1-shard1of1.min.js`, which its manifest calls `group1-shard1of1`.
  const [ending = ""] = /(?:\.min)?\.[cm]?js$/.exec(file) ?? [];
  return {
    json: moduleValue(bytes, file),
    fileOf: (path) => path.endsWith(ending) ? path : `${path}${ending}`,
    shardOf: moduleBytes,
  };
}

/** The files that a `model.json` names; none where it is none, which is said when it is read. */
export function filesNamed(bytes: Uint8Array, source: string): readonly string[] {
  let text: ModelText;
  try {
    text = modelText(bytes, fileName(source));
  } catch (error) {
    if (!(error instanceof UnreadableModelError)) throw error;
    return [];
  }
  const { weightsManifest } = (text.json ?? {}) as { readonly weightsManifest?: unknown };
  const groups = Array.isArray(weightsManifest) ? weightsManifest : [];
  return groups.flatMap((group: { readonly paths?: unknown } | null) =>
    Array.isArray(group?.paths)
      ? group.paths.filter((path) => typeof path === "string").map(text.fileOf)
      : []
  );
}

/** The name of a source's file, without its folder and digest. */
export const fileName = (source: string): string =>
  source.replace(/#sha256=.*$/, "").replace(/^.*\//, "");

const isJsonName = (name: string): boolean => /\.json$/i.test(name);

function parsed(bytes: Uint8Array, name: string): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const reason = notJson(text, error);
    // Who names a file otherwise did not mean JSON, and what the parser stumbled over says nothing to them.
    const said = isJsonName(name) || /^is binary/.test(reason) ? reason : "is text, and no model";
    const message = `\`${name}\` ${said}`;
    throw new UnreadableModelError(message, { readable: true, file: { name, bytes } });
  }
}
