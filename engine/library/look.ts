/**
 * What is found of a model file and of data before a recipe is written for them: the file is read, and the model is
 * measured on validation samples under each way in which its data come into question.
 */
import { DecantError, type Problem } from "../error.ts";
import type { DraftFields, Found, FoundModel, NamedData, Quality } from "../recipe/words/drafts.ts";
import type { Json } from "../digest.ts";
import { given } from "../given.ts";
import { LOAD } from "../recipe/words/language.ts";
import { recipeOf } from "./open_recipe.ts";
import type { Run } from "./run.ts";
import type { LookOptions } from "./look_closer.ts";

/** The model in a file. Throws a DecantError that says why there is none. */
export async function lookAtModel(from: string, options: LookOptions): Promise<FoundModel> {
  const steps = [{ op: LOAD, as: "model", from }];
  const run = await recipeOf({ name: "look", steps }, options.base, options.ops).run(options);
  if (!run.ok) throw reasonOf(run.problems);
  return await run.model("model").value();
}

/**
 * A model together with data that it reads, better than by chance if there is a way. Throws a DecantError where it reads
 * them in none.
 */
export async function lookAtData(
  from: string,
  model: FoundModel,
  named: NamedData,
  options: LookOptions,
): Promise<Found> {
  const { drafts, ops, base } = options;
  const ways = drafts.data(model, named);
  const tries = (of: readonly DraftFields[], closer: boolean) => ({
    ...tried(from, of, drafts.quality(model)),
    ...given({ evaluate: closer ? { metrics: [...drafts.closely] } : undefined }),
  });
  const run = await recipeOf(tries(ways, false), base, ops).run({
    ...options,
    // What one normalisation makes of a model says nothing of the next.
    keepGoing: true,
  });
  const { search } = run.report;
  const best = search?.winner ?? undefined;
  const doubts = drafts.doubts(model);
  if (best !== undefined) {
    return { from, model, data: ways[best]!, metrics: search!.trials[best]!.metrics!, doubts };
  }
  const { problems } = run;
  if (problems.length === 0 || problems.some(({ code }) => code !== "at-chance")) {
    throw reasonOf(problems);
  }
  const { lookCloser } = await import("./look_closer.ts");
  const found = await lookCloser({ from, model, ways, tries }, options);
  return { ...found, doubts: [...doubts, ...found.doubts] };
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

/** The first thing that went wrong, without the trial and the step in which it did: nobody wrote those. */
function reasonOf([first]: Run["problems"]): Error {
  const { code, message, help } = first ?? fallback;
  const said = message.replace(/ \(trial \d+: .*\)$/s, "").replace(/^`[\w-]+` failed: /, "");
  return new DecantError(code, said, help);
}

const fallback: Omit<Problem, "place"> = {
  code: "step-failed",
  message: "the model could not be measured on these data",
};
