/**
 * A task, performed under the lock of its key: looked up again once the lock is held, run, compared with what is
 * recorded, published. Damaged bytes of an input end it with the lock let go, so that they can be made again: nobody
 * ever waits for one lock while holding another.
 */
import { DecantError } from "../error.ts";
import { NUMERICS } from "../graph/key.ts";
import { CorruptBlobError, type LockOptions, type Outcome, type Store } from "../store/store.ts";
import type { Cause } from "./event.ts";
import { runTask } from "./run_task.ts";
import type { StepTask, Workplace } from "./task.ts";

/** Performs a task, unless another has by then. */
export async function performTask(task: StepTask, place: Workplace): Promise<Outcome> {
  if (task.numerics !== NUMERICS) {
    throw new Error(`internal: the task is of numerics ${task.numerics}, these are ${NUMERICS}`);
  }
  const waiting = waitingIn(place);
  const result = await place.store.locked(task.key, () => attempt(task, place), waiting);
  if (result instanceof CorruptBlobError) throw result;
  return result;
}

async function attempt(task: StepTask, place: Workplace): Promise<Outcome | CorruptBlobError> {
  const { store, onProgress } = place;
  const { key, cause, step } = task;
  const recorded = await store.outcome(key);
  if (recorded !== undefined && await serves(store, cause)) return recorded;
  onProgress({ type: "started" });
  using opened = new DisposableStack();
  try {
    const { outcome, blobs, volatile } = await runTask(task, place, opened);
    const before = task.before ?? recorded;
    if (before !== undefined && before.artifact.digest !== outcome.artifact.digest && !volatile) {
      await store.dispute(key, outcome, blobs, waitingIn(place));
      throw new DecantError(
        "not-reproducible",
        difference(step, before, outcome),
        "both results are kept; decant cache verify checks the rest of the cache",
      );
    }
    await store.publish(key, outcome, blobs, { replace: volatile, ...waitingIn(place) });
    await store.checkpoint(key).remove();
    return outcome;
  } catch (error) {
    if (error instanceof CorruptBlobError) return error;
    throw error;
  }
}

/** A lock that somebody else holds is waited for until the run is interrupted, and the wait is said. */
function waitingIn({ signal, onProgress }: Workplace): LockOptions {
  return { signal, waiting: (holder) => onProgress({ type: "waiting", holder }) };
}

/** Whether a record that is there is enough. */
async function serves(store: Store, cause: Cause): Promise<boolean> {
  if (cause.why !== "damaged") return cause.why === "new";
  try {
    await store.read(cause.digest);
    return true;
  } catch (error) {
    if (error instanceof CorruptBlobError) return false;
    throw error;
  }
}

type ComparedOutcome = Pick<Outcome, "artifact" | "provenance">;

function difference(step: string, before: ComparedOutcome, now: ComparedOutcome): string {
  const { date, host } = before.provenance;
  return `\`${step}\` is not reproducible: ${before.artifact.digest.slice(0, 12)} is recorded ` +
    `(${date}, ${host}), ${now.artifact.digest.slice(0, 12)} was made now`;
}
