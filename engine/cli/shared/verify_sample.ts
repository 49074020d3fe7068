/** `decant verify --sample N`: some steps of a result from shared stores made again, to see whether they are what was said. */
import { DecantError, type Ending, exitCodes } from "../../error.ts";
import { given } from "../../given.ts";
import type { Key } from "../../digest.ts";
import type { RecipePlan } from "../../report/search/search_document.ts";
import {
  openStore,
  originOf,
  type Recipe,
  type RecipeOptions,
  runnable,
} from "../../library/runnable.ts";
import type { Run } from "../../library/run.ts";
import type { OpSet } from "../../op.ts";
import type { ExpandedRecipe } from "../../recipe/recipe.ts";
import { pointAt } from "../../recipe/search/space.ts";
import { jsonText } from "../../quote.ts";
import { CorruptBlobError, type Store } from "../../store/store.ts";
import { scratchFolder } from "../../store/scratch.ts";
import type { Invocation } from "../command.ts";
import { runListener } from "../progress.ts";
import { recipeOptions } from "../recipe_options.ts";
import { signalled } from "../signalled.ts";
import { printProblems, type Terminal } from "../terminal.ts";

/** A step that can be made again. */
interface Repeatable {
  /** As it is shown: of a search with the trial. */
  readonly step: string;
  readonly key: Key;
  /** What makes it, under this name. */
  readonly made: Recipe;
  readonly name: string;
}

/** A step that was made again. */
interface RepeatedStep extends Repeatable {
  /** Who signed its record. */
  readonly signed?: string;
  /** Entries of the store that are not what they should be, each with what is wrong with it. */
  readonly lies: readonly { readonly entry: string; readonly what: string }[];
}

/** Thrown where a step cannot be made again at all. */
class Unmade extends Error {
  constructor(readonly ending: Ending) {
    super(ending);
  }
}

/** Makes so many steps again, chosen at random; exit code 4 where an entry lied. */
export async function verifySample(
  recipe: Recipe,
  text: string,
  invocation: Invocation,
): Promise<number> {
  const count = countIn(text);
  const { terminal, options } = invocation;
  await using cache = await scratchFolder("decant-verify-");
  const chosen = { ...recipeOptions(invocation), cache: cache.path };
  const shared = { ...chosen.shared, write: false };
  const recorded = await recordedIn(recipe, invocation, { ...chosen, shared });
  const { onEvent: listen } = runListener(invocation);
  const checked: RepeatedStep[] = [];
  try {
    // Before anything is made here that could stand in for what a store has not.
    const said = await signalled(async (signal) => {
      const warn = (sentence: string) => terminal.err(`warning: ${sentence}\n`);
      const store = await openStore(cache.path, warn, { ...shared, signal });
      const all: RepeatedStep[] = [];
      for (const each of drawn(recorded, count)) {
        const lies = await lostBlobs(store, each.key);
        all.push({ ...each, ...given({ signed: (await store.signature(each.key))?.by }), lies });
      }
      return all;
    });
    for (const each of said) {
      checked.push(
        await signalled(async (signal, onEvent) => {
          const force = { force: each.name, until: each.name };
          const run = await each.made.run({ ...chosen, shared, ...force, signal, onEvent });
          return withLie(each, run, terminal);
        }, listen),
      );
    }
  } catch (error) {
    if (error instanceof Unmade) return exitCodes[error.ending];
    throw error;
  }
  const truthful = checked.every(({ lies }) => lies.length === 0);
  const document = {
    format: 1,
    recipe: recipe.name,
    recorded: recorded.length,
    truthful,
    checked: checked.map(({ made: _made, name: _name, ...each }) => each),
  };
  const lines = checked.map(checkedText).join("");
  terminal.out(
    options.json ? jsonText(document) : `${lines}${conclusion(checked, recorded.length)}`,
  );
  return truthful ? exitCodes.done : exitCodes.refused;
}

