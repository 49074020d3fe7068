/** Documents become recipes: a file by its path, or an object written in TypeScript. No code is ever loaded here. */
import { fileURLToPath } from "node:url";
import { digestOf } from "../digest.ts";
import { fetchBytes, FetchError, isWeb, TrustError } from "../graph/remote.ts";
import type { OpSet } from "../op.ts";
import { RecipeError } from "../recipe/diagnostic.ts";
import { gatherParents, type ParentDocument } from "../recipe/parents.ts";
import { parseRecipe, recipeFromValue } from "../recipe/parse_recipe.ts";
import { type Changes, type Recipe, runnable } from "./runnable.ts";

/** The documents that a recipe was made from, its own first, so that another may extend it. */
const origins = new WeakMap<Recipe, readonly ParentDocument[]>();

/** A document may be as large as this. */
const LARGEST = 1 << 20;

/** What may be demanded of a document. */
export interface LoadOptions {
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
  { sha256 }: LoadOptions = {},
): Promise<Recipe> {
  const pinned = sha256 === undefined ? source : `${source.replace(/#.*/, "")}#sha256=${sha256}`;
  return await recipeFrom(await readDocument(pinned), withoutPin(source), ops);
}

/**
 * A recipe from the text of a document; `source` is where it stands. Reads what it extends. Throws a RecipeError where
 * it is wrong.
 */
export async function recipeFrom(text: string, source: string, ops: OpSet): Promise<Recipe> {
  let elsewhere = isWeb(source);
  const parents = await gatherParents(text, source, async (parent) => {
    if (elsewhere && !isWeb(parent)) {
      const help = "such a document may name URLs alone; save it here if you trust it";
      throw new TrustError(parent, `\`${parent}\` is named by a document from elsewhere`, help);
    }
    const read = await readDocument(parent, { local: !elsewhere });
    elsewhere ||= isWeb(parent);
    return read;
  });
  const read = (set: Changes) => parseRecipe(text, source, ops, { set, parents });
  const recipe = runnable(read, ops, { source, text, set: {} });
  origins.set(recipe, [{ source, text }, ...parents]);
  return recipe;
}

/**
 * A recipe from an object; sources in it resolve against `base`, a directory or URL; `source` is the module that wrote
 * it. It may extend another recipe, given as a Recipe or as an object. Throws a RecipeError.
 */
export function recipeOf(value: unknown, base: string, ops: OpSet, source?: string): Recipe {
  const { own, parents } = unfold(value);
  // JSON is YAML: a value is a document too.
  const text = JSON.stringify({ decant: 1, ...own as object }, null, 2);
  const recipe = runnable((set) => recipeFromValue(own, base, ops, { set, parents }), ops, {
    ...(source === undefined ? {} : { source }),
    text,
    set: {},
  });
  origins.set(recipe, [{ source: source ?? `${base}recipe`, text }, ...parents]);
  return recipe;
}

/** An object that extends a Recipe, apart from the documents behind it. */
function unfold(value: unknown): { own: unknown; parents: readonly ParentDocument[] } {
  if (typeof value !== "object" || value === null) return { own: value, parents: [] };
  const { extends: extended, ...own } = value as { readonly extends?: unknown };
  const parents = origins.get(extended as Recipe);
  return parents === undefined ? { own: value, parents: [] } : { own, parents };
}

/** The text of a document. Throws a RecipeError with a sentence where there is none. */
export async function readDocument(
  source: string,
  { local = true }: { readonly local?: boolean } = {},
): Promise<string> {
  if (isWeb(source)) {
    try {
      const bytes = await fetchBytes(new URL(source), { limit: LARGEST, local });
      return new TextDecoder().decode(bytes);
    } catch (error) {
      if (error instanceof FetchError) throw unreadable(error.message);
      throw error;
    }
  }
  const [path, pin] = source.split("#sha256=");
  const text = await readFile(path!);
  if (pin === undefined || digestOf(new TextEncoder().encode(text)) === pin) return text;
  throw new TrustError(path!, `\`${path}\` is not what its pin says`, "somebody changed it");
}

/** A source without its pin: what messages call it, and what its own sources resolve against. */
export function withoutPin(source: string): string {
  return source.replace(/#sha256=.*$/, "");
}

async function readFile(source: string): Promise<string> {
  if (/\.[cm]?[jt]sx?$/.test(source)) {
    throw unreadable(
      `\`${source}\` is code, and a recipe that is loaded is data`,
      `run it itself: deno run -A ${source}`,
    );
  }
  try {
    return await Deno.readTextFile(source.startsWith("file:") ? fileURLToPath(source) : source);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw unreadable(`\`${source}\` is not there`);
    if (error instanceof Deno.errors.NotCapable) {
      throw unreadable(`\`${source}\` may not be read`, `add --allow-read=${source}`);
    }
    throw unreadable(
      `\`${source}\` cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function unreadable(message: string, help?: string): RecipeError {
  const common = { code: "source", severity: "error", message, path: "" } as const;
  return new RecipeError([help === undefined ? common : { ...common, help }]);
}
