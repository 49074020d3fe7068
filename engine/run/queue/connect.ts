/** Connections to the Redis behind a queue. The first says what is wrong with it; the others wait while it is gone. */
import { Queue, type QueueType, Redis, type RedisType } from "../../deps/queue/bullmq.ts";
import { DecantError } from "../../error.ts";
import { excerpt } from "../../quote.ts";
import type { QueueAddress } from "./address.ts";
import type { QueuedStep } from "./job.ts";

/** What the keys of all queues of Decant begin with. */
export const PREFIX = "decant";

/** Ms that a Redis may take to answer at first, */
const FIRST = 5000;
/** and later, while something is asked of it; what waits there is woken more often than that. */
const SILENT = 30_000;
/** Most ms between two tries to reach it. */
const PAUSE = 1000;

/** A queue that was reached. */
export interface Connection extends AsyncDisposable {
  /** As it may be shown. */
  readonly shown: string;
  readonly name: string;
  readonly queue: QueueType<QueuedStep>;
  /** What the queue itself speaks by. */
  readonly redis: RedisType;
  /** Another connection to the same Redis, closed together with this one. */
  another(): RedisType;
}

/** Reaches a queue. Throws a `queue` error where that cannot be done; later `notice` is told when it is gone. */
export async function connect(
  { url, shown }: QueueAddress,
  name: string,
  notice: (sentence: string) => void,
): Promise<Connection> {
  await assertReached(url, shown);
  const all: RedisType[] = [];
  let closing = false;
  const another = (): RedisType => {
    const redis = new Redis(url, {
      maxRetriesPerRequest: null,
      socketTimeout: SILENT,
      retryStrategy: (times) => Math.min(100 * times, PAUSE),
    });
    // Whoever asks is told; unheard, an error would end the process.
    redis.on("error", () => {});
    all.push(redis);
    return redis;
  };
  const first = another();
  let gone = false;
  first.on("close", () => {
    if (!gone && !closing) notice(`the queue at ${shown} does not answer; it is waited for`);
    gone = true;
  });
  first.on("ready", () => {
    if (gone) notice(`the queue at ${shown} answers again`);
    gone = false;
  });
  const options = { connection: first, prefix: PREFIX, skipVersionCheck: true };
  const queue: QueueType<QueuedStep> = new Queue<QueuedStep>(name, options);
  queue.on("error", () => {});
  return {
    shown,
    name,
    queue,
    redis: first,
    another,
    async [Symbol.asyncDispose]() {
      closing = true;
      for (const redis of all) redis.disconnect();
      await queue.close().catch(() => {});
    },
  };
}

async function assertReached(url: string, shown: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: FIRST,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  const said = Promise.withResolvers<never>();
  // What is thrown has its arguments, a password among them, in a field; a sentence has not.
  redis.on("error", ({ message }: Error) => said.reject(new Error(message)));
  said.promise.catch(() => {});
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), said.promise]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DecantError(
      "queue",
      `the queue at ${shown} cannot be reached: ${excerpt(why, 120)}`,
      "--queue rediss://USER:PASSWORD@HOST:PORT names a Redis that runs and lets you in",
    );
  } finally {
    redis.disconnect();
  }
}
