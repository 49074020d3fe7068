/**
 * Running a step under its lock: looked up again once the lock is held, run, compared with what is recorded,
 * published. Damaged bytes of an input are repaired by running the step that made them, with the lock let go: a
 * process never waits for one lock while it holds another.
 */
import { DecantError } from "../error.ts";
import { type Node, readBy } from "../graph/graph.ts";
import { CorruptBlobError, type LockOptions, type Outcome, type Store } from "../store/store.ts";
import type { Cause, RunEvent } from "./event.ts";
import type { Located } from "../graph/locate.ts";
import type { Sources } from "../graph/sources/source.ts";
import { decodeArtifact, runStep } from "./run_step.ts";

/** What performing needs of the run it belongs to. */
export interface Performance {
  readonly store: Store;
  readonly sources: Sources;
  readonly signal: AbortSignal;
  readonly threads: number;
  readonly memory: number;
  readonly host: string;
  /** What is known of the steps that are done. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly located: ReadonlyMap<string, Located>;
  emit(event: RunEvent): Promise<void>;
}

/** Runs a step, unless another process has by then; the event says which. */
export async function perform(
  run: Performance,
  node: Node,
  place: Located,
  cause: Cause,
): Promise<Outcome> {
  const repaired = new Set<string>();
  for (;;) {
    const waiting = waitingFor(run, node);
    const body = () => attempt(run, node, place, cause);
    const result = await run.store.locked(place.key, body, waiting);
    if (!(result instanceof CorruptBlobError)) return result;
    // A disk that loses the same bytes twice is not repaired by writing them a third time.
    if (repaired.has(result.digest)) throw result;
    repaired.add(result.digest);
    await repair(run, readBy(node), result);
  }
}

/** The value that a finished step made, repaired where its bytes are gone. */
export async function valueOf(run: Performance, node: Node): Promise<unknown> {
  const repaired = new Set<string>();
  for (;;) {
    try {
      const { artifact } = run.outcomes.get(node.step.name)!;
      return await decodeArtifact(run.store, node.op.output, artifact);
    } catch (error) {
      if (!(error instanceof CorruptBlobError) || repaired.has(error.digest)) throw error;
      repaired.add(error.digest);
      await repair(run, [node], error);
    }
  }
}

async function attempt(
  run: Performance,
  node: Node,
  place: Located,
  cause: Cause,
): Promise<Outcome | CorruptBlobError> {
  const { store } = run;
  const { name } = node.step;
  const recorded = await store.outcome(place.key);
  if (recorded !== undefined && await serves(store, cause)) {
    await run.emit({ type: "hit", step: name, key: place.key, outcome: recorded });
    return recorded;
  }
  await run.emit({ type: "started", step: name, key: place.key, cause });
  try {
    const { outcome, blobs } = await runStep({
      node,
      ...run,
      ...place,
      reader: run.sources.reader(place.sources),
      outcome: (each) => run.outcomes.get(each.step.name)!,
      progress: (fraction, message) =>
        void run.emit({ type: "progress", step: name, fraction, message }),
    });
    const { volatile } = node.op;
    const before = run.outcomes.get(name) ?? recorded;
    if (before !== undefined && before.artifact.digest !== outcome.artifact.digest && !volatile) {
      await store.dispute(place.key, outcome, blobs, waitingFor(run, node));
      throw new DecantError(
        "not-reproducible",
        difference(name, before, outcome),
        "both results are kept; decant cache verify checks the rest of the cache",
      );
    }
    await store.publish(place.key, outcome, blobs, {
      replace: volatile,
      ...waitingFor(run, node),
    });
    await store.checkpoint(place.key).remove();
    await run.emit({ type: "ran", step: name, key: place.key, cause, outcome });
    return outcome;
  } catch (error) {
    if (error instanceof CorruptBlobError) return error;
    throw error;
  }
}

/** A lock that somebody else holds is waited for until the run is interrupted, and the wait is said. */
function waitingFor(run: Performance, node: Node): LockOptions {
  return {
    signal: run.signal,
    waiting: (holder) => void run.emit({ type: "waiting", step: node.step.name, holder }),
  };
}

/** Whether a record that is there is enough. */
async function serves(store: Store, cause: Cause): Promise<boolean> {
  if (cause.why !== "damaged") return cause.why === "new";
  try {
    await store.read(cause.digest);
    return true;
  } catch (error) {
    if (error instanceof CorruptBlobError) return false;
    throw error;
  }
}

async function repair(
  run: Performance,
  makers: readonly Node[],
  error: CorruptBlobError,
): Promise<void> {
  const { digest } = error;
  const maker = makers.find(({ step }) =>
    run.outcomes.get(step.name)?.blobs.some((blob) => blob.digest === digest)
  );
  if (maker === undefined) throw error;
  const cause: Cause = { why: "damaged", digest, detail: error.message };
  await perform(run, maker, run.located.get(maker.step.name)!, cause);
}

function difference(name: string, before: Outcome, now: Outcome): string {
  const { date, host } = before.provenance;
  return `\`${name}\` is not reproducible: ${before.artifact.digest.slice(0, 12)} is recorded ` +
    `(${date}, ${host}), ${now.artifact.digest.slice(0, 12)} was made now`;
}
