/** What happens in a run, sent to the listeners and written into the journal, which stays when the run is killed. */
import type { Json } from "../digest.ts";
import type { Graph } from "../graph/graph.ts";
import { type Journal, type Store, StoreError } from "../store/store.ts";
import type { RunEvent, RunListener } from "./event.ts";

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
  return {
    async tell(event, graph) {
      onEvent(event, graph);
      const line = journalLine(event);
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
    await journal.append({ event: "began", recipe: graph.recipe.about.name, pid: Deno.pid });
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

/** An event as a line, its date first; undefined for what is only shown. */
function journalLine(event: RunEvent): Readonly<Record<string, Json>> | undefined {
  const line = content(event);
  return line && { date: new Date().toISOString(), ...line };
}

function content(event: RunEvent): Record<string, Json> | undefined {
  switch (event.type) {
    case "compiled":
    case "progress":
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
      return { event: "started", step: event.step, key: event.key, why: event.cause.why };
    case "hit":
      return { event: "hit", step: event.step, key: event.key };
    case "ran":
      return {
        event: "ran",
        step: event.step,
        key: event.key,
        why: event.cause.why,
        artifact: event.outcome.artifact.digest,
        seconds: event.outcome.provenance.seconds,
      };
    case "failed":
      return {
        event: "failed",
        step: event.step,
        ...(event.key === undefined ? {} : { key: event.key }),
        problem: { code: event.problem.code, message: event.problem.message },
        ...(event.stack === undefined ? {} : { stack: event.stack }),
      };
    case "skipped":
      return { event: "skipped", step: event.step, because: event.because };
    default:
      return event satisfies never;
  }
}
