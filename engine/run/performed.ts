/** Steps of a graph given to an executor: what happens to them told, and inputs whose bytes are gone made again. */
import { type Node, readBy } from "../graph/graph.ts";
import type { SourceTrust } from "../graph/sources/source.ts";
import type { Located, Walk } from "../graph/walk.ts";
import { CorruptBlobError, type Outcome, type Store } from "../store/store.ts";
import type { Cause, RunEvent } from "./event.ts";
import type { Executor } from "./executor.ts";
import { downloadNotice } from "./download.ts";
import { tellExpected, type Telling } from "./expected.ts";
import { decodeArtifact } from "./run_task.ts";
import { taskOf, type TaskProgress, type TaskSettings } from "./task.ts";

/** What performing needs of the run it belongs to. */
export interface Performing {
  readonly walk: Walk;
  readonly store: Store;
  readonly executor: Executor;
  readonly trust: SourceTrust;
  readonly signal: AbortSignal;
  /** Somebody watches: what steps are expected to take is looked up in the store. */
  readonly watched: boolean;
  /** How a step runs. */
  settings(node: Node): TaskSettings;
  tell(event: RunEvent): Promise<void>;
}

/** Performs a step, unless another process has by then; the event says which. */
export async function performed(
  run: Performing,
  node: Node,
  located: Located,
  cause: Cause,
): Promise<Outcome> {
  const repaired = new Set<string>();
  for (;;) {
    try {
      return await attempt(run, node, located, cause);
    } catch (error) {
      // A disk that loses the same bytes twice is not repaired by writing them a third time.
      if (!(error instanceof CorruptBlobError) || repaired.has(error.digest)) throw error;
      repaired.add(error.digest);
      await repair(run, readBy(node), error);
    }
  }
}

/** The value that a finished step made, repaired where its bytes are gone. */
export async function valueOf(run: Performing, node: Node): Promise<unknown> {
  const repaired = new Set<string>();
  for (;;) {
    try {
      const { artifact } = run.walk.outcomes.get(node.step.name)!;
      return await decodeArtifact(run.store, node.op.output, artifact);
    } catch (error) {
      if (!(error instanceof CorruptBlobError) || repaired.has(error.digest)) throw error;
      repaired.add(error.digest);
      await repair(run, [node], error);
    }
  }
}

async function attempt(
  run: Performing,
  node: Node,
  located: Located,
  cause: Cause,
): Promise<Outcome> {
  const { walk, trust, executor, signal } = run;
  const { outcomes } = walk;
  const { name: step } = node.step;
  const { key } = located;
  const task = taskOf(node, { located, cause, outcomes, trust, settings: run.settings(node) });
  const notice = downloadNotice(node);
  if (notice !== undefined) await run.tell({ type: "noticed", sentence: notice });
  let told: Promise<unknown> = Promise.resolve();
  let started = false;
  let expected: Telling | undefined;
  const onProgress = (progress: TaskProgress): void => {
    const began = progress.type === "started";
    if (began && run.watched) {
      expected ??= tellExpected({ ...run, ...task.settings }, node, located);
    }
    started ||= began;
    const event = began ? { type: "started", step, key, cause } as const : { ...progress, step };
    told = Promise.all([told, run.tell(event)]);
    // What cannot be told fails the step, but not before it has come to its end.
    told.catch(() => {});
  };
  const outcome = await executor.perform(task, signal, onProgress)
    .finally(() => expected?.stop());
  await told;
  await run.tell(
    started ? { type: "ran", step, key, cause, outcome } : { type: "hit", step, key, outcome },
  );
  return outcome;
}

async function repair(
  run: Performing,
  makers: readonly Node[],
  error: CorruptBlobError,
): Promise<void> {
  const { walk } = run;
  const { digest } = error;
  const maker = makers.find(({ step }) =>
    walk.outcomes.get(step.name)?.blobs.some((blob) => blob.digest === digest)
  );
  if (maker === undefined) throw error;
  const cause: Cause = { why: "damaged", digest, detail: error.message };
  const located = walk.located.get(maker.step.name)!;
  const outcome = await performed(run, maker, located, cause);
  // A shared store whose record is there may have lost the bytes as well.
  void run.store.sharing?.offer({ key: located.key, outcome }, [], true);
}
