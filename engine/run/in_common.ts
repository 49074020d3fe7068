/**
 * Steps of several graphs that run side by side, performed in common: what two of them need is performed once, and no more
 * runs at once than one graph may have running.
 */
import type { Key } from "../digest.ts";
import { slotsOf } from "../store/shared/slots.ts";
import type { Outcome } from "../store/store.ts";
import type { Executor } from "./executor.ts";
import { unlessAborted } from "./unless_aborted.ts";

/** Performs tasks by another executor, at most `jobs` at once; who asks for one that is under way waits for it. */
export function inCommon(executor: Executor, jobs: number): Executor {
  const slots = slotsOf(jobs);
  const underWay = new Map<Key, Promise<Outcome>>();
  /** Who waits for a place leaves at once when told to; who performs ends in order. */
  const performed: Executor["perform"] = async (task, signal, onProgress) => {
    const begun = Promise.withResolvers<void>();
    const performing = slots.held(async () => {
      signal.throwIfAborted();
      begun.resolve();
      return await executor.perform(task, signal, onProgress);
    });
    performing.catch(() => {});
    await unlessAborted(signal, () => begun.promise);
    return await performing;
  };
  return {
    async perform(task, signal, onProgress) {
      const { key, cause } = task;
      for (let other; (other = underWay.get(key)) !== undefined;) {
        const ended = other.catch(() => undefined);
        const outcome = await unlessAborted(signal, () => ended);
        // What failed for another may do here; bytes that are gone have to be looked at.
        if (outcome !== undefined && cause.why !== "damaged") return outcome;
      }
      const performing = performed(task, signal, onProgress);
      underWay.set(key, performing);
      try {
        return await performing;
      } finally {
        underWay.delete(key);
      }
    },
  };
}
