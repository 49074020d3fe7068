import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import type { RunEvent } from "../../../engine/run/event.ts";
import { execute } from "../../../engine/run/execute.ts";
import type { Executor } from "../../../engine/run/executor.ts";
import { Interruption } from "../../../engine/run/problem.ts";
import type { ExecuteOptions } from "../../../engine/run/run_state.ts";
import { inThreads, opOf, performFrom } from "../../../engine/run/thread_executor.ts";
import type { StepTask } from "../../../engine/run/task.ts";
import { withBehind } from "../../../engine/store/behind.ts";
import { diskStore } from "../../../engine/store/disk_store.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { recipe as typed } from "../../../mod.ts";
import { figure } from "../own/entries.ts";
import { fakeOps, type FakeStep, graphOf, nowhere } from "./support/fake.ts";
import { list, threadOps as ops } from "./support/thread_ops.ts";

/** What `body` gives, given a folder that is gone afterwards. */
async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs steps, two at a time, in a cache in that folder. */
async function run(
  steps: readonly FakeStep[],
  folder: string,
  options: Partial<ExecuteOptions> = {},
) {
  const events: RunEvent[] = [];
  const execution = await execute(graphOf(steps), {
    store: await diskStore(`${folder}/cache`),
    environment: nowhere,
    jobs: 2,
    ...options,
    onEvent(event, graph) {
      events.push(event);
      options.onEvent?.(event, graph);
    },
  });
  const told = (...types: RunEvent["type"][]) =>
    events.flatMap((event) =>
      types.includes(event.type) && "step" in event ? [`${event.step} ${event.type}`] : []
    );
  const notices = events.flatMap((event) => event.type === "noticed" ? [event.sentence] : []);
  return { execution, events, told, notices };
}

const pair = (folder: string): FakeStep[] => [
  { name: "a", op: ops.meet, params: { folder, name: "a", other: "b" } },
  { name: "b", op: ops.meet, params: { folder, name: "b", other: "a" } },
  { name: "sum", op: ops.sum, inputs: { numbers: ["a", "b"] } },
];

Deno.test("steps that do not depend on one another run at one time, and what reads both comes behind", async () => {
  await inFolder(async (folder) => {
    const { execution, told } = await run(pair(folder), folder);
    assert.equal(execution.ending, "done", JSON.stringify(execution.problems));
    assert.equal(await execution.value("sum"), 2);
    assert.deepEqual(told("ran").at(-1), "sum ran");
  });
});

Deno.test("a task that has ended listens to its signal no longer", async () => {
  const { signal } = new AbortController();
  const { addEventListener: add, removeEventListener: remove } = signal;
  const listening = new Set<unknown>();
  signal.addEventListener = (type: string, listener: EventListener) => {
    listening.add(listener);
    add.call(signal, type, listener);
  };
  signal.removeEventListener = (type: string, listener: EventListener) => {
    if (type === "abort") listening.delete(listener);
    remove.call(signal, type, listener);
  };
  await inFolder(async (folder) => {
    const store = await diskStore(`${folder}/cache`);
    const nobody: Executor = { perform: () => assert.fail("is performed here") };
    const threads = inThreads({
      store,
      here: { executor: nobody, threads: 1 },
      notice: assert.fail,
    });
    const executor: Executor = {
      perform: (task, _signal, onProgress) => threads.perform(task, signal, onProgress),
    };
    const { execution } = await run(pair(folder), folder, { store, executor });
    assert.equal(execution.ending, "done", JSON.stringify(execution.problems));
  });
  assert.equal(listening.size, 0);
});

