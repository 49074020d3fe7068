/**
 * Steps performed by workers behind a queue. A job's id is the key of its step, so that runs that need the same step share
 * it; what is made travels through the store that all of them share, never through the queue.
 */
import type { Key } from "../../digest.ts";
import { DecantError } from "../../error.ts";
import { type Graph, ownCodeOf } from "../../graph/graph.ts";
import type { Outcome, Store } from "../../store/store.ts";
import type { Executor } from "../executor.ts";
import type { StepTask, TaskProgress } from "../task.ts";
import { unlessAborted } from "../unless_aborted.ts";
import type { Connection } from "./connect.ts";
import { errorIn, JOB, type Performed, type QueuedStep, type Told } from "./job.ts";
import type { Offered } from "./offered.ts";
import type { JobEnd, Watch } from "./watch.ts";

/** How often a worker's own troubles may end a job, and ms before it is taken up again. */
const ATTEMPTS = 6;
const BACKOFF = { type: "exponential", delay: 500 } as const;

/** How long a store is asked for what a worker has put there, and ms between. */
const PATIENCE = 60_000;
const PAUSE = 500;

/** What performing on a queue needs. */
interface OnQueueOptions {
  readonly connection: Connection;
  readonly watch: Watch;
  /** With stores behind it that the workers share, and that it publishes in. */
  readonly store: Store;
  readonly sharing: Pick<Offered, "reached">;
  /** Performs what belongs to this machine. */
  readonly here: Executor;
  /** Names this run: who asks for a job is noted with it. */
  readonly run: string;
  /** See `QueuedStep`. */
  readonly recipe: string;
  readonly from: string;
}

/** Throws a `usage` error where a graph cannot be performed by workers: for a step of it, or without a shared store. */
export function assertQueueable({ nodes }: Graph, shares: boolean): void {
  for (const node of nodes) {
    const [own] = ownCodeOf(node);
    if (own === undefined) continue;
    throw new DecantError(
      "usage",
      `\`${node.step.name}\` runs \`${own.name}\`, ${own.what} that did not come with Decant: workers behind a queue have no others`,
      "run it without --queue; --jobs runs steps side by side on this machine",
    );
  }
  if (!shares) {
    throw new DecantError(
      "usage",
      "a queue needs a store that its workers share: what they read and make travels through it",
      "--queue redis://… --store https://…",
    );
  }
}

/** Performs tasks by workers. */
export function onQueue(options: OnQueueOptions): Executor {
  return {
    async perform(task, signal, onProgress) {
      signal.throwIfAborted();
      // What a clock says is this machine's.
      if (task.preimage.host !== null) {
        return await options.here.perform(task, signal, onProgress);
      }
      await options.sharing.reached(task, signal);
      for (;;) {
        const made = await asked(options, task, { signal, onProgress });
        if (made !== undefined) return made;
      }
    },
  };
}

/** How a task is followed. */
interface Following {
  readonly signal: AbortSignal;
  onProgress(progress: TaskProgress): void;
}

/** Asks for a task and waits for it; undefined where it has to be asked for again. */
async function asked(
  options: OnQueueOptions,
  task: StepTask,
  { signal, onProgress }: Following,
): Promise<Outcome | undefined> {
  const { key } = task;
  let started = false;
  const told = ({ host, ...progress }: Told): void => {
    if (progress.type === "started") {
      if (started) return;
      started = true;
    }
    onProgress(progress.type === "progress" ? { ...progress, host } : progress);
  };
  using waiting = options.watch.wait(key, told);
  const ended = await unlessAborted(signal, async () => {
    await ask(options, task);
    return await waiting.ended;
  }, () => withdraw(options, key));
  if (ended.type === "failed") throw errorIn(ended.reason);
  const outcome = await madeOf(options, task, ended, signal);
  if (outcome !== undefined && ended.type === "completed" && ended.performed.ran && !started) {
    onProgress({ type: "started" });
  }
  return outcome;
}

async function ask(
  { connection: { queue }, run, recipe, from }: OnQueueOptions,
  task: StepTask,
): Promise<void> {
  const job: QueuedStep = { task, recipe, from };
  await queue.add(JOB, job, {
    jobId: task.key,
    attempts: ATTEMPTS,
    backoff: BACKOFF,
    // An id that stays behind could not be asked for again.
    removeOnComplete: true,
    removeOnFail: true,
  });
  // A job that has ended meanwhile has no log.
  await queue.addJobLog(task.key, run).catch(() => {});
}

/** Takes back what waits, unless it was also asked for by another run, or somebody performs it. */
async function withdraw({ connection: { queue }, run }: OnQueueOptions, key: Key): Promise<void> {
  const { logs } = await queue.getJobLogs(key);
  if (logs.every((each) => each === run)) await queue.remove(key);
}

/** What the store has of a job that has ended. */
async function madeOf(
  { store }: OnQueueOptions,
  { key, step }: StepTask,
  ended: JobEnd,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const until = performance.now() + (ended.type === "completed" ? PATIENCE : 0);
  for (;;) {
    const outcome = await store.outcome(key, { signal, again: true });
    if (outcome !== undefined) return outcome;
    const hint = ended.type === "completed" ? store.hints?.get(key) : undefined;
    if (hint !== undefined) {
      throw untrusted(step, hint, (ended as { performed: Performed }).performed);
    }
    if (performance.now() >= until) return undefined;
    await unlessAborted(signal, () => new Promise((resolve) => setTimeout(resolve, PAUSE)));
  }
}

function untrusted(step: string, hint: string, { host }: Performed): DecantError {
  return new DecantError(
    "untrusted",
    `\`${step}\` was made on ${host}, and is not used: ${hint}`,
    "--trust KEY with the worker's public key, as decant key show prints it there",
  );
}
