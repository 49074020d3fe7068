/** Documents become recipes: a file by its path, or an object written in TypeScript. No code is ever loaded here. */
import { fileURLToPath } from "node:url";
import { digestOf } from "../digest.ts";
import { fetchBytes, FetchError, isWeb, TrustError } from "../graph/remote.ts";
import type { OpSet } from "../op.ts";
import { RecipeError } from "../recipe/diagnostic.ts";
import { gatherParents, gatherParentsNow, type ParentDocument } from "../recipe/parents.ts";
import { parseRecipe, recipeFromValue } from "../recipe/parse_recipe.ts";
import { type Changes, originOf, type Recipe, runnable } from "./runnable.ts";

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
  // Few recipes extend another; the others need not be parsed twice to know.
  const extending = /extends|\\/.test(text);
  const parents = !extending ? [] : await gatherParents(text, source, async (parent) => {
    if (elsewhere && !isWeb(parent)) {
      const help = "such a document may name URLs alone; save it here if you trust it";
      throw new TrustError(parent, `\`${parent}\` is named by a document from elsewhere`, help);
    }
    const read = await readDocument(parent, { local: !elsewhere });
    elsewhere ||= isWeb(parent);
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
    ...(source === undefined ? {} : { source }),
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
  if (!isWeb(source)) return fileText(source);
  throw unreadable(
    `\`${source}\` would have to be fetched, and a module is checked at once`,
    `extends: await load("${source}")`,
  );
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
  return fileText(source);
}

/** A source without its pin: what messages call it, and what its own sources resolve against. */
export function withoutPin(source: string): string {
  return source.replace(/#sha256=.*$/, "");
}

/** The text of a file, perhaps pinned. */
function fileText(pinned: string): string {
  const [source = "", pin] = pinned.split("#sha256=");
  if (/\.[cm]?[jt]sx?$/.test(source)) {
    throw unreadable(
      `\`${source}\` is code, and a recipe that is loaded is data`,
      `run it itself: deno run -A ${source}`,
    );
  }
  const bytes = fileBytes(source);
  if (pin === undefined || digestOf(bytes) === pin) return new TextDecoder().decode(bytes);
  throw new TrustError(source, `\`${source}\` is not what its pin says`, "somebody changed it");
}

function fileBytes(source: string): Uint8Array {
  try {
    using file = Deno.openSync(source.startsWith("file:") ? fileURLToPath(source) : source);
    // One byte more than allowed is enough to know: what is read may have no end.
    const bytes = new Uint8Array(LARGEST + 1);
    let size = 0;
    for (let n: number | null = 0; n !== null && size <= LARGEST; size += n ?? 0) {
      n = file.readSync(bytes.subarray(size));
    }
    if (size <= LARGEST) return bytes.subarray(0, size);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw unreadable(`\`${source}\` is not there`);
    if (error instanceof Deno.errors.NotCapable) {
      throw unreadable(`\`${source}\` may not be read`, `add --allow-read=${source}`);
    }
    throw unreadable(
      `\`${source}\` cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  throw unreadable(`\`${source}\` is larger than ${LARGEST} bytes, more than a recipe may be`);
}

function unreadable(message: string, help?: string): RecipeError {
  const common = { code: "source", severity: "error", message, path: "" } as const;
  return new RecipeError([help === undefined ? common : { ...common, help }]);
}
