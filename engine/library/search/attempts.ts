/** The trials of a search as they are made: each a graph of its own, in the cache that all share. */
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
  /** The graph of the recipe as written. */
  readonly graph: Graph;
  /** A recipe as a graph. Throws a RecipeError with everything that is wrong. */
  bind(recipe: ExpandedRecipe): Bound;
}

/** A graph, and how it is compiled again. */
type Bound = Pick<Required<ExecuteOptions>, "recompile"> & { readonly graph: Graph };

/** What ran in a trial, under the key that it has in every other. */
export type Ran = Extract<RunEvent, { type: "ran" }>;

/** What trials leave behind. */
export interface Attempts {
  readonly trials: Trial[];
  /** What went wrong in them, and how the last one that failed ended. */
  readonly problems: Problem[];
  ending: Ending;
  /** The last trial that could not be finished. */
  broken?: { readonly execution: Execution; readonly states: StepStates };
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
 * Tries a point; undefined where the run was interrupted before the trial was done. Throws a RecipeError where its
 * values do not go together, unless told to keep going, and a `locked` error where it is not what the lock says.
 */
export async function attempt(
  search: Search,
  point: SpacePoint,
  attempts: Attempts,
  { bind, lock, graph: whole, onEvent, ...options }: AttemptOptions,
): Promise<Trial | undefined> {
  const number = attempts.trials.length + 1;
  const values = valuesAt(search, point);
  const recipe = search.trial(point);
  const { name } = recipe.about;
  onEvent?.({ type: "trial", search: planOf(search), recipe: name, number, values }, whole);
  const which = `trial ${number}: ${valuesText(values)}`;
  const bound = boundTo(recipe, which, attempts, {
    bind,
    ...given({ keepGoing: options.keepGoing }),
  });
  if (bound === undefined) return failedTrial(search, point, attempts.problems.at(-1)!.message);
  const { states, take } = stepStates();
  const execution = await execute(bound.graph, {
    ...options,
    recompile: bound.recompile,
    fresh: attempts.fresh,
    onEvent(event, graph) {
      take(event, graph);
      if (event.type === "ran") attempts.fresh.set(event.key, event);
      onEvent?.(event, graph);
    },
  });
  if (execution.ending !== "done") {
    attempts.broken = { execution, states: states() };
    attempts.ending = execution.ending;
    if (execution.ending === "interrupted" || execution.ending === "terminated") return undefined;
    const { problems } = execution;
    attempts.problems.push(
      ...problems.map((each) => ({ ...each, message: `${each.message} (${which})` })),
    );
    return failedTrial(search, point, problems[0]?.message ?? "not finished", states());
  }
  const trial = scoredTrial(search, point, { graph: execution.graph, states: states() });
  if (trial.failed !== undefined) {
    attempts.broken = { execution, states: states() };
    attempts.ending = "failed";
    const place = placeInDocument(recipe, search.aim.path);
    attempts.problems.push({ code: "claim", message: `${trial.failed} (${which})`, place });
  }
  if (lock !== undefined) assertLockedTrial(lock.search, number, lockedTrial(trial));
  return trial;
}

/** What the search is told, as plain data. */
function planOf({ recipe: _recipe, trial: _trial, probes: _probes, ...plan }: Search): SearchPlan {
  return plan;
}

/** The trial's graph; undefined where its values do not go together and the search goes on nevertheless. */
function boundTo(
  recipe: ExpandedRecipe,
  which: string,
  attempts: Attempts,
  { bind, keepGoing = false }: Pick<AttemptOptions, "bind" | "keepGoing">,
): Bound | undefined {
  try {
    return bind(recipe);
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error;
    const placed = error.diagnostics.map((each) => ({
      ...each,
      message: `${each.message} (${which})`,
    }));
    if (!keepGoing) throw new RecipeError(placed);
    attempts.ending = "failed";
    attempts.unfit.push(...placed);
    const errors = placed.filter(({ severity }) => severity === "error");
    attempts.problems.push(...errors.map(diagnosticProblem));
    return undefined;
  }
}
