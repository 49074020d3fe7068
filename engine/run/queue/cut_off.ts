/**
 * A worker whose store does not answer: what it fails at is no fault of the job, which goes back among those that wait with
 * all its attempts, and the worker takes nothing in its place until the store is back.
 */
import { within } from "../../store/shared/within.ts";
import type { Store } from "../../store/store.ts";
import type { ServeOptions } from "./perform_job.ts";

/** Ms between two looks for a store that does not answer. */
const PAUSE = 1000;

/** Ms in which a store answers, or does not. */
const SILENT = 5000;

/** Whether a store answers. */
export async function answers({ sharing }: Store, signal: AbortSignal): Promise<boolean> {
  return await sharing!.answers(AbortSignal.any([signal, AbortSignal.timeout(SILENT)]))
    .catch(() => false);
}

/** Waits until the store answers, or the signal is aborted. */
export async function untilBack(
  { open, say }: Pick<ServeOptions, "open" | "say">,
  signal: AbortSignal,
): Promise<void> {
  say("the store does not answer; its step is given back, and none taken until it does");
  const store = await open();
  while (!signal.aborted && !await answers(store, signal)) {
    using wait = within(PAUSE, signal);
    await wait.over;
  }
  if (!signal.aborted) say("the store answers again");
}
