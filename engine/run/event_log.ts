/** What happens in a run, sent to the listeners and written into the journal, which stays when the run is killed. */
import type { Json, Key } from "../digest.ts";
import type { Graph } from "../graph/graph.ts";
import { type Journal, type Store, StoreError } from "../store/store.ts";
import type { Cause, RunEvent, RunListener } from "./event.ts";

/** Where events go. */
export interface EventLog {
  /** Tells an event, and which graph it is about. */
  tell(event: RunEvent, graph: Graph): Promise<void>;
  /** Where the run is journalled; undefined where nothing can be written, and once it is over. */
  readonly journal: Journal | undefined;
  /** The run is over: what is told from now on is written nowhere. */
  close(): Promise<void>;
}

/** Begins the journal of a run. */
export async function openEventLog(
  store: Store,
  graph: Graph,
  onEvent: RunListener = () => {},
): Promise<EventLog> {
  let journal = await openJournal(store, graph, onEvent);
  const lines = newLines();
  return {
    async tell(event, graph) {
      onEvent(event, graph);
      const line = lines.of(event);
      if (line !== undefined) await journal?.append(line);
    },
    get journal() {
      return journal;
    },
    async close() {
      const open = journal;
      journal = undefined;
      await open?.close();
    },
  };
}

async function openJournal(
  store: Store,
  graph: Graph,
  onEvent: RunListener,
): Promise<Journal | undefined> {
  let journal: Journal | undefined;
  try {
    journal = await store.journal();
    const [recipe, date] = [graph.recipe.about.name, new Date().toISOString()];
    await journal.append({ event: "began", recipe, date, pid: Deno.pid });
    return journal;
  } catch (error) {
    await journal?.close();
    const reason = error instanceof StoreError ? error.reason : undefined;
    if (reason !== "read-only" && reason !== "full") throw error;
    // A run that is all hits needs nothing written; one that is not will say so itself.
    const why = reason === "full" ? "the disk of the cache is full" : "the cache is read-only";
    onEvent({ type: "noticed", sentence: `${why}, no journal is kept` }, graph);
    return undefined;
  }
}

/** Writes events as lines: what one line says, no other of the same journal repeats. */
interface Lines {
  /** Undefined for what is only shown. */
  of(event: RunEvent): Readonly<Record<string, Json>> | undefined;
}

/**
 * Lines with the seconds since the journal began. The key of a step stands where it starts, and not again where it ends;
 * what it made stands in its record. Calls that an error came through are written once, however many steps it ends.
 */
function newLines(): Lines {
  const began = performance.now();
  const started = new Set<string>();
  const stacks = new Set<string>();
  const keyUnlessStarted = (step: string, key?: Key): Record<string, Json> =>
    started.delete(step) || key === undefined ? {} : { key };
  const newStack = (stack = ""): Record<string, Json> => {
    const calls = stack.slice(stack.search(CALLS));
    return stack === "" || stacks.size === stacks.add(calls).size ? {} : { stack };
  };
  const content = (event: RunEvent): Record<string, Json> | undefined => {
    switch (event.type) {
      case "compiled":
      case "progress":
      case "expected":
      case "transferring":
      case "waiting":
      case "scored":
      case "decided":
        return undefined;
      case "trial":
        return { event: "trial", number: event.number, values: event.values };
      case "noticed":
        return { event: "noticed", sentence: event.sentence };
      case "started":
        started.add(event.step);
        return { event: "started", step: event.step, key: event.key, ...whyUnlessNew(event) };
      case "hit":
        return { event: "hit", step: event.step, key: event.key };
      case "ran":
        return {
          event: "ran",
          step: event.step,
          ...keyUnlessStarted(event.step, event.key),
          seconds: event.outcome.provenance.seconds,
        };
      case "failed":
        return {
          event: "failed",
          step: event.step,
          ...keyUnlessStarted(event.step, event.key),
          problem: { code: event.problem.code, message: event.problem.message },
          ...newStack(event.stack),
        };
      case "skipped":
        return { event: "skipped", step: event.step, because: event.because };
      default:
        return event satisfies never;
    }
  };
  return {
    of(event) {
      const line = content(event);
      return line && { at: Math.round((performance.now() - began) / 10) / 100, ...line };
    },
  };
}

/** Where a stack goes on from the error's sentence to the calls. */
const CALLS = /\n\s+at /;

function whyUnlessNew({ cause: { why } }: { readonly cause: Cause }): Record<string, Json> {
  return why === "new" ? {} : { why };
}
