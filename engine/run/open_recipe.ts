/** Documents become recipes: a file by its path, or an object written in TypeScript. No code is ever loaded here. */
import { fileURLToPath } from "node:url";
import type { OpSet } from "../op.ts";
import { RecipeError } from "../recipe/diagnostic.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import { parseRecipe, recipeFromValue } from "../recipe/parse_recipe.ts";
import { type Changes, type Recipe, runnable } from "./runnable.ts";

/** A recipe from a file. Throws a RecipeError where it cannot be read or is wrong. */
export async function loadRecipe(source: string, ops: OpSet): Promise<Recipe> {
  return recipeFrom(await readDocument(source), source, ops);
}

/** A recipe from the text of a document; `source` is where it stands. Throws a RecipeError where it is wrong. */
export function recipeFrom(text: string, source: string, ops: OpSet): Recipe {
  return runnable(
    (changes) => unchanged(changes, () => parseRecipe(text, source, ops)),
    ops,
    source,
  );
}

/**
 * A recipe from an object; sources in it resolve against `base`, a directory or URL; `source` is the module that wrote
 * it. Throws a RecipeError.
 */
export function recipeOf(value: unknown, base: string, ops: OpSet, source?: string): Recipe {
  return runnable(
    (changes) => unchanged(changes, () => recipeFromValue(value, base, ops)),
    ops,
    source,
  );
}

/** The text of a document. Throws a RecipeError with a sentence where there is none. */
export async function readDocument(source: string): Promise<string> {
  if (/\.[cm]?[jt]sx?$/.test(source)) {
    throw unreadable(
      `\`${source}\` is code, and a recipe that is loaded is data`,
      `run it itself: deno run -A ${source}`,
    );
  }
  if (/^https?:/i.test(source)) {
    throw unreadable(
      `\`${source}\` is a URL, and recipes by URL cannot be read yet`,
      "download it",
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

/** Setting fields is part of the language; until it is read there, it is refused rather than forgotten. */
function unchanged(changes: Changes, read: () => ExpandedRecipe): ExpandedRecipe {
  const [name] = Object.keys(changes);
  if (name === undefined) return read();
  const message = `\`${name}\` cannot be set from outside the recipe yet`;
  throw new RecipeError([{ code: "not-yet", severity: "error", message, path: name }]);
}

function unreadable(message: string, help?: string): RecipeError {
  const common = { code: "source", severity: "error", message, path: "" } as const;
  return new RecipeError([help === undefined ? common : { ...common, help }]);
}
