import assert from "node:assert/strict";
import { execute } from "../../../engine/run/execute.ts";
import { type Executor, inThisThread } from "../../../engine/run/executor.ts";
import type { StepTask } from "../../../engine/run/task.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { fakeOps, type FakeStep, graphOf, nowhere } from "./support/fake.ts";

const ops = fakeOps();
const steps: readonly FakeStep[] = [
  { name: "one", op: ops.constant, params: { value: 1 } },
  { name: "two", op: ops.constant, params: { value: 2 } },
  { name: "sum", op: ops.sum, inputs: { numbers: ["one", "two"] } },
  {
    name: "same",
    op: ops.like,
    params: { list: [{ of: "sum" }] },
    references: { "list.0.of": "sum" },
  },
];

Deno.test("a task is plain data: what performs it may be given a copy", async () => {
  const store = memoryStore();
  const graph = graphOf(steps);
  const inner = inThisThread(graph, store);
  const tasks: StepTask[] = [];
  const executor: Executor = {
    perform(task, signal, onProgress) {
      tasks.push(task);
      const copy = JSON.parse(JSON.stringify(structuredClone(task)));
      return inner.perform(copy, signal, onProgress);
    },
  };
  const { ending, value } = await execute(graph, { store, environment: nowhere, executor });
  assert.equal(ending, "done");
  assert.equal(await value("same"), 3);
  assert.deepEqual(tasks.map(({ step, op }) => [step, op.name]), [
    ["one", "constant"],
    ["two", "constant"],
    ["sum", "sum"],
    ["same", "like"],
  ]);
  assert.deepEqual(Object.values(tasks[3]!.references).map(({ op }) => op.name), ["sum"]);
});

Deno.test("a task of other numerics is not performed", async () => {
  const store = memoryStore();
  const graph = graphOf(steps.slice(0, 1));
  const inner = inThisThread(graph, store);
  const executor: Executor = {
    perform: (task, ...rest) => inner.perform({ ...task, numerics: task.numerics + 1 }, ...rest),
  };
  const { problems } = await execute(graph, { store, environment: nowhere, executor });
  assert.match(problems[0]!.message, /internal: the task is of numerics \d+, these are \d+/);
  assert.equal(store.contents.outcomes.size, 0);
});

Deno.test("steps of a graph in this thread run one after another, however many may", async () => {
  const store = memoryStore();
  const log: string[] = [];
  const { constant, sum } = fakeOps(log);
  const graph = graphOf([
    { name: "one", op: constant, params: { value: 1 } },
    { name: "two", op: constant, params: { value: 2 } },
    { name: "three", op: constant, params: { value: 3 } },
    { name: "sum", op: sum, inputs: { numbers: ["one", "two", "three"] } },
  ]);
  const inner = inThisThread(graph, store);
  let [now, most] = [0, 0];
  const executor: Executor = {
    async perform(task, signal, onProgress) {
      let begun = false;
      const outcome = await inner.perform(task, signal, (progress) => {
        if (progress.type === "started") most = Math.max(most, ++now);
        begun ||= progress.type === "started";
        onProgress(progress);
      });
      if (begun) now--;
      return outcome;
    },
  };
  const { value } = await execute(graph, { store, environment: nowhere, executor, jobs: 3 });
  assert.equal(await value("sum"), 6);
  assert.equal(most, 1);
});

Deno.test("a task that waits its turn and is no longer wanted does not run; one that fails holds up none", async () => {
  const log: string[] = [];
  const store = memoryStore();
  const { constant, fail } = fakeOps(log);
  const graph = graphOf([
    { name: "bad", op: fail },
    { name: "one", op: constant, params: { value: 1 } },
    { name: "two", op: constant, params: { value: 2 } },
  ]);
  const tasks = new Map<string, StepTask>();
  const inner = inThisThread(graph, store);
  await execute(graph, {
    store: memoryStore(),
    environment: nowhere,
    keepGoing: true,
    executor: {
      perform(task, signal, onProgress) {
        tasks.set(task.step, task);
        return inThisThread(graph, memoryStore()).perform(task, signal, onProgress);
      },
    },
  });
  log.length = 0;
  const open = new AbortController().signal;
  const stop = new AbortController();
  const done = ["bad", "one", "two"].map((name) =>
    inner.perform(tasks.get(name)!, name === "one" ? stop.signal : open, () => {})
      .then(() => "done", (error: Error) => error.message)
  );
  stop.abort(new Error("no longer"));
  assert.deepEqual(await Promise.all(done), ["numbers are not everything", "no longer", "done"]);
  assert.deepEqual(log, ["fail", "constant"]);
});
