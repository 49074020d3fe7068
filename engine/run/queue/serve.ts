/**
 * A worker: takes jobs of a queue and performs each in a thread, so that this thread renews the lock of the job whatever
 * is computed. What is made is published in the store before the job is done. A worker that dies loses its lock, and
 * another goes on from the checkpoint that the store has.
 */
import { Worker, type WorkerType } from "../../deps/queue/bullmq.ts";
import { Interruption } from "../problem.ts";
import { type Connection, PREFIX } from "./connect.ts";
import type { QueuedStep } from "./job.ts";
import { consequence, isOfWorker } from "./consequence.ts";
import { answers, untilBack } from "./cut_off.ts";
import { performJob, type ServeOptions } from "./perform_job.ts";

/** A job whose worker was lost so often is given up: each time it may have been the job that killed it. */
const MOST_STALLS = 1000;

/** A worker at work. */
export interface Serving {
  /** Takes no more jobs; those that run have so many ms to end, then they are given back. */
  stop(ms: number): Promise<void>;
}

/** Begins to take jobs. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { connection, concurrency, name, lock, say } = options;
  const running = new Map<string, AbortController>();
  const leaving = new AbortController();
  const worker: WorkerType = new Worker<QueuedStep>(
    connection.name,
    async (job, token) => {
      const controller = new AbortController();
      running.set(job.id!, controller);
      try {
        return await performJob(job, options, controller.signal);
      } catch (error) {
        const { aborted } = controller.signal;
        const { host } = options.settings;
        const isCutOff = !aborted && isOfWorker(error) &&
          !await answers(await options.open(), controller.signal);
        const then = await consequence(job, token, { error, aborted: aborted || isCutOff, host });
        if (isCutOff) await untilBack(options, leaving.signal);
        throw then;
      } finally {
        running.delete(job.id!);
      }
    },
    {
      connection: connection.another(),
      prefix: PREFIX,
      skipVersionCheck: true,
      name,
      concurrency,
      lockDuration: lock,
      stalledInterval: lock,
      maxStalledCount: MOST_STALLS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  );
  worker.on("error", () => {});
  worker.on(
    "lockRenewalFailed",
    (ids) => void leaveTaken(connection, ids, running).catch(() => {}),
  );
  await worker.waitUntilReady();
  return {
    async stop(ms) {
      leaving.abort();
      await worker.pause(true);
      const late = setTimeout(() => {
        for (const each of running.values()) each.abort(new Interruption("terminated"));
      }, ms);
      if (running.size > 0) say(`waits for ${running.size} that runs, and leaves then`);
      await worker.close();
      clearTimeout(late);
    },
  };
}

/** Ends what another worker has taken over. */
async function leaveTaken(
  { queue, redis }: Connection,
  ids: readonly string[],
  running: ReadonlyMap<string, AbortController>,
): Promise<void> {
  for (const id of ids) {
    // Its lock is not ours any more. Where it is nobody's, what is made here is made for whoever takes the job up.
    if (await redis.exists(queue.toKey(`${id}:lock`)) === 0) continue;
    running.get(id)?.abort(new Interruption("terminated"));
  }
}
