/** A job, performed: what it makes is in the store that the worker shares before the job is done. */
import type { Job } from "../../deps/queue/bullmq.ts";
import type { Digest } from "../../digest.ts";
import { DecantError } from "../../error.ts";
import { keyOf } from "../../graph/key.ts";
import type { OpSet } from "../../op.ts";
import { type Recorded, type Store, StoreError } from "../../store/store.ts";
import type { Executor } from "../executor.ts";
import type { OpReference, StepTask, TaskSettings } from "../task.ts";
import { inThreads } from "../thread_executor.ts";
import type { Connection } from "./connect.ts";
import type { Performed, QueuedStep } from "./job.ts";
import { teller } from "./tell.ts";

/** Ms in which what is being published must arrive when a job is left. */
const SETTLED = 5000;

/** Ms between two tries to publish. */
const PAUSE = 1000;

/** What a worker needs. */
export interface ServeOptions {
  readonly connection: Connection;
  /** Those of the queue. */
  readonly ops: OpSet;
  /** Opens the cache of this worker, with the stores behind it that it shares with those who ask, and publishes in. */
  open(): Promise<Store>;
  /** How steps run here. */
  readonly settings: TaskSettings;
  /** Jobs at once. */
  readonly concurrency: number;
  /** Hosts that this machine may be led to, see `SourceOptions`. */
  readonly trustHosts?: readonly string[];
  /** The name that others see. */
  readonly name: string;
  /** Ms in which a step must get somewhere. */
  readonly idle: number;
  /** Ms for which what was made is kept for a store that does not take it. */
  readonly hold: number;
  /** Ms after which a job is another worker's that was not heard of. */
  readonly lock: number;
  /** Told what happens, in sentences. */
  say(sentence: string): void;
}

/** Performs a job. Throws what the op throws, or a StoreError where what was made cannot be published. */
export async function performJob(
  job: Job<QueuedStep>,
  options: ServeOptions,
  signal: AbortSignal,
): Promise<Performed> {
  const { settings, idle, say } = options;
  const { host } = settings;
  const task = taskHere(job, options);
  const { recipe } = job.data;
  const tell = teller((told) => job.updateProgress({ ...told }), host);
  const store = await options.open();
  say(`begins ${recipe} ${task.step}`);
  // What others have made meanwhile is not made again.
  if (task.cause.why === "new") await store.outcome(task.key, { signal });
  let ran = false;
  let artifact: Digest;
  const threads = inThreads({ store, here: nobody, idle, notice: say });
  try {
    const outcome = await threads.perform(task, signal, (progress) => {
      ran ||= progress.type === "started";
      tell(progress);
    });
    const again = task.cause.why === "damaged";
    await published({ recorded: { key: task.key, outcome }, again }, store, options, signal);
    artifact = outcome.artifact.digest;
  } finally {
    // Whoever takes up what is given back goes on from the last state.
    await store.sharing!.settled(AbortSignal.timeout(SETTLED));
  }
  say(`${ran ? "made" : "found"} ${recipe} ${task.step}`);
  return { ran, host, artifact };
}

/**
 * The task of a job as it is performed here: with this worker's own ops and settings. A job says what is to be computed
 * and nothing of this machine: files of the one that asks are had from the store.
 */
function taskHere(
  { id, data: { task } }: Pick<Job<QueuedStep>, "id" | "data">,
  { ops, settings, trustHosts = [] }: Pick<ServeOptions, "ops" | "settings" | "trustHosts">,
): StepTask {
  if (task.key !== id || keyOf(task.preimage) !== task.key) {
    throw new Error("internal: the job is not called by the key of its task");
  }
  const own = ({ name, version }: OpReference): OpReference => {
    const op = ops.get(name);
    if (op?.version !== version || op.code !== undefined || op.module === undefined) {
      throw new Error(`internal: a worker of this queue has no \`${name}\` of version ${version}`);
    }
    return { name, version, module: op.module };
  };
  const references = Object.entries(task.references).map(([digest, { op, artifact }]) => [
    digest,
    { op: own(op), artifact },
  ]);
  return {
    ...task,
    op: own(task.op),
    references: Object.fromEntries(references),
    // Who asks may not lead this machine to files and hosts that are its own.
    trust: { ...task.trust, elsewhere: true, local: false, trustHosts },
    settings,
  };
}

/** Nothing is performed in the thread that renews locks. */
const nobody = {
  executor: {
    perform: () => {
      throw new DecantError(
        "denied",
        "Deno does not allow threads to read Decant's modules, and a worker computes in threads",
        "deno run -A allows everything",
      );
    },
  } satisfies Executor,
  threads: 1,
};

/** Publishes what was made, again and again for as long as it is held where a store does not answer. */
async function published(
  { recorded, again }: { readonly recorded: Recorded; readonly again: boolean },
  store: Store,
  { hold, open, say }: ServeOptions,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + hold;
  for (let from = store;; from = await open()) {
    if (await from.sharing!.offer(recorded, [], again)) return;
    if (performance.now() >= until) {
      throw new StoreError("denied", "what was made could not be published in the store");
    }
    say("the store does not take what was made; it is tried again");
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    signal.throwIfAborted();
  }
}
