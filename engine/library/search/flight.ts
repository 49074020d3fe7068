/**
 * Trials of a search on their way at once, as many as steps may run at once: begun as far as no result of another decides
 * where they are, and given in their order, whatever the order in which they end.
 */
import { given } from "../../given.ts";
import type { OpSet } from "../../op.ts";
import type { Search } from "../../recipe/recipe.ts";
import type { SpacePoint } from "../../recipe/search/space.ts";
import { pointsAhead } from "../../recipe/search/strategy.ts";
import type { Executor } from "../../run/executor.ts";
import { inCommon } from "../../run/in_common.ts";
import { executorFor } from "../../run/run_state.ts";
import type { Trial } from "../../report/search/trial.ts";
import { attempt, type Attempted, type AttemptOptions } from "./attempts.ts";

/** What trials on their way need. */
type FlightOptions = Omit<AttemptOptions, "fresh"> & {
  /** Those that they may have. */
  readonly ops: OpSet;
};

/** Trials on their way; disposing it gives them up, and waits until they have ended. */
interface Flight extends AsyncDisposable {
  /** How many were begun. */
  readonly number: number;
  /** Begins what can be begun, up to so many in all. `trials` are those whose results have been taken. */
  fill(trials: readonly Trial[], most: number): void;
  /** What came of the first that is on its way; undefined where none is. Throws what `attempt` throws. */
  next(): Promise<Attempted | undefined>;
}

/** Nothing on its way yet. */
export async function flightOf(
  search: Search,
  fresh: AttemptOptions["fresh"],
  { ops, ...options }: FlightOptions,
): Promise<Flight> {
  const { jobs = 1, signal, onEvent } = options;
  const executor = await executorIn({ ops, ...options });
  const left = new AbortController();
  const ends = AbortSignal.any([left.signal, ...signal === undefined ? [] : [signal]]);
  const onItsWay: { readonly point: SpacePoint; readonly ended: Promise<Attempted> }[] = [];
  let number = 0;
  const begin = (point: SpacePoint): void => {
    const ended = attempt(search, point, ++number, {
      ...options,
      ...given({ executor }),
      fresh,
      signal: ends,
      onEvent(event, graph) {
        // Of what is given up nobody is told.
        if (!left.signal.aborted) onEvent?.(event, graph);
      },
    });
    // What goes wrong is said in its turn.
    ended.catch(() => {});
    onItsWay.push({ point, ended });
  };
  return {
    get number() {
      return number;
    },
    fill(trials, most) {
      const free = Math.min(jobs - onItsWay.length, most - number);
      const begun = onItsWay.map(({ point }) => point);
      for (const point of pointsAhead(search, trials, free, begun)) begin(point);
    },
    async next() {
      return await onItsWay.shift()?.ended;
    },
    async [Symbol.asyncDispose]() {
      left.abort();
      await Promise.allSettled(onItsWay.map(({ ended }) => ended));
    },
  };
}

/** What performs the steps of all trials; undefined where one trial runs after another, each for itself. */
async function executorIn(
  { ops, ...options }: FlightOptions,
): Promise<Executor | undefined> {
  const { jobs = 1, store, environment: { threads }, graph, onEvent } = options;
  if (jobs === 1) return options.executor;
  const notice = (sentence: string) => onEvent?.({ type: "noticed", sentence }, graph);
  const nodes = ops.values().map((op) => ({ op })).toArray();
  const executor = options.executor ??
    await executorFor({ nodes }, { store, jobs, threads }, notice);
  return inCommon(executor, jobs);
}