Deno.test("a sweep makes the same, in the same order, however many of its steps run at one time", async () => {
  const sweep = (typed as unknown as (value: object) => ReturnType<typeof typed>)({
    name: "widths",
    variables: { width: 4 },
    data: "iris",
    model: { use: "mlp", hidden: ["$width"], train: { epochs: 2 } },
    export: "tfjs",
    sweep: { over: { width: [3, 4, 5, 6, 7, 8, 9, 10] }, pareto: "result.bytes" },
  });
  await inFolder(async (folder) => {
    const one = await sweep.run({ cache: `${folder}/one`, threads: 1 });
    const two = await sweep.run({ cache: `${folder}/two`, threads: 1, jobs: 2 });
    assert.equal(two.ending, "done", JSON.stringify(two.problems));
    assert.deepEqual(two.lock, one.lock);
    const rows = ({ report }: typeof one) =>
      report.steps.map(({ name, status, key, artifact, notes: { training: _training } }) => ({
        name,
        status,
        key,
        artifact,
      }));
    assert.deepEqual(rows(two), rows(one));
    assert.deepEqual(two.table, one.table);
    const again = await sweep.run({ cache: `${folder}/two`, jobs: 2 });
    assert.deepEqual(new Set(again.steps.map(({ status }) => status)), new Set(["hit"]));
  });
});

Deno.test("references, notes of progress and seeds cross into a thread", async () => {
  await inFolder(async (folder) => {
    const { execution, events } = await run([
      { name: "n", op: ops.constant, params: { value: 4 } },
      {
        name: "same",
        op: ops.like,
        params: { list: [{ of: "n" }] },
        references: { "list.0.of": "n" },
      },
      { name: "quick", op: ops.block, params: { seconds: 0 } },
    ], folder);
    assert.equal(await execution.value("same"), 4);
    const progress = events.filter(({ type }) => type === "progress");
    assert.deepEqual(progress, [{
      type: "progress",
      step: "quick",
      fraction: 0,
      message: "blocks",
    }]);
  });
});

Deno.test("a cache in memory, and an op that names no module, are worked with here; it is said once", async () => {
  const { constant } = fakeOps();
  const alone: FakeStep[] = [
    { name: "a", op: constant, params: { value: 1 } },
    { name: "b", op: constant, params: { value: 2 } },
    { name: "sum", op: ops.sum, inputs: { numbers: ["a", "b"] } },
  ];
  await inFolder(async (folder) => {
    const own = await run(alone, folder);
    assert.equal(await own.execution.value("sum"), 3);
    assert.deepEqual(own.notices, ["`constant` names no `module`: its steps run here"]);
    const memory = await run(alone, folder, { store: memoryStore() });
    assert.equal(await memory.execution.value("sum"), 3);
    assert.deepEqual(memory.notices, [
      "the cache is in memory: its steps run here, one after another",
    ]);
  });
});

Deno.test("a task that was written as text is performed with a folder and modules alone", async () => {
  await inFolder(async (folder) => {
    const cache = `${folder}/cache`;
    const executor: Executor = {
      perform: (task, signal, onProgress) =>
        performFrom(cache, JSON.parse(JSON.stringify(task)), { signal, onProgress }),
    };
    const { execution } = await run(pair(folder), folder, { executor });
    assert.equal(await execution.value("sum"), 2);
  });
});

