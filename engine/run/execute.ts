/** A graph, run: each step in order, by demand. A step whose record verifies is a hit and nothing of it is read. */
import { DecantError, type Ending, hasCode, type Problem, RecipeError } from "../error.ts";
import type { Facts } from "../facts.ts";
import type { Key } from "../digest.ts";
import { learnFacts } from "../graph/facts_of.ts";
import { type Graph, type Node, readBy } from "../graph/graph.ts";
import { MEMORY } from "../size.ts";
import { isLoaded, reliedOn } from "../graph/relied_on.ts";
import type { Journal, Outcome, Store } from "../store/store.ts";
import { StoreError } from "../store/store.ts";
import { guessOf } from "./chance.ts";
import type { Cause, RunEvent, RunListener } from "./event.ts";
import { faultOf } from "./fault.ts";
import { type Environment, fingerprint } from "./host.ts";
import { journalLine } from "./journal_line.ts";
import { TrustError } from "../graph/sources/remote.ts";
import { locate, type Located } from "../graph/locate.ts";
import { assertLocked, type Lock } from "./lock.ts";
import { inOrder, neededBy } from "./order.ts";
import { perform, type Performance, valueOf } from "./perform.ts";
import { diagnosticProblem, placeInDocument, stepProblem } from "./problem.ts";
import { type SourceOptions, sourcesAt } from "../graph/sources/source.ts";
import { SourceError } from "../graph/sources/source_error.ts";

/** What a run is told. */
export interface ExecuteOptions extends SourceOptions {
  /** Where outcomes and bytes are kept. */
  readonly store: Store;
  /** The machine, for provenance and for keys of volatile ops. */
  readonly environment: Environment;
  /** Bytes that may be held of what is read; default 4 GiB, whatever the machine has. */
  readonly memory?: number;
  /** Told everything that happens, as it happens. */
  readonly onEvent?: RunListener;
  /** Aborting ends the run in order; a reason that is an Interruption names the signal. */
  readonly signal?: AbortSignal | undefined;
  /** Runs steps that are recorded too, and compares: one by name, or all. */
  readonly force?: string | true;
  /** What was computed a moment ago, and is not forced again. */
  readonly fresh?: { has(key: Key): boolean };
  /** Runs this step and what it needs, no more. */
  readonly until?: string;
  /**
   * After any failure, goes on with what does not depend on it. Without it so after the failure of a step that no other
   * reads, an export or a measurement: the others are not lost with it.
   */
  readonly keepGoing?: boolean;
  /** What steps must be and make; anything else is refused. */
  readonly lock?: Lock;
  /** Compiles again, with facts that have become known. Absent where no fact can be open. */
  readonly recompile?: (known: ReadonlyMap<string, Facts>) => Graph;
}

/** A run, done. */
export interface Execution {
  /** With all facts that became known. */
  readonly graph: Graph;
  /** By step name; steps that failed or were skipped have none. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Where each step that could be begun stands, by name. */
  readonly located: ReadonlyMap<string, Located>;
  readonly ending: Ending;
  readonly problems: readonly Problem[];
  /** The value a step made. Reads, verifies, and where bytes are gone makes them again. */
  value(step: string): Promise<unknown>;
  /** What to throw in place of an error met after the run: see `faultOf`. */
  fault(error: unknown): Promise<unknown>;
}

/** Why a signal was aborted: the process was asked to end. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  constructor(readonly ending: "interrupted" | "terminated") {
    super("the run was interrupted");
  }
}

/** How a run ends whose signal was aborted. */
export function endingOf(signal?: AbortSignal): Interruption["ending"] {
  return signal?.reason instanceof Interruption ? signal.reason.ending : "interrupted";
}

