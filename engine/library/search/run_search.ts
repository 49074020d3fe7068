/**
 * A search, run: trial after trial, measured on validation; then its winner, as if it had been written so, measured on
 * test. The order of trials is a function of the recipe and of what they came to; a clock or a signal may only end it.
 */
import { RecipeError } from "../../error.ts";
import { given } from "../../given.ts";
import { compareScores } from "../../recipe/search/trial_score.ts";
import type { Search } from "../../recipe/recipe.ts";
import { nextPoint } from "../../recipe/search/strategy.ts";
import type { RunEvent } from "../../run/event.ts";
import { execute } from "../../run/execute.ts";
import { endingBySignal } from "../../run/problem.ts";
import type { Run, RunGraphOptions } from "../run.ts";
import { type Beginning, beginning, finishRun } from "../run_graph.ts";
import { stepStates } from "../../run/step_state.ts";
import { attempt, type AttemptOptions, type Attempts, noAttempts, type Ran } from "./attempts.ts";
import {
  type SearchDocument,
  searchDocument,
  type SearchEnd,
  winnerOf,
} from "../../report/search/search_document.ts";
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

/** A search whose trials are done: what was tried, and what is said of it. */
interface Tried {
  readonly search: Search;
  readonly attempts: Attempts;
  readonly document: SearchDocument;
  readonly begun: Beginning;
}

/** A search's options with somebody to tell. */
type Telling = SearchOptions & Required<Pick<SearchOptions, "onEvent">>;

/** Runs a search. A failed trial ends it, unless it is told to keep going; what was best until then is finished. */
export async function runSearch(
  search: Search,
  { onEvent = () => {}, ...rest }: SearchOptions,
): Promise<Run> {
  const options: Telling = { ...rest, onEvent };
  const begun = beginning();
  const attempts = noAttempts();
  const { trials } = attempts;
  const ended = await tryPoints(search, attempts, begun, options);
  const document = searchDocument(search, trials, ended, options.trials);
  const tried = { search, attempts, document, begun };
  const winner = winnerOf(trials);
  if (winner !== undefined) return await finishBest(tried, trials[winner]!, options);
  const { broken, unfit } = attempts;
  if (broken === undefined) throw new RecipeError(unfit);
  return await finishRun(broken.execution, broken.states, finishing(tried, [], options));
}

/** Tries one point after another, and says why no further one was tried. */
async function tryPoints(
  search: Search,
  attempts: Attempts,
  begun: Beginning,
  options: Telling,
): Promise<SearchEnd> {
  const { trials } = attempts;
  for (let best: Trial | undefined;;) {
    const point = nextPoint(search, trials);
    if (point === undefined) return "points";
    const trial = await attempt(search, point, attempts, options);
    if (trial === undefined) return "interrupted";
    trials.push(trial);
    const better = best === undefined || compareScores(trial, best) < 0;
    if (better) best = trial;
    options.onEvent({
      type: "scored",
      number: trials.length,
      sentence: trialSentence(search, trial),
      best: better && trial.failed === undefined,
    }, options.graph);
    const ended = endOf(search, attempts, begun, options);
    if (ended !== undefined) return ended;
  }
}

/** Why no further trial is begun; undefined where one may be. */
function endOf(
  { budget }: Search,
  { trials, ending }: Attempts,
  begun: Beginning,
  { signal, keepGoing = false, trials: wanted }: SearchOptions,
): SearchEnd | undefined {
  if (signal?.aborted) return "interrupted";
  if (ending === "refused" || ending !== "done" && !keepGoing) return "failed";
  if (trials.length >= (wanted ?? budget.trials ?? Infinity)) return "trials";
  const seconds = (performance.now() - begun.at) / 1000;
  return wanted === undefined && seconds >= (budget.seconds ?? Infinity) ? "time" : undefined;
}

/** Runs the best as if it had been written so, measured on test samples, and writes it. */
async function finishBest(tried: Tried, best: Trial, options: Telling): Promise<Run> {
  const { search, attempts, document } = tried;
  const { bind, lock, signal, graph: whole, trials: _trials, onEvent, ...others } = options;
  const interrupted = document.ended === "interrupted";
  onEvent({ type: "decided", sentence: documentSentence(document) }, whole);
  const notice = (): void => {
    const best = interrupted ? "the best so far" : "the best";
    const sentence = `${best} is measured and written before the run ends`;
    onEvent({ type: "noticed", sentence }, whole);
  };
  if (signal?.aborted) notice();
  else signal?.addEventListener("abort", notice);
  const { graph, recompile } = bind(search.recipe(best.point));
  const { states, take } = stepStates();
  const execution = await execute(graph, {
    ...others,
    // What a signal asks to end is the search: what its best lacks is short. The lock knows another as the best of more.
    ...given({ lock: interrupted ? undefined : lock }),
    recompile,
    fresh: attempts.fresh,
    onEvent(event, graph) {
      take(asRan(event, attempts.fresh), graph);
      onEvent(event, graph);
    },
  });
  signal?.removeEventListener("abort", notice);
  if (signal?.aborted) attempts.ending = endingBySignal(signal);
  return await finishRun(execution, states(), finishing(tried, best.where, options));
}

/** What finishing needs to know, as things stand now. */
function finishing(
  { attempts: { problems, ending }, document, begun }: Tried,
  where: Trial["where"],
  { signal, ...options }: Telling,
): Parameters<typeof finishRun>[2] {
  return {
    ...options,
    // Whoever was interrupted before waits for nobody; what is being written now is written to its end.
    ...given({ signal: signal?.aborted ? signal : undefined }),
    begun,
    searched: {
      document,
      where: where.map((each) => ({ ...each, sentence: `${each.sentence} on validation` })),
      problems,
      ending,
    },
  };
}

/** What a trial of this very run computed was not recalled from another. */
function asRan(event: RunEvent, fresh: Attempts["fresh"]): RunEvent {
  const ran: Ran | undefined = event.type === "hit" ? fresh.get(event.key) : undefined;
  return ran === undefined ? event : { ...ran, step: (event as Ran).step };
}