Deno.test("a thread sees records that others signed, and fetches what the folder lacks", async () => {
  await inFolder(async (folder) => {
    const local = await diskStore(`${folder}/cache`, { trusts: () => Promise.resolve(true) });
    const { execution: { located, outcomes } } = await run(pair(folder), folder);
    const { key } = located.get("sum")!;
    const outcome = outcomes.get("sum")!;
    const path = (kind: string, name: string) =>
      `${folder}/cache/${kind}/${name.slice(0, 2)}/${name.slice(2)}`;
    // The sum is a record of somebody else, and one of its summands lies elsewhere.
    const { digest } = outcomes.get("a")!.artifact;
    const bytes = await local.read(digest);
    for (const lost of [path("outcomes", key), path("blobs", digest)]) await Deno.remove(lost);
    const asked: unknown[] = [];
    const store = withBehind(local, {
      async fetch(name, most) {
        asked.push([name, most]);
        await local.keep(bytes);
        return true;
      },
      state: () => Promise.resolve(undefined),
      saved: () => {},
    });
    const here: Executor = { perform: () => assert.fail("is performed here") };
    const threads = inThreads({ store, here: { executor: here, threads: 1 }, notice: assert.fail });
    const told: string[] = [];
    const executor: Executor = {
      perform: (task, signal, onProgress) =>
        threads.perform(task, signal, (progress) => {
          told.push(progress.type);
          onProgress(progress);
        }),
    };
    await run(pair(folder), folder, { store, executor });
    assert.deepEqual(told, ["started"]);
    assert.deepEqual(asked, [[digest, outcomes.get("a")!.artifact.bytes]]);
    await Deno.remove(path("outcomes", key));
    const signing: Executor = {
      async perform(task, signal, onProgress) {
        await using intake = await local.intake();
        await intake.publish({ key, outcome, signed: { by: "them:key", signature: "theirs" } });
        return await executor.perform(task, signal, onProgress);
      },
    };
    await run(pair(folder), folder, { store, executor: signing });
    assert.deepEqual(told, ["started"], "it is not made again");
  });
});

Deno.test("what a step finds wrong in a thread has its code, its place and its way out", async () => {
  await inFolder(async (folder) => {
    const { execution } = await run([
      { name: "bad", op: ops.unfit, params: { ratio: 2 } },
      { name: "good", op: ops.constant, params: { value: 2 } },
    ], folder);
    assert.equal(execution.ending, "failed");
    assert.deepEqual(execution.problems, [{
      code: "out-of-range",
      message: "2 is never right",
      place: { path: "steps.bad.ratio" },
      help: "try another",
    }]);
  });
});

Deno.test("bytes that a step in a thread misses are made again by the step that made them", async () => {
  await inFolder(async (folder) => {
    const steps: FakeStep[] = [
      { name: "one", op: ops.constant, params: { value: 1 } },
      { name: "two", op: ops.add, inputs: { number: "one" }, params: { amount: 1 } },
    ];
    await run(steps, folder);
    await Deno.remove(`${folder}/cache/blobs`, { recursive: true });
    const { execution, told } = await run([
      ...steps,
      { name: "three", op: ops.add, inputs: { number: "two" }, params: { amount: 1 } },
    ], folder);
    assert.equal(await execution.value("three"), 3);
    assert.deepEqual(told("hit", "ran"), ["one hit", "two hit", "one ran", "two ran", "three ran"]);
  });
});

Deno.test("what reads a clock runs while nothing else does", async () => {
  await inFolder(async (folder) => {
    const { told } = await run([
      { name: "n", op: ops.constant, params: { value: 1 } },
      { name: "before", op: ops.block, params: { seconds: 0.3 } },
      { name: "time", op: ops.clock, inputs: { model: "n" } },
      { name: "after", op: ops.block, params: { seconds: 0.2 } },
    ], folder);
    const order = told("started", "ran");
    const at = order.indexOf("time started");
    assert.deepEqual(order.slice(at - 1, at + 3), [
      "before ran",
      "time started",
      "time ran",
      "after started",
    ]);
  });
});

Deno.test("a signal ends a run whose steps do not look at it, and what is not begun stays so", async () => {
  await inFolder(async (folder) => {
    const controller = new AbortController();
    let asked = false;
    const { execution, told } = await run(
      [
        { name: "blocking", op: ops.block, params: { seconds: 60 } },
        { name: "waits", op: ops.meet, params: { folder, name: "x", other: "y" } },
        { name: "late", op: ops.constant, params: { value: 1 } },
      ],
      folder,
      {
        signal: controller.signal,
        onEvent({ type }) {
          if (type !== "progress" || asked) return;
          asked = true;
          controller.abort(new Interruption("terminated"));
        },
      },
    );
    assert.equal(execution.ending, "terminated");
    assert.deepEqual([...execution.outcomes.keys()], []);
    // Nothing waited for the step that blocks.
    assert.deepEqual(told("ran"), []);
  });
});

