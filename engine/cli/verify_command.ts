/**
 * `decant verify`: makes everything anew, in an empty cache, and compares with a lock; or compares the files that a run
 * left in a folder with the report and the lock there.
 */
import { given } from "../given.ts";
import { DecantError, exitCodes } from "../error.ts";
import { excerpt, jsonText } from "../quote.ts";
import { Interruption } from "../run/problem.ts";
import { compareLocks, type Lock, type LockDifference, settingsIn } from "../run/lock.ts";
import { asLocked, besides, pinsOf, readLock } from "../library/lock_beside.ts";
import { durationText, valuesText } from "../quantity.ts";
import type { OutVerification } from "../library/out/verify_out.ts";
import type { Run } from "../library/run.ts";
import { originOf, type Recipe } from "../library/runnable.ts";
import { trialsText } from "../report/search/search_text.ts";
import { scratchFolder } from "../store/scratch.ts";
import { type Command, type Invocation } from "./command.ts";
import { printProblems } from "./terminal.ts";
import { runListener } from "./progress.ts";
import {
  jobs,
  json,
  kernels,
  memory,
  quiet,
  recipeOptions,
  set,
  threads,
  trustHost,
} from "./recipe_options.ts";
import { asking } from "./shared/store_options.ts";
import { signalled } from "./signalled.ts";

/** The command. */
export const verifyCommand: Command = {
  name: "verify",
  summary:
    "Makes a recipe anew in an empty cache and compares with its lock; or --out DIR, --sample N",
  operands: ["[RECIPE]", "[LOCK]"],
  options: {
    set,
    threads,
    kernels,
    jobs,
    memory,
    out: {
      value: "DIR",
      description: "Makes nothing; compares the exported files there with the report and the lock",
    },
    sample: {
      value: "N",
      description:
        "Makes N steps of a result from shared stores again, and says which entry lied, if one did",
    },
    "trust-host": trustHost,
    ...asking,
    quiet,
    json,
  },
  async run(invocation) {
    const { options, operands: [path] } = invocation;
    const unsampled = Object.keys(asking).find((name) => options[name] !== undefined);
    if (options.sample !== undefined) {
      const { verifySample } = await import("./shared/verify_sample.ts");
      return await verifySample(await invocation.recipe(), options.sample[0]!, invocation);
    }
    if (unsampled !== undefined) {
      throw new DecantError(
        "usage",
        `--${unsampled} is about shared stores, and what is made anew asks none`,
        "decant verify RECIPE --sample N makes steps of a shared result again",
      );
    }
    if (options.out !== undefined) {
      try {
        return await verifyFolder(options.out[0]!, invocation);
      } catch (error) {
        if (error instanceof Interruption) return exitCodes[error.ending];
        throw error;
      }
    }
    const recipe = await invocation.recipe();
    return await verifyRecipe(recipe, path ?? besides(recipe), invocation);
  },
};

/** Makes a recipe anew and compares what its steps made with a lock. */
async function verifyRecipe(
  written: Recipe,
  lockPath: string,
  invocation: Invocation,
): Promise<number> {
  const { terminal, options } = invocation;
  const locked = await readLock(lockPath, recipeOptions(invocation));
  const recipe = asLocked(written, locked, lockPath);
  const run = await madeAnew(recipe, locked, invocation);
  if (run.lock === undefined) {
    printProblems(terminal, run.problems);
    return exitCodes[run.ending];
  }
  const found: VerifiedRecipe = {
    locked,
    differences: compareLocks(locked, run.lock),
    ...settingsIn(originOf(recipe)?.set),
    seconds: run.report.seconds,
  };
  const identical = found.differences.length === 0;
  terminal.out(options.json ? foundJson(recipe.name, found) : foundText(found));
  return identical ? exitCodes.done : exitCodes.refused;
}

async function madeAnew(recipe: Recipe, locked: Lock, invocation: Invocation): Promise<Run> {
  return await signalled(async (signal, onEvent) => {
    await using cache = await scratchFolder("decant-verify-");
    return await recipe.run({
      ...recipeOptions(invocation),
      cache: cache.path,
      // What others made is what is checked.
      shared: { stores: [] },
      pins: pinsOf(locked),
      ...given({ trials: locked.search?.trials.length }),
      signal,
      onEvent,
    });
  }, runListener(invocation).onEvent);
}

/** What came of making a recipe anew. */
interface VerifiedRecipe extends Pick<Lock, "settings"> {
  readonly locked: Lock;
  readonly differences: readonly LockDifference[];
  readonly seconds: number;
}

function foundJson(recipe: string, { differences, settings }: VerifiedRecipe): string {
  const identical = differences.length === 0;
  const document = { format: 1, recipe, ...settingsIn(settings), identical, differences };
  return jsonText(document);
}

function foundText({ locked, differences, settings, seconds }: VerifiedRecipe): string {
  const { steps, search } = locked;
  const trials = search === undefined ? "" : ` and ${trialsText(search.trials.length)}`;
  const whole = `${steps.length} steps${trials}`;
  const conclusion = differences.length === 0
    ? `Identical: all ${whole}`
    : `${differences.length} of ${whole} differ`;
  const made = settings === undefined ? "" : ` with ${valuesText(settings)}`;
  const lines = differences.map(differenceText).join("");
  return `${lines}${conclusion}, made anew${made} in ${durationText(seconds)}.\n`;
}

/** Compares what lies in a folder with what the report and the lock there say. */
async function verifyFolder(
  root: string,
  { terminal, options, source }: Invocation,
): Promise<number> {
  if (source !== undefined) {
    throw new DecantError(
      "usage",
      "--out says which files to compare, and no recipe is made anew",
      "decant verify RECIPE without --out makes it anew",
    );
  }
  const { verifyOut } = await import("../library/out/verify_out.ts");
  const found = await signalled((signal) =>
    verifyOut(root, {
      signal,
      waiting: (holder) => terminal.err(`${holder} is writing to ${root}; waiting for it\n`),
    })
  );
  if (found === undefined) {
    throw new DecantError(
      "usage",
      `there is no report.json in ${root}`,
      "decant run RECIPE --out DIR",
    );
  }
  const identical = found.differences.length === 0;
  const document = { format: 1, out: root, identical, ...found };
  terminal.out(options.json ? jsonText(document) : folderText(root, found));
  return identical ? exitCodes.done : exitCodes.refused;
}

/** Most characters of a path that a line shows; the report, or somebody's file, may have any name. */
const LONGEST = 200;

const sayings = {
  changed: "is not what the report says",
  missing: "is not there",
  unlocked: "is another export than the lock says",
} as const;

function folderText(root: string, { files, locked, differences, added }: OutVerification): string {
  const lines = [
    ...differences.map(({ path, what }) => `${what}: ${excerpt(path, LONGEST)} ${sayings[what]}`),
    ...added.map((path) => `added: ${excerpt(path, LONGEST)} is of no export, and stays`),
  ];
  const witnesses = `the report${locked ? " and the lock say" : " says"}`;
  const conclusion = files === 0
    ? "The report lists no exported files."
    : differences.length === 0
    ? `Identical: all ${files} exported files are what ${witnesses}.`
    : `Not what ${witnesses}: ${differences.length} of ${files} exported files and their folders.`;
  return [...lines, `${root}: ${conclusion}`, ""].join("\n");
}

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
