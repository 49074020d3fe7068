/**
 * A search, run: its trials, measured on validation; then its winner, as if it had been written so, measured on test.
 * Which trials are made, and their order, is a function of the recipe and of what they came to; how many run at once
 * changes neither, and a clock or a signal may only end it.
 */
import { RecipeError } from "../../error.ts";
import { given } from "../../given.ts";
import type { OpSet } from "../../op.ts";
import { compareScores } from "../../recipe/search/trial_score.ts";
import type { Search } from "../../recipe/recipe.ts";
import type { RunEvent } from "../../run/event.ts";
import { execute } from "../../run/execute.ts";
import { endingBySignal } from "../../run/problem.ts";
import type { Run, RunGraphOptions } from "../run.ts";
import { type Beginning, beginning, finishRun } from "../run_graph.ts";
import { stepStates } from "../../run/step_state.ts";
import { type AttemptOptions, type Attempts, noAttempts, type Ran, taken } from "./attempts.ts";
import { flightOf } from "./flight.ts";
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
  /** Those that trials may have. */
  readonly ops: OpSet;
  /** As many trials, whatever the budget and the clock say. */
  readonly trials?: number;
}

/** A search whose trials are done: what was tried, and what is said of it. */
interface FinishedSearch {
  readonly search: Search;
  readonly attempts: Attempts;
  readonly document: SearchDocument;
  readonly begun: Beginning;
}

/** A search's options with somebody to tell. */
type ObservedSearchOptions = SearchOptions & Required<Pick<SearchOptions, "onEvent">>;

/** Runs a search. A failed trial ends it, unless it is told to keep going; what was best until then is finished. */
export async function runSearch(
  search: Search,
  { onEvent = () => {}, ...rest }: SearchOptions,
): Promise<Run> {
  const options: ObservedSearchOptions = { ...rest, onEvent };
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

/** Tries points, and says why no further one was tried. What came of them is taken in their order. */
async function tryPoints(
  search: Search,
  attempts: Attempts,
  begun: Beginning,
  options: ObservedSearchOptions,
): Promise<SearchEnd> {
  const { trials } = attempts;
  await using flight = await flightOf(search, attempts.fresh, options);
  for (let best: Trial | undefined;;) {
    const late = flight.number > 0 && isLate(search, begun, options);
    if (!late) flight.fill(trials, mostTrials(search, options));
    const attempted = await flight.next();
    if (attempted === undefined) return late ? "time" : "points";
    const trial = taken(attempts, attempted, options.lock);
    if (trial === undefined) return "interrupted";
    const better = best === undefined || compareScores(trial, best) < 0;
    if (better) best = trial;
    options.onEvent({
      type: "scored",
      number: trials.length,
      sentence: trialSentence(search, trial),
      best: better && trial.failed === undefined,
    }, options.graph);
    const ended = endOf(search, attempts, options);
    if (ended !== undefined) return ended;
  }
}

/** Why no further trial is begun, nor taken; undefined where one may be. */
function endOf(
  search: Search,
  { trials, ending }: Attempts,
  options: SearchOptions,
): SearchEnd | undefined {
  const { signal, keepGoing = false } = options;
  if (signal?.aborted) return "interrupted";
  if (ending === "refused" || ending !== "done" && !keepGoing) return "failed";
  return trials.length >= mostTrials(search, options) ? "trials" : undefined;
}

function mostTrials({ budget }: Search, { trials }: SearchOptions): number {
  return trials ?? budget.trials ?? Infinity;
}

/** Whether it is too late to begin another trial. */
function isLate({ budget }: Search, { at }: Beginning, { trials }: SearchOptions): boolean {
  return trials === undefined && (performance.now() - at) / 1000 >= (budget.seconds ?? Infinity);
}

/** Runs the best as if it had been written so, measured on test samples, and writes it. */
async function finishBest(
  tried: FinishedSearch,
  best: Trial,
  options: ObservedSearchOptions,
): Promise<Run> {
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
  { attempts: { problems, ending }, document, begun }: FinishedSearch,
  where: Trial["where"],
  { signal, ...options }: ObservedSearchOptions,
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