Deno.test("a failure ends no step that runs beside it; told to keep going, all that can be done is done", async () => {
  await inFolder(async (folder) => {
    const steps: FakeStep[] = [
      { name: "bad", op: ops.unfit, params: { ratio: 2 } },
      // Ends when the failure of the other has been told, and not before.
      { name: "beside", op: ops.meet, params: { folder, name: "beside", other: "failed" } },
      { name: "on", op: ops.add, inputs: { number: "bad" }, params: { amount: 1 } },
      { name: "other", op: ops.add, inputs: { number: "beside" }, params: { amount: 1 } },
    ];
    const onEvent = ({ type }: RunEvent): void => {
      if (type === "failed") Deno.writeTextFileSync(`${folder}/failed`, "");
    };
    const first = await run(steps, folder, { onEvent });
    assert.ok(first.execution.outcomes.has("beside"));
    assert.ok(!first.execution.outcomes.has("other"));
    const second = await run(steps, folder, { keepGoing: true });
    assert.equal(await second.execution.value("other"), 2);
    assert.equal(second.execution.ending, "failed");
  });
});

Deno.test("an op is found in its module by name, version and text, alone or in a list", async () => {
  const module = new URL("./support/thread_ops.ts", import.meta.url).href;
  assert.equal(
    await opOf({ name: "meet", version: 1, module }),
    list.find((op) => op.name === "meet"),
  );
  await assert.rejects(
    opOf({ name: "meet", version: 2, module }),
    /exports no op "meet" of version 2/,
  );
  const code = "0".repeat(64) as never;
  await assert.rejects(opOf({ name: "meet", version: 1, code, module }), /as it is used/);
});

Deno.test("an op of a thread has the entries of one's own that its step uses, from their modules", async () => {
  const module = new URL("../own/entries.ts", import.meta.url).href;
  const { code, list, name, version } = figure;
  const used = { list, name, version, code, module };
  const ops = new URL("../../../ops/mod.ts", import.meta.url).href;
  const evaluate = { name: "evaluate", version: 2, module: ops };
  const op = await opOf({ ...evaluate, own: [used] });
  assert.deepEqual(op.own!({ metrics: ["figure", "accuracy"] }).map(({ name }) => name), [
    "figure",
  ]);
  assert.equal((await opOf(evaluate)).own, undefined);
  for (const other of [{ version: 2 }, { name: "other" }, { list: "terms" }, { code: "0" }]) {
    const own = [{ ...used, ...other } as typeof used];
    await assert.rejects(
      opOf({ ...evaluate, own }),
      /entries\.ts exports no ".*" of version . as it is used/,
    );
  }
});

/** What is performed here, with its settings, and what is said of it, for a task in a store with a folder. */
async function performedHere(task: object) {
  const said: string[] = [];
  const here: unknown[] = [];
  const executor: Executor = {
    perform: ({ settings }) => {
      here.push(settings);
      return Promise.resolve({} as never);
    },
  };
  const store = { ...memoryStore(), folder: "/cache" };
  const { perform } = inThreads({
    store,
    here: { executor, threads: 5 },
    notice: (sentence) => void said.push(sentence),
  });
  const settings = { threads: 1, memory: 7, host: "nowhere" };
  for (let time = 0; time < 2; time++) {
    await perform(
      { references: {}, ...task, settings } as never,
      new AbortController().signal,
      () => {},
    );
  }
  assert.deepEqual(here, [{ ...settings, threads: 5 }, { ...settings, threads: 5 }]);
  return said;
}

const root = new URL("../../../", import.meta.url).pathname;

Deno.test({
  name: "where threads may not read Decant's modules, steps run here, which is said once",
  permissions: { read: false },
  async fn() {
    assert.deepEqual(await performedHere({ op: { name: "far", module: "file:///ops.ts" } }), [
      "Deno does not allow threads to read Decant's modules: steps run here, one after another",
    ]);
  },
});

