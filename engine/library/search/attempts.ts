/** The trials of a search as they are made, one or several at once: each a graph of its own, in the cache that all share. */
import type { Key } from "../../digest.ts";
import { type Diagnostic, type Ending, type Problem, RecipeError } from "../../error.ts";
import { given } from "../../given.ts";
import type { ExpandedRecipe, Search, SearchPlan } from "../../recipe/recipe.ts";
import { type SpacePoint, valuesAt } from "../../recipe/search/space.ts";
import type { RunEvent } from "../../run/event.ts";
import type { Graph } from "../../graph/graph.ts";
import { execute, type Execution } from "../../run/execute.ts";
import type { ExecuteOptions } from "../../run/run_state.ts";
import { diagnosticProblem, placeInDocument } from "../../run/problem.ts";
import { type StepStates, stepStates } from "../../run/step_state.ts";
import { assertLockedTrial } from "../../run/lock.ts";
import { valuesText } from "../../quantity.ts";
import { lockedTrial } from "../../report/search/search_document.ts";
import { failedTrial, scoredTrial, type Trial } from "../../report/search/trial.ts";

/** What a trial needs. */
export interface AttemptOptions extends Omit<ExecuteOptions, "recompile" | "until" | "fresh"> {
  /** What was computed in trials, by its key. */
  readonly fresh: Attempts["fresh"];
  /** The graph of the recipe as written. */
  readonly graph: Graph;
  /** A recipe as a graph. Throws a RecipeError with everything that is wrong. */
  bind(recipe: ExpandedRecipe): BoundGraph;
}

/** A graph, and how it is compiled again. */
export type BoundGraph = Pick<Required<ExecuteOptions>, "recompile"> & { readonly graph: Graph };

/** What ran in a trial, under the key that it has in every other. */
export type Ran = Extract<RunEvent, { type: "ran" }>;

/** What a trial leaves behind. */
export interface Attempted {
  /** Absent where the run was interrupted before it was done. */
  readonly trial?: Trial;
  /** What went wrong in it. */
  readonly problems: readonly Problem[];
  readonly ending: Ending;
  /** Where it could not be finished. */
  readonly broken?: { readonly execution: Execution; readonly states: StepStates };
  /** What is wrong with a recipe that could not even be begun. */
  readonly unfit?: readonly Diagnostic[];
}

/** What trials leave behind. */
export interface Attempts {
  readonly trials: Trial[];
  /** What went wrong in them, and how the last one that failed ended. */
  readonly problems: Problem[];
  ending: Ending;
  /** The last trial that could not be finished. */
  broken?: Required<Attempted>["broken"];
  /** What is wrong with recipes that could not even be begun. */
  readonly unfit: Diagnostic[];
  /** What was computed. */
  readonly fresh: Map<Key, Ran>;
}

/** Nothing tried yet. */
export function noAttempts(): Attempts {
  return { trials: [], problems: [], ending: "done", unfit: [], fresh: new Map() };
}

/**
 * Takes what came of the next trial; undefined where it was interrupted. Throws a `locked` error where it is not what the
 * lock says.
 */
export function taken(
  attempts: Attempts,
  { trial, problems, ending, broken, unfit = [] }: Attempted,
  lock: AttemptOptions["lock"],
): Trial | undefined {
  attempts.problems.push(...problems);
  attempts.unfit.push(...unfit);
  if (broken !== undefined) attempts.broken = broken;
  if (ending !== "done") attempts.ending = ending;
  if (trial === undefined) return undefined;
  const number = attempts.trials.push(trial);
  if (lock !== undefined && (ending === "done" || trial.result !== undefined)) {
    assertLockedTrial(lock.search, number, lockedTrial(trial));
  }
  return trial;
}

/**
 * Tries the point of a trial by its number, from 1. Throws a RecipeError where its values do not go together, unless told
 * to keep going.
 */
export async function attempt(
  search: Search,
  point: SpacePoint,
  number: number,
  { bind, lock: _lock, graph: whole, onEvent, fresh, ...options }: AttemptOptions,
): Promise<Attempted> {
  const values = valuesAt(search, point);
  const recipe = search.trial(point);
  const { name } = recipe.about;
  onEvent?.({ type: "trial", search: planOf(search), recipe: name, number, values }, whole);
  const which = `trial ${number}: ${valuesText(values)}`;
  const bound = boundTo(recipe, which, { bind, ...given({ keepGoing: options.keepGoing }) });
  if (!("graph" in bound)) {
    return { ...bound, trial: failedTrial(search, point, bound.problems.at(-1)!.message) };
  }
  const { states: statesNow, take } = stepStates();
  const execution = await execute(bound.graph, {
    ...options,
    recompile: bound.recompile,
    fresh,
    onEvent(event, graph) {
      take(event, graph);
      if (event.type === "ran") fresh.set(event.key, event);
      onEvent?.({ ...event, trial: number } as RunEvent, graph);
    },
  });
  const states = statesNow();
  const broken = { execution, states };
  const { ending } = execution;
  if (ending === "interrupted" || ending === "terminated") {
    return { problems: [], ending, broken };
  }
  if (ending !== "done") {
    const { problems: [first] } = execution;
    const problems = execution.problems.map((each) => ({
      ...each,
      message: `${each.message} (${which})`,
    }));
    const trial = failedTrial(search, point, first?.message ?? "not finished", states);
    return { trial, problems, ending, broken };
  }
  const trial = scoredTrial(search, point, { graph: execution.graph, states });
  if (trial.failed === undefined) return { trial, problems: [], ending };
  const place = placeInDocument(recipe, search.aim.path);
  const problem: Problem = { code: "claim", message: `${trial.failed} (${which})`, place };
  return { trial, problems: [problem], ending: "failed", broken };
}

/** What the search is told, as plain data. */
function planOf({ recipe: _recipe, trial: _trial, probes: _probes, ...plan }: Search): SearchPlan {
  return plan;
}

/** The trial's graph; what is wrong where its values do not go together and the search goes on nevertheless. */
function boundTo(
  recipe: ExpandedRecipe,
  which: string,
  { bind, keepGoing = false }: Pick<AttemptOptions, "bind" | "keepGoing">,
): BoundGraph | Attempted {
  try {
    return bind(recipe);
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error;
    const unfit = error.diagnostics.map((each) => ({
      ...each,
      message: `${each.message} (${which})`,
    }));
    if (!keepGoing) throw new RecipeError(unfit);
    const errors = unfit.filter(({ severity }) => severity === "error");
    return { unfit, problems: errors.map(diagnosticProblem), ending: "failed" };
  }
}
