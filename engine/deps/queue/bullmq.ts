/**
 * Queues on Redis: BullMQ, and ioredis, by which it speaks. Their own types refer to Node's, which would take the place of
 * Deno's everywhere; what is used of them is written down here.
 */

/** A connection to a Redis. */
export interface RedisType {
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "close" | "ready", listener: () => void): unknown;
  connect(): Promise<void>;
  ping(): Promise<string>;
  disconnect(): void;
  exists(key: string): Promise<number>;
  client(what: "LIST"): Promise<unknown>;
  /** Entries of a stream, the latest first: each its id, then names and values in turn. */
  xrevrange(
    ...range: [key: string, end: "+", start: "-", count: "COUNT", most: number]
  ): Promise<[id: string, fields: string[]][]>;
}

/** A job. */
export interface Job<T> {
  readonly id?: string;
  readonly data: T;
  /** What was told last with `updateProgress`. */
  readonly progress: unknown;
  /** The name of the worker that took it last. */
  readonly processedBy?: string;
  /** When it was taken last, and when it was added, ms since 1970. */
  readonly processedOn?: number;
  readonly timestamp: number;
  updateProgress(progress: object): Promise<void>;
  moveToWait(token?: string): Promise<number>;
}

/** How a job is added. */
interface JobOptions {
  readonly jobId: string;
  readonly attempts?: number;
  readonly backoff?: { readonly type: "exponential"; readonly delay: number };
  readonly removeOnComplete?: boolean;
  readonly removeOnFail?: boolean;
}

/** What all parts of a queue are opened with. */
interface QueueOptions {
  readonly connection: RedisType;
  readonly prefix: string;
  readonly skipVersionCheck?: boolean;
}

/** A queue. */
export interface QueueType<T> {
  on(event: "error", listener: (error: Error) => void): unknown;
  add(name: string, data: T, options: JobOptions): Promise<unknown>;
  remove(id: string): Promise<number>;
  addJobLog(id: string, row: string): Promise<number>;
  getJobLogs(id: string): Promise<{ logs: string[] }>;
  getActive(): Promise<(Job<T> | undefined)[]>;
  getWaiting(start: number, end: number): Promise<(Job<T> | undefined)[]>;
  /** How many jobs there are in these states together; without any, in all. */
  getJobCountByTypes(...states: string[]): Promise<number>;
  count(): Promise<number>;
  toKey(name: string): string;
  close(): Promise<void>;
}

/** What happens in a queue. */
interface QueueEventsType {
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "progress", listener: (told: { jobId: string; data: unknown }) => void): unknown;
  on(
    event: "completed",
    listener: (told: { jobId: string; returnvalue: unknown }) => void,
  ): unknown;
  on(event: "failed", listener: (told: { jobId: string; failedReason: string }) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

/** How a worker works. */
interface QueueWorkerOptions extends QueueOptions {
  readonly name?: string;
  readonly concurrency?: number;
  /** Ms that a lock holds, and between two looks for jobs whose lock has run out. */
  readonly lockDuration?: number;
  readonly stalledInterval?: number;
  /** How often a job may be lost by its worker. */
  readonly maxStalledCount?: number;
  readonly removeOnComplete?: { readonly count: number };
  readonly removeOnFail?: { readonly count: number };
}

/** What takes jobs of a queue. */
export interface WorkerType {
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "lockRenewalFailed", listener: (ids: string[]) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  /** Takes no further job. */
  pause(doNotWaitActive: boolean): Promise<void>;
  /** Resolves when those that run have ended. */
  close(): Promise<void>;
}

interface BullMQ {
  readonly Queue: new <T>(name: string, options: QueueOptions) => QueueType<T>;
  readonly QueueEvents: new (name: string, options: QueueOptions) => QueueEventsType;
  readonly Worker: new <T>(
    name: string,
    perform: (job: Job<T>, token?: string) => Promise<unknown>,
    options: QueueWorkerOptions,
  ) => WorkerType;
  /** Fails a job at once, however many attempts are left. */
  readonly UnrecoverableError: new (message: string) => Error;
  /** Says that a job was moved back among those that wait. */
  readonly WaitingError: new (message: string) => Error;
}

interface IoRedis {
  readonly Redis: new (url: string, options: {
    readonly lazyConnect?: boolean;
    readonly connectTimeout?: number;
    readonly maxRetriesPerRequest: number | null;
    readonly socketTimeout?: number;
    readonly retryStrategy: (times: number) => number | null;
  }) => RedisType;
}

/**
 * What the packages see of the environment as they load. BullMQ packs arguments by msgpackr, which loads machine code of a
 * package where it may: that would end the sandbox, and threads that each load it free its memory twice when the process
 * ends. Others look all variables through for one that asks for messages to be printed, passwords among them; that takes
 * the permission to read every one.
 */
const SEEN = { ["MSGPACKR_NATIVE_ACCELERATION_DISABLED"]: "true" };

const specifiers = ["npm:bullmq@5.81.5", "npm:ioredis@5.11.1"] as const;

async function load(): Promise<[BullMQ, IoRedis]> {
  const { process } = globalThis;
  const { env } = process;
  process.env = SEEN;
  try {
    return [await import(specifiers[0]), await import(specifiers[1])];
  } finally {
    process.env = env;
  }
}

export const [{ Queue, QueueEvents, UnrecoverableError, WaitingError, Worker }, { Redis }] =
  await load();