Deno.test({
  name: "where threads may not read an op's module, its steps run here, and those that refer to it",
  permissions: { read: [root] },
  async fn() {
    const far = { name: "far", module: "file:///elsewhere/ops.ts" };
    const sentence =
      "Deno does not allow threads to read /elsewhere/ops.ts: steps with `far` run here";
    assert.deepEqual(await performedHere({ op: far }), [sentence]);
    const near = { name: "near", module: new URL("./support/thread_ops.ts", import.meta.url).href };
    assert.deepEqual(await performedHere({ op: near, references: { ab: { op: far } } }), [
      sentence,
    ]);
    const own = { name: "own" };
    assert.deepEqual(await performedHere({ op: near, references: { ab: { op: own } } }), [
      "`own` names no `module`: its steps run here",
    ]);
  },
});

Deno.test("an op that its module does not export as it is used is refused with all of that", async () => {
  const module = new URL("./support/thread_ops.ts", import.meta.url).href;
  await assert.rejects(opOf({ name: "nothing", version: 3, module }), {
    message: `${module} exports no op "nothing" of version 3 as it is used`,
  });
});

Deno.test("a task that is no longer wanted is given to no thread", async () => {
  await inFolder(async (folder) => {
    const store = await diskStore(`${folder}/cache`);
    const why = new Error("enough");
    const keys: StepTask["key"][] = [];
    const executor: Executor = {
      perform: async (task, _signal, onProgress) => {
        keys.push(task.key);
        const threads = inThreads({
          store,
          here: { executor, threads: 1 },
          notice: (sentence) => assert.fail(sentence),
        });
        await assert.rejects(
          threads.perform(task, AbortSignal.abort(why), onProgress),
          (error) => error === why,
        );
        throw why;
      },
    };
    const { execution } = await run(
      [{ name: "one", op: ops.constant, params: { value: 2 } }],
      folder,
      { store, executor },
    );
    assert.match(execution.problems[0]!.message, /enough/);
    assert.equal(keys.length, 1);
    assert.equal(await store.outcome(keys[0]!), undefined);
  });
});

Deno.test("a step in a thread hears how the run is to end; what it throws then is no failure of its own", async () => {
  await inFolder(async (folder) => {
    const controller = new AbortController();
    const { execution, told } = await run(
      [{ name: "waiting", op: ops.wait, params: { folder } }],
      folder,
      {
        signal: controller.signal,
        onEvent({ type }) {
          if (type === "progress") controller.abort(new Interruption("terminated"));
        },
      },
    );
    assert.equal(await Deno.readTextFile(`${folder}/ending`), "terminated");
    assert.equal(execution.ending, "terminated");
    assert.deepEqual([execution.problems, told("failed")], [[], []]);
  });
});

Deno.test("a step that is left while it saves leaves no file that has no name yet, and can make none", async () => {
  await inFolder(async (folder) => {
    const controller = new AbortController();
    const unpublished: string[][] = [];
    const files = (): string[] =>
      readdirSync(`${folder}/cache/tmp`, { recursive: true, withFileTypes: true })
        .flatMap((each) => each.isFile() && each.name !== "lock" ? [each.name] : []);
    const { execution } = await run([{ name: "saving", op: ops.save, params: {} }], folder, {
      signal: controller.signal,
      onEvent({ type }) {
        if (type !== "progress") return;
        unpublished.push(files());
        controller.abort(new Interruption("interrupted"));
      },
    });
    assert.equal(execution.ending, "interrupted");
    assert.equal(unpublished[0]!.length, 1);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${folder}/cache/tmp`)), []);
  });
});

Deno.test("code of one's own that no module exports keeps its step here", async () => {
  const module = new URL("../../../ops/mod.ts", import.meta.url).href;
  const own = [{ list: "metrics", name: "alone", version: 1 }];
  assert.deepEqual(await performedHere({ op: { name: "evaluate", version: 2, module, own } }), [
    "`alone` names no `module`: its steps run here",
  ]);
});
