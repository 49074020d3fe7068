/**
 * A search, run: trial after trial, measured on validation; then its winner, as if it had been written so, measured on
 * test. The order of trials is a function of the recipe and of what they came to; a clock or a signal may only end it.
 */
import { RecipeError } from "../../error.ts";
import { compareScores } from "../../recipe/search/trial_score.ts";
import type { Search } from "../../recipe/recipe.ts";
import { nextPoint } from "../../recipe/search/strategy.ts";
import type { RunEvent } from "../../run/event.ts";
import { execute } from "../../run/execute.ts";
import { endingBySignal } from "../../run/problem.ts";
import { beginning, finishRun, type Run, type RunGraphOptions } from "../run.ts";
import { stepStates } from "../../run/step_state.ts";
import { attempt, type AttemptOptions, type Attempts, noAttempts, type Ran } from "./attempts.ts";
import { searchDocument, type SearchEnd, winnerOf } from "../../report/search/search_document.ts";
import { documentSentence, trialSentence } from "../../report/search/search_text.ts";
import type { Trial } from "../../report/search/trial.ts";

/** What a search needs besides what a run does. */
interface SearchOptions
  extends
    Omit<RunGraphOptions, "recompile" | "until" | "fresh">,
    Pick<AttemptOptions, "bind" | "graph"> {
  /** As many trials, whatever the budget and the clock say. */
  readonly trials?: number;
}

/** Runs a search. A failed trial ends it, unless it is told to keep going; what was best until then is finished. */
export async function runSearch(
  search: Search,
  { bind, graph: whole, trials: wanted, onEvent = () => {}, ...options }: SearchOptions,
): Promise<Run> {
  const begun = beginning();
  const attempts = noAttempts();
  const { trials, problems, fresh } = attempts;
  const elapsed = () => (performance.now() - begun.at) / 1000;
  let ended: SearchEnd | undefined;
  for (let best: Trial | undefined; ended === undefined;) {
    const point = nextPoint(search.strategy, search.space, trials, search.seed);
    if (point === undefined) {
      ended = "points";
      break;
    }
    const trial = await attempt(search, point, attempts, {
      ...options,
      bind,
      graph: whole,
      onEvent,
    });
    if (trial === undefined) {
      ended = "interrupted";
      break;
    }
    trials.push(trial);
    const better = best === undefined || compareScores(trial, best) < 0;
    if (better) best = trial;
    const sentence = trialSentence(search, trial);
    const number = trials.length;
    const isBest = better && trial.failed === undefined;
    onEvent({ type: "scored", number, sentence, best: isBest }, whole);
    ended = endOf(search, attempts, { ...options, elapsed, ...(wanted && { wanted }) });
  }
  const interrupted = ended === "interrupted";
  if (interrupted) attempts.ending = endingBySignal(options.signal);
  const document = searchDocument(search, trials, ended, wanted);
  const { lock, signal, ...others } = options;
  const finishing = (where: Trial["where"]) => ({
    ...others,
    // Whoever was interrupted before waits for nobody; what is being written now is written to its end.
    ...(signal?.aborted && { signal }),
    onEvent,
    begun,
    searched: {
      document,
      where: where.map((each) => ({ ...each, sentence: `${each.sentence} on validation` })),
      problems,
      ending: attempts.ending,
    },
  });
  const winner = winnerOf(trials);
  const { broken } = attempts;
  if (broken !== undefined && winner === undefined) {
    return await finishRun(broken.execution, broken.states, finishing([]));
  }
  if (winner === undefined) throw new RecipeError(attempts.unfit);
  onEvent({ type: "decided", sentence: documentSentence(document) }, whole);
  const best = trials[winner]!;
  const { graph, recompile } = bind(search.recipe(best.point));
  const { states, take } = stepStates();
  const notice = (): void => {
    const best = interrupted ? "the best so far" : "the best";
    const sentence = `${best} is measured and written before the run ends`;
    onEvent({ type: "noticed", sentence }, whole);
  };
  if (signal?.aborted) notice();
  else signal?.addEventListener("abort", notice, { once: true });
  const execution = await execute(graph, {
    ...others,
    // What a signal asks to end is the search: what its best lacks is short. The lock knows another as the best of more.
    ...(!interrupted && lock && { lock }),
    recompile,
    fresh,
    onEvent(event, graph) {
      take(asRan(event, fresh), graph);
      onEvent(event, graph);
    },
  });
  signal?.removeEventListener("abort", notice);
  if (signal?.aborted) attempts.ending = endingBySignal(signal);
  return await finishRun(execution, states, finishing(best.where));
}

/** Why no further trial is begun; undefined where one may be. */
function endOf(
  { budget }: Search,
  { trials, ending }: Attempts,
  { signal, keepGoing = false, wanted, elapsed }:
    & Pick<SearchOptions, "signal" | "keepGoing">
    & { readonly wanted?: number; elapsed(): number },
): SearchEnd | undefined {
  if (signal?.aborted) return "interrupted";
  if (ending === "refused" || ending !== "done" && !keepGoing) return "failed";
  if (trials.length >= (wanted ?? budget.trials ?? Infinity)) return "trials";
  const { seconds = Infinity } = budget;
  return wanted === undefined && elapsed() >= seconds ? "time" : undefined;
}

/** What a trial of this very run computed was not recalled from another. */
function asRan(event: RunEvent, fresh: Attempts["fresh"]): RunEvent {
  const ran: Ran | undefined = event.type === "hit" ? fresh.get(event.key) : undefined;
  return ran === undefined ? event : { ...ran, step: (event as Ran).step };
}
