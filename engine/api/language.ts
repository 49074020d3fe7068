/** Recipes as a program writes and loads them, in the language that a list of ops makes. */
import { commandProcess } from "../cli/command_line.ts";
import { processTerminal } from "../cli/terminal.ts";
import { reportUncaught } from "../cli/uncaught.ts";
import { DecantError } from "../error.ts";
import { showValue } from "../notebook/kernel.ts";
import { type AnyOp, type OpSet, opSet, ownOp } from "../op.ts";
import type { OwnEntry, OwnList } from "../own/entry.ts";
import { withOwn } from "../own/with_own.ts";
import { type LoadOptions, loadRecipe, recipeOf } from "../library/open_recipe.ts";
import type { Recipe } from "../library/runnable.ts";
import type { RecipeOf } from "../recipe/words/typed.ts";
import { ops } from "../../ops/mod.ts";

export * from "./define.ts";
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
function named(list: readonly AnyOp[], entries: readonly OwnEntry[] = []): OpSet {
  const placed = list.map((op) => shipped.has(op) ? { ...op, module: shippedModule } : ownOp(op));
  return opSet(entries.length === 0 ? placed : placed.map((op) => withOwn(op, entries)));
}

/** The ops that Decant has, by name. */
export const shippedOps = (): OpSet => named(ops);

/** Code of one's own, in lists: each adds to what Decant has. */
export type LanguageParts =
  & {
    /** From `defineOp`. */
    readonly ops?: readonly AnyOp[];
  }
  & {
    readonly [
      /** From `defineTerm`, `defineAugmentation`, `defineReader`, `defineFamily`, `defineFormat`, `defineMetric`. */
      L in OwnList
    ]?: readonly OwnEntry<object, L>[];
  };

/** The ops of a language; where entries of other lists are known at run time alone, so are the fields of its recipes. */
type OpsOf<Parts extends LanguageParts> = keyof Parts extends "ops"
  ? Parts extends { readonly ops: infer Own extends readonly AnyOp[] }
    ? readonly [...typeof ops, ...Own]
  : typeof ops
  : readonly AnyOp[];

/**
 * The language of Decant with code of one's own: ops, loss terms, augmentations, readers, families, formats, metrics. What
 * such code made is recalled while its `version` and the text of its functions are the same; for a change behind an import
 * raise the version. For steps side by side (`jobs`) it says `module: import.meta.url`, and that module exports it and does
 * nothing else when imported. Throws a `usage` error where two entries of a list share a name.
 */
export function language<const Parts extends LanguageParts>(
  { ops: own = [], ...lists }: Parts,
): Language<OpsOf<Parts>> {
  return reportUncaught(() => {
    const entries = Object.entries(lists as Readonly<Record<string, readonly OwnEntry[]>>)
      .flatMap(([list, each]) => each.map((entry) => placed(entry, list)));
    return languageOf([...ops, ...own], entries);
  });
}

/** The entry, which stands in the list that it is for. Throws a `usage` error where it does not. */
function placed(entry: OwnEntry, list: string): OwnEntry {
  if (entry.list === list) return entry;
  throw new DecantError(
    "usage",
    `Cannot list "${entry.name}" under ${list}: it is defined for ${entry.list ?? "none"}`,
  );
}

/** The language of a list of ops: `[...ops, mine]` adds one of your own. See `language`, which adds other code too. */
export function withOps<const Ops extends readonly AnyOp[]>(list: Ops): Language<Ops> {
  return reportUncaught(() => languageOf(list));
}

function languageOf<Ops extends readonly AnyOp[]>(
  list: readonly AnyOp[],
  entries?: readonly OwnEntry[],
): Language<Ops> {
  const set = named(list, entries);
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
