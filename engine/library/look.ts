/**
 * What is found of a model file and of data before a recipe is written for them: the file is read, and the model is
 * measured on validation samples under each way in which its data come into question.
 */
import { DecantError, type Problem } from "../error.ts";
import type {
  DraftFields,
  Drafts,
  Found,
  FoundModel,
  NamedData,
  Quality,
} from "../recipe/words/drafts.ts";
import type { Json } from "../digest.ts";
import type { OpSet } from "../op.ts";
import { LOAD } from "../recipe/words/language.ts";
import { recipeOf } from "./open_recipe.ts";
import type { Run } from "./run.ts";
import type { RunOptions } from "./runnable.ts";

/** Where and with what it is looked. */
export interface LookOptions extends RunOptions {
  readonly ops: OpSet;
  readonly drafts: Drafts;
  /** The folder against which the file and the data resolve, ending in a slash. */
  readonly base: string;
}

/** The model in a file. Throws a DecantError that says why there is none. */
export async function lookAtModel(from: string, options: LookOptions): Promise<FoundModel> {
  const steps = [{ op: LOAD, as: "model", from }];
  const run = await recipeOf({ name: "look", steps }, options.base, options.ops).run(options);
  if (!run.ok) throw reasonOf(run.problems);
  return await run.model("model").value();
}

/** A model together with data that it reads better than by chance. Throws a DecantError where it does not. */
export async function lookAtData(
  from: string,
  model: FoundModel,
  named: NamedData,
  options: LookOptions,
): Promise<Found> {
  const { drafts, ops, base } = options;
  const ways = drafts.data(model, named);
  const run = await recipeOf(tried(from, ways, drafts.quality(model)), base, ops).run({
    ...options,
    // What one normalisation makes of a model says nothing of the next.
    keepGoing: true,
  });
  const { search } = run.report;
  const best = search?.winner ?? undefined;
  if (best === undefined) throw reasonOf(run.problems);
  return { from, model, data: ways[best]!, metrics: search!.trials[best]!.metrics! };
}

/** A search among data for one model: every way is tried. */
function tried(
  from: string,
  ways: readonly DraftFields[],
  { metric, aim }: Quality,
): Record<string, Json> {
  return {
    name: "look",
    variables: { samples: ways[0]! },
    data: "$samples",
    model: { from },
    search: {
      over: { samples: [...ways] },
      [aim]: `result.${metric}`,
      budget: { trials: ways.length },
      strategy: "grid",
    },
  };
}

/** The first thing that went wrong, without the trial in which it did. */
function reasonOf([first]: Run["problems"]): Error {
  const { code, message, help } = first ?? fallback;
  return new DecantError(code, message.replace(/ \(trial \d+: .*\)$/s, ""), help);
}

const fallback: Omit<Problem, "place"> = {
  code: "step-failed",
  message: "the model could not be measured on these data",
};
