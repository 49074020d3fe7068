import assert from "node:assert/strict";
import { openEventLog } from "../../../engine/run/event_log.ts";
import type { RunEvent } from "../../../engine/run/event.ts";
import { beginRun, type ExecuteOptions } from "../../../engine/run/run_state.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { fakeOps, graphOf, nowhere } from "./support/fake.ts";

const ops = fakeOps();
const graph = graphOf([
  { name: "one", op: ops.constant, params: { value: 1 } },
  { name: "two", op: ops.constant, params: { value: 2 } },
  { name: "sum", op: ops.sum, inputs: { numbers: ["one"] } },
]);

/** A run that has just begun, and what it tells. */
async function begun(more: Partial<ExecuteOptions> = {}) {
  const store = memoryStore();
  const told: RunEvent[] = [];
  const log = await openEventLog(store, graph, (event) => void told.push(event));
  return { run: await beginRun(graph, { store, environment: nowhere, ...more }, log), told, store };
}

Deno.test("a run that has begun has done nothing, and nothing has gone wrong", async () => {
  const { run, store } = await begun();
  assert.deepEqual([run.ending, run.stopped, run.jobs, run.store], ["done", false, 1, store]);
  assert.deepEqual([run.refused, [...run.failures], [...run.guessing]], [[], [], []]);
  assert.deepEqual(new Set(run.order), new Set(["one", "two", "sum"]));
});

Deno.test("a step runs with the machine's threads and name, and with the memory that is said or four GiB", async () => {
  const node = graph.nodes[0]!;
  const threads = { ...nowhere, threads: 3 };
  assert.deepEqual((await begun({ environment: threads })).run.settings(node), {
    threads: 3,
    memory: 4 * 1024 ** 3,
    host: "nowhere",
  });
  assert.equal((await begun({ memory: 7 })).run.settings(node).memory, 7);
});

Deno.test("both the caller's signal and a fault of no step end what is performed", async () => {
  const controller = new AbortController();
  const { run } = await begun({ signal: controller.signal });
  assert.equal(run.signal.aborted, false);
  controller.abort(new TypeError("stop"));
  assert.ok(run.signal.reason instanceof TypeError);
  for (const more of [{}, { signal: new AbortController().signal }]) {
    const { run } = await begun(more);
    run.halt.abort();
    assert.equal(run.signal.aborted, true);
  }
});

Deno.test("what is told is about the graph as it is known by then", async () => {
  const { run, told } = await begun();
  await run.tell({ type: "noticed", sentence: "odd" });
  assert.deepEqual(told, [{ type: "noticed", sentence: "odd" }]);
});

Deno.test("steps beside others get the threads that are said, what reads a clock all of them", async () => {
  const clocked = graphOf([
    { name: "one", op: ops.constant, params: { value: 1 } },
    { name: "time", op: ops.clock, inputs: { model: "one" } },
  ]);
  const environment = { ...nowhere, threads: 8 };
  const { run } = await begun({ environment, threads: 2 });
  const threads = clocked.nodes.map((node) => run.settings(node).threads);
  assert.deepEqual(threads, [2, 8]);
});

Deno.test("a run until a step walks what that needs, and is in order about all", async () => {
  const { run } = await begun({ until: "sum" });
  assert.deepEqual(new Set(run.order), new Set(["one", "two", "sum"]));
  const walked: string[] = [];
  for (;;) {
    const turn = run.walk.next(new Map(walked.map((name) => [name, 1])));
    if (turn === undefined) break;
    walked.push(turn.node.step.name);
  }
  assert.ok(walked.includes("one") && !walked.includes("two"), walked.join());
});

Deno.test("with several jobs a cache in memory is worked with here, which is said", async () => {
  const { run, told } = await begun({ jobs: 2 });
  assert.equal(run.jobs, 2);
  const located = { key: "k" as never, preimage: {} as never, sources: [] };
  await run.executor.perform(
    { ...located, op: { name: "none", version: 1 }, references: {}, numerics: -1 } as never,
    run.signal,
    () => {},
  ).catch(() => {});
  assert.deepEqual(told, [{
    type: "noticed",
    sentence: "the cache is in memory: its steps run here, one after another",
  }]);
  const given = { perform: () => Promise.reject(new Error("mine")) };
  assert.equal((await begun({ jobs: 2, executor: given })).run.executor, given);
});
