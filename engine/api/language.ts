/** Recipes as a program writes and loads them, in the language that a list of ops makes. */
import { commandProcess } from "../cli/command_line.ts";
import { processTerminal } from "../cli/terminal.ts";
import { reportUncaught } from "../cli/uncaught.ts";
import { showValue } from "../notebook/kernel.ts";
import { type AnyOp, type OpSet, opSet, ownOp } from "../op.ts";
import { type LoadOptions, loadRecipe, recipeOf } from "../library/open_recipe.ts";
import type { Recipe } from "../library/runnable.ts";
import type { RecipeOf } from "../recipe/words/typed.ts";
import { ops } from "../../ops/mod.ts";

export { modelKind } from "../../ops/model/kind.ts";
export { datasetKind } from "../../ops/data/dataset.ts";
export { outputsKind } from "../../ops/learn/outputs.ts";
export { ops };

/**
 * A recipe as an object: the fields of a YAML recipe, `decant: 1` understood. Where the ops are known to the compiler,
 * so are their fields.
 */
export type RecipeValue<Ops extends readonly AnyOp[]> = AnyOp extends Ops[number]
  ? Readonly<Record<string, unknown>>
  : RecipeOf<Ops> & { readonly extends?: unknown };

/** What a list of ops makes of recipes. */
export interface Language<Ops extends readonly AnyOp[]> {
  /**
   * A recipe written in TypeScript. Its sources resolve against the module, or without `import.meta` (in a notebook)
   * against the working directory. Throws a RecipeError with everything that is wrong.
   */
  recipe(meta: { readonly url: string }, value: RecipeValue<Ops>): Recipe;
  /** The same without a module: sources resolve against the working directory. */
  recipe(value: RecipeValue<Ops>): Recipe;
  /** A recipe from a YAML file or URL, perhaps pinned. Loads data, never code. */
  load(source: string, options?: LoadOptions): Promise<Recipe>;
  /** The command line of one recipe: `run` where no command is given. Ends the process. */
  main(recipe: Recipe, words?: readonly string[]): Promise<never>;
}

const shipped: ReadonlySet<AnyOp> = new Set(ops);
const shippedModule = new URL("../../ops/mod.ts", import.meta.url).href;

/** Ops by name. What came with Decant any thread finds in its module; an op of one's own says itself where it is. */
function named(list: readonly AnyOp[]): OpSet {
  return opSet(list.map((op) => shipped.has(op) ? { ...op, module: shippedModule } : ownOp(op)));
}

/** The ops that Decant has, by name. */
export const shippedOps = (): OpSet => named(ops);

/**
 * The language of a list of ops: `[...ops, mine]` adds one of your own. What an op of your own made is recalled while
 * its `version` and the text of its functions are the same; for a change behind an import raise the version. For steps
 * side by side (`jobs`) it says `module: import.meta.url`, and that module exports it and does nothing else when imported.
 */
export function withOps<const Ops extends readonly AnyOp[]>(list: Ops): Language<Ops> {
  const set = named(list);
  return {
    recipe(first: { readonly url: string } | RecipeValue<Ops>, value?: RecipeValue<Ops>): Recipe {
      if (value === undefined) return recipeOf(first, `${Deno.cwd()}/`, set);
      const { url } = first as { readonly url: string };
      return reportUncaught(() => recipeOf(value, new URL(".", url).href, set, url));
    },
    load: (source, options) => loadRecipe(source, set, options),
    main: (recipe, words = Deno.args) => commandProcess(words, { ops: set, recipe }),
  };
}

/** The language of the ops that Decant has; see `Language`. */
export const { recipe, load, main }: Language<typeof ops> = withOps(ops);

/**
 * Shows a value: in a notebook below the cell, resolving when the output has left; elsewhere as text on standard output.
 * Recipes, plans, runs, their tables, layers, charts and comparisons have forms of their own.
 */
export const show = (value: unknown): Promise<void> =>
  showValue(value, (text) => processTerminal().out(text));
