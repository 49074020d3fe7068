/** `decant run`: runs a recipe, shows it going, prints what came of it. */
import { jsonText } from "../quote.ts";
import { given } from "../given.ts";
import { DecantError, exitCodes } from "../error.ts";
import {
  asLocked,
  besides,
  lockBeside,
  pinsOf,
  readLock,
  statedIn,
} from "../library/lock_beside.ts";
import { outgrownTeachers } from "../report/outgrown.ts";
import { foldedDocument } from "../report/folded/fold_document.ts";
import { resultText } from "../report/report.ts";
import { originOf, type Recipe, type RunOptions } from "../library/runnable.ts";
import { valuesText } from "../quantity.ts";
import { defaultOut } from "../library/write_out.ts";
import { type Command, type Invocation } from "./command.ts";
import { printProblems } from "./terminal.ts";
import { runListener } from "./progress.ts";
import {
  cache,
  jobs,
  json,
  kernels,
  memory,
  offline,
  quiet,
  recipeOptions,
  set,
  threads,
  trustHost,
} from "./recipe_options.ts";
import { queue } from "./queue/queue_options.ts";
import { sharing } from "./shared/store_options.ts";
import { signalled } from "./signalled.ts";

/** Stands for all steps in `--force`. */
const EVERY = "*";

/** The command. */
export const runCommand: Command = {
  name: "run",
  summary: "Runs a recipe; what is recorded is recalled",
  operands: ["RECIPE"],
  options: {
    set,
    out: {
      value: "DIR",
      description:
        "Folder for reports and exported files; default out/NAME, with --set out/NAME+FIELD=VALUE",
    },
    cache,
    threads,
    kernels,
    jobs,
    memory,
    force: {
      value: "STEP",
      bare: EVERY,
      description: "Runs a recorded step again and compares; without a name all of them",
    },
    until: { value: "STEP", description: "Runs this step and what it needs, no more" },
    "keep-going": { description: "After a failure goes on with what does not depend on it" },
    locked: { description: "Refuses whatever the lock beside the recipe does not say" },
    offline,
    "trust-host": trustHost,
    ...sharing,
    queue,
    quiet,
    json,
  },
  async run(invocation) {
    const { terminal, options } = invocation;
    const written = await invocation.recipe();
    const lock = options.locked
      ? await readLock(besides(written), recipeOptions(invocation))
      : undefined;
    const recipe = lock === undefined ? written : asLocked(written, lock, besides(written));
    if (recipe !== written && !(options.quiet ?? options.json)) {
      terminal.err(`as locked, with ${valuesText(originOf(recipe)!.set)}\n`);
    }
    const out = options.out?.[0] ?? defaultOut(recipe.name, originOf(recipe)?.set);
    const known = lock ?? await lockBeside(recipe, recipeOptions(invocation));
    const run = await signalled((signal, onEvent) =>
      recipe.run({
        ...recipeOptions(invocation),
        ...chosen(invocation, recipe),
        out,
        signal,
        ...given({ lock, trials: lock?.search?.trials.length }),
        pins: pinsOf(known),
        stated: statedIn(known),
        onEvent,
      }), runListener(invocation).onEvent);
    if (options.json) {
      const refused = run.ending === "recipe";
      const { format, ok, problems } = run.report;
      terminal.out(jsonText(refused ? { format, ok, problems } : foldedDocument(run.report)));
    } else {
      for (const [step, sentences] of outgrownTeachers(run.graph, run.models)) {
        for (const sentence of sentences) terminal.err(`warning: ${step}: ${sentence}\n`);
      }
      printProblems(terminal, run.problems);
      if (run.steps.length > 0 && run.ending !== "recipe") {
        const written = run.written.length === 0 ? [] : [`${out}:`, ...run.written];
        terminal.out(resultText(run.table, run.report, written, run.graph.recipe.metrics));
      }
    }
    await invocation.remember?.({ run, recipe, out });
    return exitCodes[run.ending];
  },
};

function chosen({ options }: Invocation, recipe: Recipe): RunOptions {
  const force = options.force?.[0];
  const until = options.until?.[0];
  const names = recipe.expand().steps.map(({ name }) => name);
  for (const [option, step] of [["force", force], ["until", until]] as const) {
    if (step === undefined || step === EVERY || names.includes(step)) continue;
    throw new DecantError(
      "usage",
      `--${option} names no step: "${step}"`,
      `the steps are ${names.join(", ")}`,
    );
  }
  return given({
    force: force === EVERY ? true as const : force,
    until,
    queue: options.queue?.[0],
    keepGoing: options["keep-going"] ? true : undefined,
  });
}
