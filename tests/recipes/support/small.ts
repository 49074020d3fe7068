/** Shipped recipes cut to a size that a test can run: fewer samples and epochs, nothing else. */
import { parse } from "npm:yaml@2.9.1";
import { type Recipe, recipe as typed, type Run, type Store } from "../../../mod.ts";

/** A document of plain data. */
export type Value = Readonly<Record<string, unknown>>;

/** The recipe of a document whose type is not known. */
export const recipe = typed as unknown as (document: Value) => Recipe;

const RECIPES = new URL("../../../recipes/", import.meta.url);

/** The document of a shipped recipe; a file beside it that its data are from is named from anywhere. */
export async function shipped(name: string): Promise<Value> {
  const document: Value = parse(await Deno.readTextFile(new URL(`${name}.yaml`, RECIPES)));
  const { data } = document as { readonly data?: { readonly from?: string } };
  if (data?.from?.startsWith("data/") !== true) return document;
  return { ...document, data: { ...data, from: new URL(data.from, RECIPES).pathname } };
}

/** Of a search that is cut small: so many trials. */
const TRIALS = 12;

/** Samples of an update at most, so that few of them still make updates enough to learn something. */
const BATCH = 8;

/**
 * The document with `limit` training samples and `epochs` epochs wherever it trains, and a search with fewer trials;
 * claims are for the real size.
 */
export function small(document: Value, limit = 300, epochs = 1): Value {
  const cut = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(cut);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => {
        if (name === "epochs") return [name, epochs];
        return [name, name === "batch" ? Math.min(field as number, BATCH) : cut(field)];
      }),
    );
  };
  const { expect: _claims, data, search, ...rest } = document;
  const source = typeof data === "string" ? { use: data } : data as Value;
  const { where: _conditions, ...aim } = (search ?? {}) as Value;
  return {
    ...cut(rest) as Value,
    data: { ...source, limit },
    ...(search !== undefined && { search: { ...aim, budget: { trials: TRIALS } } }),
  };
}

/** What each step of a run made, by name. */
export function digests(run: Run): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(run.steps.map(({ name, artifact }) => [name, artifact?.digest]));
}

/** Runs and throws what went wrong, if anything did. */
export async function ran(recipe: Recipe, cache: string | Store): Promise<Run> {
  const run = await recipe.run({ cache });
  if (run.ending !== "done") throw new Error(JSON.stringify(run.problems));
  return run;
}

/** The steps that were computed and not recalled. */
export function computed(run: Run): readonly string[] {
  return run.steps.filter(({ status }) => status !== "hit").map(({ name }) => name);
}
