/** `decant lock`: writes beside a recipe what its sources are and what its steps made. */
import { lockOf, lockPath, lockText } from "../run/lock.ts";
import { DecantError, exitCodes } from "../error.ts";
import { isElsewhere } from "../library/read_document.ts";
import { originOf, type Recipe, type RecipeOptions } from "../library/runnable.ts";
import { lockedSearch, type RecipePlan } from "../report/search/search_document.ts";
import { type Command } from "./command.ts";
import { asking } from "./shared/store_options.ts";
import { valuesText } from "../quantity.ts";
import {
  cache,
  json,
  kernels,
  recipeOptions,
  set,
  threads,
  trustHost,
  UNLIMITED,
} from "./recipe_options.ts";

/** The command. */
export const lockCommand: Command = {
  name: "lock",
  summary: "Writes the lock of a recipe that has run, beside it",
  operands: ["RECIPE"],
  options: { set, cache, threads, kernels, "trust-host": trustHost, ...asking, json },
  async run(invocation) {
    const { terminal, options } = invocation;
    const recipe = await invocation.recipe();
    const path = lockPathOf(recipe);
    const { graph, steps, search } = await planned(recipe, {
      ...recipeOptions(invocation),
      ...UNLIMITED,
    });
    const open = steps.filter(({ node, state }) => state !== "hit" && !node.op.volatile);
    if (open.length > 0) {
      const names = open.map(({ node }) => node.step.name).join(", ");
      throw new DecantError(
        "usage",
        `not everything of \`${recipe.name}\` is recorded: ${names}`,
        "run it first",
      );
    }
    const hits = new Map(
      steps.flatMap((planned) =>
        planned.state === "hit" ? [[planned.node.step.name, planned]] : []
      ),
    );
    const lock = lockOf(graph, (name) => hits.get(name), {
      search: search && lockedSearch(search.document),
      set: originOf(recipe)?.set,
    });
    const temp = `${path}.${crypto.randomUUID()}.tmp`;
    await Deno.writeTextFile(temp, lockText(lock));
    await Deno.rename(temp, path);
    const { settings } = lock;
    const made = settings === undefined ? "" : `, made with ${valuesText(settings)}`;
    terminal.out(
      options.json
        ? lockText(lock)
        : `${path}: ${lock.steps.length} steps, ${lock.sources.length} sources${made}.\n`,
    );
    return exitCodes.done;
  },
};

/** The plan; of a search that the clock ended, with the trials that are recorded. */
async function planned(recipe: Recipe, options: RecipeOptions): Promise<RecipePlan> {
  const plan = await recipe.plan(options);
  if (plan.search === undefined) return plan;
  const { ahead, document: { trials }, plan: { budget } } = plan.search;
  const timed = ahead.length > 0 && trials.length > 0 && budget.seconds !== undefined;
  return timed ? await recipe.plan({ ...options, trials: trials.length }) : plan;
}

function lockPathOf(recipe: Recipe): string {
  if (recipe.source === undefined) {
    throw new DecantError(
      "usage",
      `\`${recipe.name}\` stands in no file, so no lock can stand beside it`,
      "save it",
    );
  }
  if (!isElsewhere(recipe.source)) return lockPath(recipe.source);
  throw new DecantError("usage", `${recipe.source} cannot be written`, "save the recipe here");
}
