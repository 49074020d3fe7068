/**
 * What becomes of jobs, as the events of the queue tell it. An event may be missed, and a Redis that was restarted may have
 * lost its jobs: from time to time it is looked whether those that are waited for are still there.
 */
import { QueueEvents } from "../../deps/queue/bullmq.ts";
import type { Key } from "../../digest.ts";
import { type Connection, PREFIX } from "./connect.ts";
import type { Performed, Told } from "./job.ts";

/** What became of a job. */
export type JobEnd =
  | { readonly type: "completed"; readonly performed: Performed }
  /** `reason` is a text of `failureText`, or one of the queue itself. */
  | { readonly type: "failed"; readonly reason: string }
  /** It is not there any more, and it was not told why. */
  | { readonly type: "lost" };

/** A job that is waited for. */
interface Waiting extends Disposable {
  readonly ended: Promise<JobEnd>;
}

/** Waits for jobs of a queue. */
export interface Watch extends AsyncDisposable {
  /** Waits for a job from now on; `told` is given what its worker tells. */
  wait(key: Key, told: (told: Told) => void): Waiting;
}

/** Somebody who waits for a job. */
interface Waiter {
  readonly ended: PromiseWithResolvers<JobEnd>;
  readonly told: (told: Told) => void;
  /** How often in a row it was looked for and not there: a job whose end is being told may be gone already. */
  missed: number;
}

/** Begins to listen; every `look` ms it is looked for what is waited for. */
export async function watchQueue(
  connection: Connection,
  { look }: { readonly look: number },
): Promise<Watch> {
  const waiters = new Map<string, Set<Waiter>>();
  const options = { connection: connection.another(), prefix: PREFIX, skipVersionCheck: true };
  const events = new QueueEvents(connection.name, options);
  events.on("error", () => {});
  const end = (key: string, ended: JobEnd): void => {
    for (const waiter of waiters.get(key) ?? []) waiter.ended.resolve(ended);
  };
  events.on("progress", ({ jobId, data }) => {
    for (const waiter of waiters.get(jobId) ?? []) waiter.told(data as unknown as Told);
  });
  events.on("completed", ({ jobId, returnvalue }) => {
    end(jobId, { type: "completed", performed: returnvalue as unknown as Performed });
  });
  events.on("failed", ({ jobId, failedReason }) => {
    end(jobId, { type: "failed", reason: failedReason });
  });
  await events.waitUntilReady();
  let looking = false;
  const timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    await lookFor(connection, waiters, end).catch(() => {});
    looking = false;
  }, look);
  return {
    wait(key, told) {
      const waiter: Waiter = { ended: Promise.withResolvers(), told, missed: 0 };
      const all = waiters.get(key) ?? new Set();
      waiters.set(key, all.add(waiter));
      return {
        ended: waiter.ended.promise,
        [Symbol.dispose]() {
          all.delete(waiter);
          if (all.size === 0 && waiters.get(key) === all) waiters.delete(key);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      options.connection.disconnect();
      await events.close().catch(() => {});
    },
  };
}

/** Ends the wait for jobs that are gone. */
async function lookFor(
  { queue, redis }: Connection,
  waiters: ReadonlyMap<string, ReadonlySet<Waiter>>,
  end: (key: string, ended: JobEnd) => void,
): Promise<void> {
  const keys = [...waiters.keys()];
  if (keys.length === 0) return;
  const found = await Promise.all(keys.map((key) => redis.exists(queue.toKey(key))));
  for (const [index, key] of keys.entries()) {
    for (const waiter of waiters.get(key) ?? []) {
      waiter.missed = found[index] === 0 ? waiter.missed + 1 : 0;
      if (waiter.missed > 1) end(key, { type: "lost" });
    }
  }
}