/** Runs a graph. Failures of steps are in the result; it throws only what is no step's fault. */
export async function execute(graph: Graph, options: ExecuteOptions): Promise<Execution> {
  const { store, environment, force, until, keepGoing = false } = options;
  const signal = options.signal ?? new AbortController().signal;
  const host = fingerprint(environment);
  const sources = sourcesAt(graph.recipe.base, store, options);
  const outcomes = new Map<string, Outcome>();
  const located = new Map<string, Located>();
  const facts = new Map<string, Facts>();
  const problems: Problem[] = [];
  const state: { ending: Ending; stopped: boolean } = { ending: "done", stopped: false };
  const relied = reliedOn(graph);
  const guessing = new Set<string>();
  let journal = await openJournal();
  const run: Performance = {
    store,
    sources,
    signal,
    threads: environment.threads,
    memory: options.memory ?? MEMORY,
    host: environment.host,
    outcomes,
    located,
    emit,
  };
  const wanted = until === undefined ? undefined : neededBy(graph, until);
  const kept = journal;
  const fault = (error: unknown): Promise<unknown> => faultOf(error, kept);
  try {
    await walk();
    await journal?.append({ event: "ended", ending: state.ending });
  } catch (error) {
    throw await fault(error);
  } finally {
    await journal?.close();
    // What is made again later, for somebody who asks for its value, belongs to no run.
    journal = undefined;
  }
  return {
    get graph() {
      return graph;
    },
    outcomes,
    located,
    ending: state.ending,
    problems,
    value: (name) => valueOf(run, graph.node(name)!),
    fault,
  };

  async function walk(): Promise<void> {
    await emit(compiledEvent());
    await checkSources();
    const refused = problems.length > 0;
    for (const name of inOrder(graph)) {
      if (state.ending === "recipe" || refused) break;
      const node = graph.node(name)!;
      if (wanted !== undefined && !wanted.has(node.step.name)) continue;
      const because = obstacle(node);
      if (because !== undefined) await emit({ type: "skipped", step: name, because });
      else await step(node);
    }
  }

  async function step(node: Node): Promise<void> {
    const { name } = node.step;
    const began = performance.now();
    try {
      if (node.waits !== undefined && facts.has(node.waits)) {
        throw new Error(`internal: \`${name}\` still waits for ${node.waits}`);
      }
      const outcome = (each: Node): Outcome => outcomes.get(each.step.name)!;
      const place = await locate(node, { store, host, sources, outcome });
      located.set(name, place);
      if (options.lock !== undefined) assertLocked(options.lock, node, place);
      const forced = (force === true || force === name) && !options.fresh?.has(place.key);
      if (place.outcome !== undefined && !forced) {
        outcomes.set(name, place.outcome);
        await emit({ type: "hit", step: name, key: place.key, outcome: place.outcome });
      } else {
        const cause: Cause = { why: forced ? "forced" : "new" };
        outcomes.set(name, await perform(run, node, place, cause));
      }
      if (options.lock !== undefined) {
        assertLocked(options.lock, node, place, outcomes.get(name));
      }
      await learn();
      await assertKnowing(graph.node(name)!, outcomes.get(name)!);
    } catch (error) {
      await fail(node, error, (performance.now() - began) / 1000);
    }
  }

  /** Nobody goes on with a teacher, or a loaded model, that guesses; of one that is still to learn it is only said. */
  async function assertKnowing(node: Node, outcome: Outcome): Promise<void> {
    const guess = guessOf(node, outcome);
    if (guess === undefined) return;
    const { name, path } = guess.model.step;
    if (relied.has(name)) {
      guessing.add(name);
      const place = placeInDocument(graph.recipe, path);
      throw new DecantError("at-chance", guess.sentence, guess.help, { place });
    }
    if (!isLoaded(guess.model)) return;
    await emit({ type: "noticed", sentence: `${guess.sentence}; ${guess.help}` });
  }

  /** Facts that were open until a step was done let the rest be compiled, and checked, further. */
  async function learn(): Promise<void> {
    const { recompile } = options;
    if (recompile === undefined) return;
    const learned = await learnFacts(graph, { facts, outcomes, store, recompile });
    if (learned === undefined) return;
    graph = learned;
    const errors = graph.diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw new RecipeError(errors);
    await emit(compiledEvent());
  }

  async function fail(node: Node, error: unknown, seconds: number): Promise<void> {
    if (signal.aborted) {
      state.ending = endingOf(signal);
      await emit({
        type: "skipped",
        step: node.step.name,
        because: "interrupted; the next run goes on from there",
      });
      return;
    }
    if (error instanceof RecipeError) {
      state.ending = "recipe";
      problems.push(...error.diagnostics.map(diagnosticProblem));
      return;
    }
    const failure = stepProblem(graph.recipe, node, error);
    if (state.ending !== "refused") state.ending = failure.ending;
    // A model that guesses and a cache that fails concern more than their step.
    const guesses = hasCode(error, "at-chance");
    if (guesses || error instanceof StoreError || isRead(node)) state.stopped = true;
    problems.push(failure.problem);
    const key = located.get(node.step.name)?.key;
    const outcome = guesses ? outcomes.get(node.step.name) : undefined;
    await emit({
      type: "failed",
      step: node.step.name,
      seconds,
      problem: failure.problem,
      ...(key === undefined ? {} : { key }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {}),
    });
  }

  /** Whether another step needs this one. */
  function isRead({ step: { name } }: Node): boolean {
    return graph.nodes.some((each) =>
      each.waits === name || readBy(each).some(({ step }) => step.name === name)
    );
  }

  /** Why a step cannot be started; undefined if it can. */
  function obstacle(node: Node): string | undefined {
    if (signal.aborted) {
      state.ending = endingOf(signal);
      return "not started: the run was interrupted";
    }
    if (state.ending === "refused") return "not started: the run was stopped";
    if (state.stopped && !keepGoing) return "not started: an earlier step failed";
    const unfit = readBy(node).find((read) => guessing.has(read.step.name));
    if (unfit !== undefined) return `not started: \`${unfit.step.name}\` guesses`;
    const missing = readBy(node).find(({ step }) => !outcomes.has(step.name))?.step.name ??
      (node.waits !== undefined && !outcomes.has(node.waits) ? node.waits : undefined);
    return missing === undefined ? undefined : `not started: \`${missing}\` is missing`;
  }

  /** Every source is looked at before anything runs: nobody trains for an hour to learn of a wrong path. */
  async function checkSources(): Promise<void> {
    for (const node of graph.nodes) {
      if (signal.aborted) return;
      try {
        await sources.of(node);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof SourceError || error instanceof TrustError)) throw error;
        const { problem, ending } = stepProblem(graph.recipe, node, error);
        if (state.ending !== "refused") state.ending = ending === "refused" ? ending : "recipe";
        problems.push(problem);
      }
    }
  }

  async function openJournal(): Promise<Journal | undefined> {
    let journal: Journal | undefined;
    try {
      journal = await store.journal();
      await journal.append({ event: "began", recipe: graph.recipe.about.name, pid: Deno.pid });
      return journal;
    } catch (error) {
      await journal?.close();
      const reason = error instanceof StoreError ? error.reason : undefined;
      if (reason !== "read-only" && reason !== "full") throw error;
      // A run that is all hits needs nothing written; one that is not will say so itself.
      const why = reason === "full" ? "the disk of the cache is full" : "the cache is read-only";
      options.onEvent?.({ type: "noticed", sentence: `${why}, no journal is kept` }, graph);
      return undefined;
    }
  }

  function compiledEvent(): RunEvent {
    return { type: "compiled", recipe: graph.recipe.about.name, steps: graph.nodes.length };
  }

  async function emit(event: RunEvent): Promise<void> {
    options.onEvent?.(event, graph);
    const line = journalLine(event);
    if (line !== undefined) await journal?.append(line);
  }
}
