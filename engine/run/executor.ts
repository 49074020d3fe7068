/** Where steps are performed. A task is plain data and outcomes go through the store, so that may be anywhere. */
import type { Node } from "../graph/graph.ts";
import type { AnyOp } from "../op.ts";
import type { Outcome, Store } from "../store/store.ts";
import { performTask } from "./perform.ts";
import type { OpReference, StepTask, TaskProgress } from "./task.ts";

/** What performs steps. */
export interface Executor {
  /**
   * Performs a task under the lock of its key, unless the store has its outcome by then, and publishes what came of it.
   * Throws what the op throws; a CorruptBlobError where bytes of an input are gone, with no lock held; the signal's
   * reason, within a second, where that is aborted.
   */
  perform(
    task: StepTask,
    signal: AbortSignal,
    onProgress: (progress: TaskProgress) => void,
  ): Promise<Outcome>;
}

/** A graph, or several, as far as their ops. */
export interface WithOps {
  readonly nodes: readonly Pick<Node, "op">[];
}

/** Performs tasks of a graph in this thread, one after another: they share one tensor room. */
export function inThisThread({ nodes }: WithOps, store: Store): Executor {
  const ops = new Map(nodes.map(({ op }) => [op.name, op]));
  let last: Promise<unknown> = Promise.resolve();
  return {
    async perform(task, signal, onProgress) {
      const op = (reference: OpReference): AnyOp => ops.get(reference.name)!;
      const turn = last.then(() => {
        signal.throwIfAborted();
        return performTask(task, { store, op, signal, onProgress });
      });
      last = turn.catch(() => {});
      return await turn;
    },
  };
}