/** What was said of a step, and whether it came out so; throws an `Unmade` where it did not come out at all. */
function withLie(said: RepeatedStep, { problems, ending }: Run, terminal: Terminal): RepeatedStep {
  const [problem] = problems;
  if (problem === undefined) return said;
  if (problem.code === "not-reproducible") {
    const lie = { entry: `ac/${said.key}`, what: problem.message };
    return { ...said, lies: [...said.lies, lie] };
  }
  printProblems(terminal, problems);
  throw new Unmade(ending);
}

/** The steps that can be made again to be compared, each once: what reads a clock is another each time. */
async function recordedIn(
  recipe: Recipe,
  { ops }: Pick<Invocation, "ops">,
  options: RecipeOptions,
): Promise<Repeatable[]> {
  const plan = await recipe.plan(options);
  const found = new Map<Key, Repeatable>();
  for (const { made, where } of searchedIn(recipe, plan, ops)) {
    const { steps } = plan.search === undefined ? plan : await made.plan(options);
    for (const planned of steps) {
      if (planned.state !== "hit" || planned.node.op.volatile || found.has(planned.key)) continue;
      const { name } = planned.node.step;
      found.set(planned.key, { step: `${name}${where}`, key: planned.key, made, name });
    }
  }
  if (found.size > 0) return [...found.values()];
  throw new DecantError(
    "usage",
    "no step of the recipe is recorded in a shared store by a key that is trusted",
    "name the store with --store, and whose records are hits with --trust",
  );
}

/** What a recipe runs: itself, or of a search its winner, the trials that are recorded, and the one that would be next. */
function searchedIn(
  recipe: Recipe,
  plan: RecipePlan,
  ops: OpSet,
): { readonly made: Recipe; readonly where: string }[] {
  const { search } = recipe.expand();
  if (search === undefined) return [{ made: recipe, where: "" }];
  const { document: { trials, winner }, ahead } = plan.search!;
  const at = (at: ExpandedRecipe, where: string) => ({
    made: runnable(() => at, ops, originOf(recipe)!),
    where,
  });
  const tried = [...trials.map(({ values }) => values), ...ahead.slice(0, 1)];
  const points = tried.map((values) => pointAt(search, values));
  return [
    ...ahead.length > 0 || winner === null ? [] : [at(search.recipe(points[winner]!), "")],
    ...points.map((point, index) => at(search.trial(point), ` of trial ${index + 1}`)),
  ];
}

function countIn(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  const message = `--sample needs a number of steps; this is "${text}"`;
  throw new DecantError("usage", message, "--sample 3");
}

/** Some of them in no order that a store could know before. */
function drawn<T>(all: readonly T[], count: number): T[] {
  const left = [...all];
  const chosen: T[] = [];
  while (chosen.length < count && left.length > 0) {
    const [random] = crypto.getRandomValues(new Uint32Array(1));
    chosen.push(...left.splice(random! % left.length, 1));
  }
  return chosen;
}

/** What a record names and no store has, or has otherwise. */
async function lostBlobs(store: Store, key: Key): Promise<RepeatedStep["lies"][number][]> {
  const lost: RepeatedStep["lies"][number][] = [];
  for (const { digest, bytes } of (await store.outcome(key))?.blobs ?? []) {
    try {
      await store.read(digest, bytes);
    } catch (error) {
      if (!(error instanceof CorruptBlobError)) throw error;
      lost.push({ entry: `cas/${digest}`, what: "it is not there, or not the bytes of its name" });
    }
  }
  return lost;
}

function checkedText({ step, signed, lies }: RepeatedStep): string {
  if (lies.length === 0) return `${step}: made again, identical\n`;
  const by = signed === undefined ? "" : `, in a record signed by ${signed}`;
  return lies.map(({ entry, what }) => `${step}: ${entry} lied${by}: ${what}\n`).join("");
}

function conclusion(checked: readonly RepeatedStep[], recorded: number): string {
  const wrong = checked.filter(({ lies }) => lies.length > 0).length;
  const whole = `${checked.length} of ${recorded} recorded steps were made again`;
  return wrong === 0
    ? `The store told the truth: ${whole}, all identical.\n`
    : `The store did not tell the truth: ${whole}, and ${wrong} are not what it said.\n`;
}
