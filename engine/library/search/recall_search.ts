/** How far a search is recorded: its trials are read from records alone, up to the first that would have to run. */
import type { Plan, PlannedStep } from "../../graph/plan.ts";
import type { ExpandedRecipe, Search } from "../../recipe/recipe.ts";
import { valuesAt } from "../../recipe/search/space.ts";
import { nextPoint, pointsAhead } from "../../recipe/search/strategy.ts";
import type { StepState, StepStates } from "../../run/step_state.ts";
import { type RecipePlan, searchDocument, winnerOf } from "../../report/search/search_document.ts";
import { scoredTrial, type Trial } from "../../report/search/trial.ts";

/** Trials ahead that are named in a plan. */
const AHEAD = 5;

/** Plans a search. `trials` stands for the budget: as many, whatever that says. */
export async function recallSearch(
  search: Search,
  planOf: (recipe: ExpandedRecipe) => Promise<Plan>,
  wanted: number | undefined,
): Promise<RecipePlan> {
  const trials: Trial[] = [];
  const most = wanted ?? search.budget.trials ?? Infinity;
  for (;;) {
    const left = most - trials.length;
    const [point, ...others] = left <= 0 ? [] : pointsAhead(search, trials, Math.min(AHEAD, left));
    const winner = winnerOf(trials);
    if (point === undefined && winner !== undefined) {
      const plan = await planOf(search.recipe(trials[winner]!.point));
      const ended = left <= 0 ? "trials" : "points";
      return {
        ...plan,
        search: { plan: search, document: searchDocument(search, trials, ended), ahead: [] },
      };
    }
    const next = point ?? nextPoint(search, [])!;
    const plan = await planOf(search.trial(next));
    const states = statesOf(plan.steps);
    if (states === undefined || point === undefined) {
      return {
        ...plan,
        search: {
          plan: search,
          document: searchDocument(search, trials, "interrupted"),
          ahead: [next, ...others].map((each) => valuesAt(search, each)),
        },
      };
    }
    trials.push(scoredTrial(search, point, { graph: plan.graph, states }));
  }
}

/** Recorded steps as a run would meet them; undefined where one is not recorded. */
function statesOf(steps: readonly PlannedStep[]): StepStates | undefined {
  const states = new Map<string, StepState>();
  for (const planned of steps) {
    if (planned.state !== "hit") return undefined;
    const { node, key, outcome } = planned;
    const { seconds } = outcome.provenance;
    states.set(node.step.name, { node, status: "hit", key, seconds, outcome });
  }
  return states;
}
