/** What a queue looks like at a glance: who works on what, what waits, what failed lately. */
import { given } from "../../given.ts";
import { harmless } from "../../quote.ts";
import type { Connection } from "./connect.ts";
import { failureIn, type QueuedStep, type Told } from "./job.ts";
import { workersOf } from "./workers_of.ts";

/** Jobs that are named of those that wait, and failures that are told of those that are known. */
const NAMED = 10;

/** Events that are looked through for failures. */
const EVENTS = 1000;

/** The states of a job that nobody performs: those that have failed at a worker wait a while. */
const WAITING = ["waiting", "delayed"] as const;

/** A step in a queue. */
interface QueuedRow {
  readonly recipe: string;
  readonly step: string;
  /** The machine of the run that asked first. */
  readonly from: string;
  /** When it was asked for, or begun, ISO 8601. */
  readonly since: string;
}

/** A step that is performed. */
interface ActiveRow extends QueuedRow {
  readonly worker?: string;
  /** 0…1, and a few words, as it was told last. */
  readonly fraction?: number;
  readonly message?: string;
}

/** A step that failed. */
interface FailedRow {
  readonly date: string;
  readonly step: string;
  readonly host?: string;
  readonly message: string;
}

/** What a queue looks like; its JSON is what `decant queue --json` prints. */
export interface QueueOverview {
  /** Without who asks. */
  readonly address: string;
  readonly name: string;
  /** The workers of this version; absent where the Redis does not say who is connected. */
  readonly workers?: readonly string[];
  /** How many workers there are of other versions. */
  readonly others?: number;
  readonly active: readonly ActiveRow[];
  readonly waiting: { readonly count: number; readonly first: readonly QueuedRow[] };
  /** The last ones, the latest first. */
  readonly failed: readonly FailedRow[];
}

/** Looks at a queue. */
export async function overviewOf(connection: Connection): Promise<QueueOverview> {
  const { shown, name, queue } = connection;
  const [workers, active, waiting, count, failed] = await Promise.all([
    workersOf(connection),
    queue.getActive(),
    queue.getWaiting(0, NAMED - 1),
    queue.getJobCountByTypes(...WAITING),
    failures(connection),
  ]);
  return {
    address: shown,
    name,
    ...given({ workers: workers?.here, others: workers?.others }),
    active: active.filter(isThere).map((job) => {
      const told = job.progress as Partial<Told>;
      const progress = told.type === "progress"
        ? { fraction: told.fraction!, message: harmless(told.message!) }
        : undefined;
      return {
        ...rowOf(job, job.processedOn ?? job.timestamp),
        ...given({ worker: job.processedBy }),
        ...progress,
      };
    }),
    waiting: {
      count,
      first: waiting.filter(isThere).map((job) => rowOf(job, job.timestamp)),
    },
    failed,
  };
}

/** A job that ended while it was looked for is undefined. */
const isThere = <T>(job: T | undefined): job is T => job !== undefined;

function rowOf(
  { data: { task, recipe, from } }: { readonly data: QueuedStep },
  since: number,
): QueuedRow {
  return {
    recipe: harmless(recipe),
    step: harmless(task.step),
    from: harmless(from),
    since: new Date(since).toISOString(),
  };
}

/** The events of a queue are kept, the last ten thousand of them; its failed jobs are not. */
async function failures({ queue, redis }: Connection): Promise<FailedRow[]> {
  const entries = await redis.xrevrange(queue.toKey("events"), "+", "-", "COUNT", EVENTS);
  const rows: FailedRow[] = [];
  for (const [id, pairs] of entries) {
    const fields = new Map<string, string>();
    for (let at = 0; at < pairs.length; at += 2) fields.set(pairs[at]!, pairs[at + 1]!);
    if (fields.get("event") !== "failed" || rows.length >= NAMED) continue;
    const reason = fields.get("failedReason") ?? "";
    const failure = failureIn(reason);
    rows.push({
      date: new Date(Number(id.split("-")[0])).toISOString(),
      step: harmless(failure?.step ?? fields.get("jobId") ?? ""),
      ...given({ host: failure && harmless(failure.host) }),
      message: harmless(failure?.error.message ?? reason),
    });
  }
  return rows;
}
