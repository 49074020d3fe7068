/**
 * A search, run: trial after trial, each a graph of its own in the same cache, measured on validation; then its winner,
 * as if it had been written so, measured on test. The order of trials is a function of the recipe and of what they came
 * to; a clock may only end it.
 */
import type { Json, Key } from "../../digest.ts";
import { type Diagnostic, RecipeError } from "../../recipe/diagnostic.ts";
import { compareJudgements } from "../../recipe/search/judgement.ts";
import { type Search, valuesAt } from "../../recipe/search/search.ts";
import type { SpacePoint } from "../../recipe/search/space.ts";
import { nextPoint } from "../../recipe/search/strategy.ts";
import type { ExpandedRecipe } from "../../recipe/recipe.ts";
import type { RunEvent } from "../event.ts";
import { execute, type ExecuteOptions, type Execution } from "../execute.ts";
import { diagnosticProblem, type Ending, type Problem } from "../problem.ts";
import { beginning, finishRun, type Run, type RunGraphOptions } from "../run.ts";
import { type StepStates, stepStates } from "../step_state.ts";
import { searchDocument, type SearchEnd, winnerOf } from "./search_document.ts";
import { assertLockedTrial } from "./search_lock.ts";
import { endSentence, trialSentence, valuesText } from "./search_text.ts";
import { failedTrial, judgedTrial, type Trial } from "./trial.ts";

/** What a search needs besides what a run does. */
export interface SearchOptions extends Omit<RunGraphOptions, "recompile" | "until"> {
  /** As many trials, whatever the budget and the clock say. */
  readonly trials?: number;
  /** A recipe as a graph. Throws a RecipeError with everything that is wrong. */
  bind(recipe: ExpandedRecipe): Pick<Required<ExecuteOptions>, "recompile"> & {
    readonly graph: Execution["graph"];
  };
}

/** A trial that could not be finished, and how. */
interface Broken {
  readonly execution: Execution;
  readonly states: StepStates;
}

type Ran = Extract<RunEvent, { type: "ran" }>;

/** Runs a search. A failed trial ends it, unless it is told to keep going; what was best until then is finished. */
export async function runSearch(
  search: Search,
  { bind, trials: wanted, onEvent = () => {}, ...options }: SearchOptions,
): Promise<Run> {
  const begun = beginning();
  const trials: Trial[] = [];
  const problems: Problem[] = [];
  const unfit: Diagnostic[] = [];
  const fresh = new Map<Key, Ran>();
  let ending: Ending = "done";
  let broken: Broken | undefined;
  let ended: SearchEnd | undefined;
  for (let best: Trial | undefined; (ended = endNow()) === undefined;) {
    const point = nextPoint(search.strategy, search.space, trials, search.seed);
    if (point === undefined) {
      ended = "points";
      break;
    }
    const trial = await tried(point);
    trials.push(trial);
    const better = best === undefined || compareJudgements(trial, best) < 0;
    if (better) best = trial;
    onEvent({
      type: "judged",
      number: trials.length,
      sentence: trialSentence(search, trial),
      best: better && trial.failed === undefined,
    });
  }
  const winner = winnerOf(trials);
  const finishing = { ...options, begun };
  const searched = (where: Trial["where"]) => ({
    document: searchDocument(search, trials, ended!),
    where,
    problems,
    ending,
  });
  if (broken !== undefined && (winner === undefined || ended === "interrupted")) {
    const { execution, states } = broken;
    return await finishRun(execution, states, { ...finishing, searched: searched([]) });
  }
  if (winner === undefined) throw new RecipeError(unfit);
  onEvent({ type: "decided", sentence: endSentence(search, trials, ended) });
  const best = trials[winner]!;
  const { graph, recompile } = bind(search.recipe(best.point));
  const { states, take } = stepStates();
  const execution = await execute(graph, {
    ...options,
    recompile,
    fresh,
    onEvent(event) {
      // What a trial of this very run computed was not recalled from another.
      const ran = event.type === "hit" ? fresh.get(event.key) : undefined;
      take(ran === undefined ? event : { ...ran, node: (event as Ran).node });
      onEvent(event);
    },
  });
  const where = best.where.map((each) => ({ ...each, sentence: `${each.sentence} on validation` }));
  return await finishRun(execution, states, { ...finishing, searched: searched(where) });

  /** Why no further trial is begun; undefined where one may be. */
  function endNow(): SearchEnd | undefined {
    const { trials: most, seconds } = search.budget;
    if (options.signal?.aborted && trials.length > 0) return "interrupted";
    if (ending === "refused" || ending !== "done" && !options.keepGoing) return "failed";
    if (trials.length >= (wanted ?? most ?? Infinity)) return "trials";
    const over = seconds !== undefined && performance.now() - begun.at >= 1000 * seconds;
    return over && wanted === undefined && trials.length > 0 ? "time" : undefined;
  }

  async function tried(point: SpacePoint): Promise<Trial> {
    const number = trials.length + 1;
    const values = valuesAt(search, point);
    const recipe = search.trial(point);
    onEvent({ type: "trial", search, recipe: recipe.about.name, number, values });
    const { states, take } = stepStates();
    const { lock, ...unlocked } = options;
    const bound = boundTrial(recipe, number, values);
    if (bound === undefined) return failedTrial(search, point, problems.at(-1)!.message);
    const execution = await execute(bound.graph, {
      ...unlocked,
      recompile: bound.recompile,
      fresh,
      onEvent(event) {
        take(event);
        if (event.type === "ran") fresh.set(event.key, event);
        onEvent(event);
      },
    });
    if (execution.ending !== "done") {
      broken = { execution, states };
      ending = execution.ending;
      problems.push(...execution.problems.map((problem) => ofTrial(problem, number, values)));
      return failedTrial(search, point, execution.problems[0]?.message ?? "not finished", states);
    }
    const trial = judgedTrial(search, point, { graph: execution.graph, states });
    if (lock !== undefined) {
      assertLockedTrial(lock.search, number, { values, result: trial.result ?? "" });
    }
    return trial;
  }

  /** The trial's graph; undefined where its values do not go together and the search goes on nevertheless. */
  function boundTrial(
    recipe: ExpandedRecipe,
    number: number,
    values: Readonly<Record<string, Json>>,
  ): ReturnType<typeof bind> | undefined {
    try {
      return bind(recipe);
    } catch (error) {
      if (!(error instanceof RecipeError)) throw error;
      const placed = error.diagnostics.map((each) => ({
        ...each,
        message: `${each.message} (${whichTrial(number, values)})`,
      }));
      if (!options.keepGoing) throw new RecipeError(placed);
      ending = "failed";
      unfit.push(...placed);
      problems.push(
        ...placed.filter(({ severity }) => severity === "error").map(diagnosticProblem),
      );
      return undefined;
    }
  }
}

function whichTrial(number: number, values: Readonly<Record<string, Json>>): string {
  return `trial ${number}: ${valuesText(values)}`;
}

function ofTrial(
  problem: Problem,
  number: number,
  values: Readonly<Record<string, Json>>,
): Problem {
  return { ...problem, message: `${problem.message} (${whichTrial(number, values)})` };
}
