/** A task as a queue carries it, and the ops of a worker that performs it. */
import type { AnyOp, OpSet } from "../../../../engine/op.ts";
import { execute } from "../../../../engine/run/execute.ts";
import type { StepTask } from "../../../../engine/run/task.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { type FakeStep, graphOf, nowhere } from "../support/fake.ts";
import { threadOps } from "../support/thread_ops.ts";

/** The task of the last of these steps. */
export async function taskOf(steps: readonly FakeStep[]): Promise<StepTask> {
  const tasks: StepTask[] = [];
  const why = new Error("captured");
  const executor = {
    perform(task: StepTask) {
      tasks.push(task);
      return Promise.reject(why);
    },
  };
  await execute(graphOf(steps), { store: memoryStore(), environment: nowhere, executor });
  return JSON.parse(JSON.stringify(tasks.at(-1)));
}

const module = new URL("../support/thread_ops.ts", import.meta.url).href;

/** The ops by name, each with its module. */
export const opsOfWorker: OpSet = new Map(
  Object.values(threadOps).map((op): [string, AnyOp] => [op.name, { ...op, module }]),
);
