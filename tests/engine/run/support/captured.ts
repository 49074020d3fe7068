/** Tasks of a run, caught on their way to what performs them, and a place to perform them again by hand. */
import type { Outcome, Store } from "../../../../engine/store/store.ts";
import type { AnyOp } from "../../../../engine/op.ts";
import { execute } from "../../../../engine/run/execute.ts";
import { type Executor, inThisThread } from "../../../../engine/run/executor.ts";
import type { StepTask, TaskProgress, Workplace } from "../../../../engine/run/task.ts";
import { type FakeStep, graphOf, nowhere } from "./fake.ts";

/** Runs these steps in a store, and says which tasks it took and what came of each. */
export async function captured(
  steps: readonly FakeStep[],
  store: Store,
): Promise<
  { readonly tasks: ReadonlyMap<string, StepTask>; readonly outcomes: ReadonlyMap<string, Outcome> }
> {
  const graph = graphOf(steps);
  const inner = inThisThread(graph, store);
  const tasks = new Map<string, StepTask>();
  const outcomes = new Map<string, Outcome>();
  const executor: Executor = {
    async perform(task, signal, onProgress) {
      tasks.set(task.step, task);
      const outcome = await inner.perform(task, signal, onProgress);
      outcomes.set(task.step, outcome);
      return outcome;
    },
  };
  await execute(graph, { store, environment: nowhere, executor });
  return { tasks, outcomes };
}

/** A place with one op, which keeps what is told. */
export function workplace(
  store: Store,
  op: AnyOp,
  signal: AbortSignal = new AbortController().signal,
): Workplace & { readonly told: TaskProgress[] } {
  const told: TaskProgress[] = [];
  return { store, signal, op: () => op, onProgress: (progress) => void told.push(progress), told };
}
