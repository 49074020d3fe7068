/** `decant verify`: makes everything anew, in an empty cache, and compares with a lock. */
import { compareLocks, type LockDifference, settingsIn } from "../run/lock.ts";
import { asLocked, besides, pinsOf, readLock } from "../run/lock_beside.ts";
import { exitCodes } from "../run/problem.ts";
import { durationText } from "../run/quantity.ts";
import { originOf } from "../run/runnable.ts";
import { trialsText, valuesText } from "../run/search/search_text.ts";
import { scratchFolder } from "../store/scratch.ts";
import type { Command } from "./command.ts";
import { printProblems } from "./print_problems.ts";
import { listening } from "./progress.ts";
import { json, quiet, recipeOptions, set, threads, trustHost } from "./recipe_options.ts";
import { signalled } from "./signalled.ts";

/** The command. */
export const verifyCommand: Command = {
  name: "verify",
  summary: "Makes a recipe anew in an empty cache and compares with its lock",
  operands: ["RECIPE", "[LOCK]"],
  options: { set, threads, "trust-host": trustHost, quiet, json },
  async run(invocation) {
    const { terminal, options, operands: [path] } = invocation;
    const written = await invocation.recipe();
    const lockPath = path ?? besides(written);
    const locked = await readLock(lockPath, recipeOptions(invocation));
    const recipe = asLocked(written, locked, lockPath);
    const { settings } = settingsIn(originOf(recipe)?.set);
    return await signalled(async (signal) => {
      await using cache = await scratchFolder("decant-verify-");
      const run = await recipe.run({
        ...recipeOptions(invocation),
        cache: cache.path,
        pins: pinsOf(locked),
        ...(locked.search === undefined ? {} : { trials: locked.search.trials.length }),
        signal,
        ...listening(invocation),
      });
      if (run.lock === undefined) {
        printProblems(terminal, run.problems);
        return exitCodes[run.ending];
      }
      const differences = compareLocks(locked, run.lock);
      const identical = differences.length === 0;
      const whole = `${locked.steps.length} steps${
        locked.search === undefined ? "" : ` and ${trialsText(locked.search.trials.length)}`
      }`;
      const { name } = recipe;
      if (options.json) {
        const document = {
          format: 1,
          recipe: name,
          ...settingsIn(settings),
          identical,
          differences,
        };
        terminal.out(`${JSON.stringify(document, null, 2)}\n`);
      } else {
        const verdict = identical
          ? `Identical: all ${whole}`
          : `${differences.length} of ${whole} differ`;
        const made = settings === undefined ? "" : ` with ${valuesText(settings)}`;
        terminal.out(
          `${differences.map(differenceText).join("")}${verdict}, made anew${made} in ` +
            `${durationText(run.report.seconds)}.\n`,
        );
      }
      return identical ? exitCodes.done : exitCodes.refused;
    });
  },
};

function differenceText({ step, what, locked, made }: LockDifference): string {
  switch (what) {
    case "missing":
      return `${step}: in the lock, not in the recipe\n`;
    case "added":
      return `${step}: in the recipe, not in the lock\n`;
    case "key":
      return `${step}: another step than locked, with the same result\n`;
    case "artifact":
      return `${step}: the lock says ${locked!.slice(0, 12)}, made was ${made!.slice(0, 12)}\n`;
    default:
      return what satisfies never;
  }
}
