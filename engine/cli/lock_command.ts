/** `decant lock`: writes beside a recipe what its sources are and what its steps made. */
import type { Digest } from "../digest.ts";
import { fetchBytes, FetchError, isWeb } from "../graph/remote.ts";
import { type Lock, lockOf, lockPath, lockText, parseLock } from "../run/lock.ts";
import { exitCodes, RefusedError } from "../run/problem.ts";
import type { Recipe } from "../run/runnable.ts";
import { type Command, UsageError } from "./command.ts";
import { cache, json, recipeOptions, threads } from "./recipe_options.ts";

/** The command. */
export const lockCommand: Command = {
  name: "lock",
  summary: "Writes the lock of a recipe that has run, beside it",
  operands: ["RECIPE"],
  options: { cache, threads, json },
  async run(invocation) {
    const { terminal, options } = invocation;
    const recipe = await invocation.recipe();
    const path = lockPathOf(recipe);
    const { graph, steps } = await recipe.plan(recipeOptions(invocation));
    const open = steps.filter(({ node, state }) => state !== "hit" && !node.op.volatile);
    if (open.length > 0) {
      const names = open.map(({ node }) => node.step.name).join(", ");
      throw new UsageError(
        `not everything of \`${recipe.name}\` is recorded: ${names}`,
        "run it first",
      );
    }
    const hits = new Map(
      steps.flatMap((planned) =>
        planned.state === "hit" ? [[planned.node.step.name, planned]] : []
      ),
    );
    const lock = lockOf(graph, (name) => hits.get(name));
    const temp = `${path}.${crypto.randomUUID()}.tmp`;
    await Deno.writeTextFile(temp, lockText(lock));
    await Deno.rename(temp, path);
    terminal.out(
      options.json
        ? lockText(lock)
        : `${path}: ${lock.steps.length} steps, ${lock.sources.length} sources.\n`,
    );
    return exitCodes.done;
  },
};

/** A lock may be as large as this. */
const LARGEST = 1 << 24;

/** The lock beside a recipe. Throws a RefusedError where there is none. */
export async function readLock(recipe: Recipe, path: string = besides(recipe)): Promise<Lock> {
  try {
    if (!isWeb(path)) return parseLock(await Deno.readTextFile(path), path);
    const bytes = await fetchBytes(new URL(path), { limit: LARGEST, local: true });
    return parseLock(new TextDecoder().decode(bytes), path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof FetchError)) throw error;
    const why = error instanceof FetchError ? `: ${error.message}` : "";
    throw new RefusedError(
      "locked",
      `there is no lock at ${path}${why}`,
      "decant lock RECIPE writes one",
    );
  }
}

/** The digests that the lock beside a recipe holds for its sources: what it says wins. None where there is no lock. */
export async function lockedSources(recipe: Recipe): Promise<ReadonlyMap<string, Digest>> {
  if (recipe.source === undefined || isWeb(recipe.source)) return new Map();
  const path = lockPath(recipe.source);
  try {
    const { sources } = parseLock(await Deno.readTextFile(path), path);
    return new Map(sources.map(({ source, sha256 }) => [source, sha256 as Digest]));
  } catch (error) {
    // Without permission to look beside the recipe there is no lock to be found.
    const none = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable;
    if (!none) throw error;
    return new Map();
  }
}

function lockPathOf(recipe: Recipe): string {
  if (recipe.source === undefined || !isWeb(recipe.source)) return besides(recipe);
  throw new UsageError(`${recipe.source} cannot be written`, "save the recipe here");
}

function besides({ source, name }: Recipe): string {
  if (source !== undefined) return lockPath(source);
  throw new UsageError(`\`${name}\` stands in no file, so no lock can stand beside it`, "save it");
}
