/** What follows for a job from an error: it has failed for good, is tried again elsewhere, or was only given back. */
import { type Job, UnrecoverableError, WaitingError } from "../../deps/queue/bullmq.ts";
import { hasCode } from "../../error.ts";
import { SourceError } from "../../graph/sources/source_error.ts";
import { MemoryError } from "../../size.ts";
import { CorruptBlobError, StoreError } from "../../store/store.ts";
import { StalledError } from "../../threads.ts";
import { failureText, type QueuedStep } from "./job.ts";

/** How a job was left. */
interface Left {
  readonly error: unknown;
  /** This worker leaves, has lost the job, or has no store to do it with. */
  readonly aborted: boolean;
  readonly host: string;
}

/** What to throw out of a job, so that the queue does with it what follows. */
export async function consequence(
  job: Pick<Job<QueuedStep>, "data" | "moveToWait">,
  token: string | undefined,
  { error, aborted, host }: Left,
): Promise<Error> {
  if (aborted) {
    // Where its lock is another's, there is nothing to give back.
    await job.moveToWait(token).catch(() => {});
    return new WaitingError("given back");
  }
  const text = failureText(job.data.task.step, host, error);
  return isOfWorker(error) ? new Error(text) : new UnrecoverableError(text);
}

/** Whether another worker may do better: its disk, its memory, its ways to stores and hosts, its rights. */
export function isOfWorker(error: unknown): boolean {
  return error instanceof StoreError || error instanceof CorruptBlobError ||
    error instanceof SourceError || error instanceof StalledError || error instanceof MemoryError ||
    hasCode(error, "denied");
}
