/** Documents become recipes: a file by its path, or an object written in TypeScript. No code is ever loaded here. */
import { given } from "../given.ts";
import { TrustError } from "../graph/sources/source_error.ts";
import type { OpSet } from "../op.ts";
import { gatherParents, gatherParentsNow, type ParentDocument } from "../recipe/resolve/parents.ts";
import { prepareYaml } from "../recipe/parse/parse_yaml.ts";
import { parseRecipe, recipeFromValue } from "../recipe/parse_recipe.ts";
import {
  type DocumentOptions,
  fileText,
  hostsOf,
  isElsewhere,
  mayReachHere,
  readDocument,
  unreadable,
  withoutPin,
} from "./read_document.ts";
import { type Changes, originOf, type Recipe, runnable } from "./runnable.ts";

/** What may be demanded of a document. */
export interface LoadOptions extends DocumentOptions {
  /** The SHA-256 of its bytes, 64 hexadecimal digits; `#sha256=` in a URL says the same. */
  readonly sha256?: string;
}

/**
 * A recipe from a file or URL. Throws a RecipeError where it cannot be read or is wrong, a TrustError where it is not
 * what its pin says or reaches for what it may not.
 */
export async function loadRecipe(
  source: string,
  ops: OpSet,
  { sha256, ...options }: LoadOptions = {},
): Promise<Recipe> {
  const pinned = sha256 === undefined ? source : `${source.replace(/#.*/, "")}#sha256=${sha256}`;
  const text = await readDocument(pinned, options);
  return await recipeFrom(text, withoutPin(source), ops, options);
}

/**
 * A recipe from the text of a document; `source` is where it stands. Reads what it extends. Throws a RecipeError where
 * it is wrong.
 */
export async function recipeFrom(
  text: string,
  source: string,
  ops: OpSet,
  options: DocumentOptions = {},
): Promise<Recipe> {
  await prepareYaml({ text });
  let elsewhere = isElsewhere(source);
  let local = mayReachHere(source);
  let hosts = hostsOf([source]);
  // Few recipes extend another; the others need not be parsed twice to know.
  const extending = /extends|\\/.test(text);
  const parents = !extending ? [] : await gatherParents(text, source, async (parent) => {
    if (elsewhere && !isElsewhere(parent)) {
      const help = "such a document may name URLs alone; save it here if you trust it";
      throw new TrustError(parent, `\`${parent}\` is named by a document from elsewhere`, help);
    }
    const read = await readDocument(parent, { ...options, local, hosts });
    await prepareYaml({ read });
    hosts = [...hosts, ...hostsOf([parent])];
    elsewhere ||= isElsewhere(parent);
    local &&= mayReachHere(parent);
    return read;
  });
  const read = (set: Changes) => parseRecipe(text, source, ops, { set, parents });
  const documents = [{ source, text }, ...parents];
  const sources = documents.map(({ source }) => withoutPin(source));
  return runnable(read, ops, { source, text, set: {}, documents, read: sources });
}

/**
 * A recipe from an object; sources in it resolve against `base`, a directory or URL; `source` is the module that wrote
 * it. It may extend another recipe, given as a Recipe or as an object. Throws a RecipeError.
 */
export function recipeOf(value: unknown, base: string, ops: OpSet, source?: string): Recipe {
  const { own, parents, read } = unfold(value, base);
  // JSON is YAML: a value is a document too.
  const text = JSON.stringify({ decant: 1, ...own as object }, null, 2);
  return runnable((set) => recipeFromValue(own, base, ops, { set, parents }), ops, {
    ...given({ source }),
    text,
    set: {},
    documents: [{ source: source ?? `${base}recipe`, text }, ...parents],
    read,
  });
}

/** An object that extends a Recipe or a file, apart from the documents behind it. */
function unfold(value: unknown, base: string): {
  readonly own: unknown;
  readonly parents: readonly ParentDocument[];
  readonly read: readonly string[];
} {
  const alone = { own: value, parents: [], read: [] };
  if (typeof value !== "object" || value === null) return alone;
  const { extends: extended, ...own } = value as { readonly extends?: unknown };
  if (typeof extended === "string") {
    const text = JSON.stringify({ extends: extended });
    const parents = gatherParentsNow(text, `${base}recipe`, readNow);
    return { own, parents, read: parents.map(({ source }) => withoutPin(source)) };
  }
  const { documents, read = [] } = originOf(extended) ?? {};
  return documents === undefined ? alone : { own, parents: documents, read };
}

/** The text of a file, at once: a value is checked where it is written. */
function readNow(source: string): string {
  if (!isElsewhere(source)) return fileText(source);
  throw unreadable(
    `\`${source}\` would have to be fetched, and a module is checked at once`,
    `extends: await load("${source}")`,
  );
}
