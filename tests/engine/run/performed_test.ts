import assert from "node:assert/strict";
import type { Digest } from "../../../engine/digest.ts";
import { execute } from "../../../engine/run/execute.ts";
import { type Executor, inThisThread } from "../../../engine/run/executor.ts";
import { performed, type Performing, valueOf } from "../../../engine/run/performed.ts";
import type { RunEvent } from "../../../engine/run/event.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { CorruptBlobError } from "../../../engine/store/store.ts";
import { captured } from "./support/captured.ts";
import { fakeOps, type FakeStep, graphOf, nowhere } from "./support/fake.ts";

const steps: readonly FakeStep[] = (() => {
  const ops = fakeOps();
  return [
    { name: "one", op: ops.constant, params: { value: 1 } },
    { name: "more", op: ops.add, inputs: { number: "one" }, params: { amount: 1 } },
  ];
})();

/** The types of what is told in a run whose executor is wrapped. */
async function told(wrap: (inner: Executor) => Executor, store = memoryStore()) {
  const graph = graphOf(steps);
  const events: RunEvent[] = [];
  const execution = await execute(graph, {
    store,
    environment: nowhere,
    executor: wrap(inThisThread(graph, store)),
    onEvent: (event) => void events.push(event),
  });
  const said = events.flatMap((event) => "step" in event ? [`${event.type} ${event.step}`] : []);
  return { said, execution };
}

Deno.test("a step that is performed is started and ran; one that another has performed is a hit", async () => {
  const { said } = await told((inner) => inner);
  assert.deepEqual(said, ["started one", "ran one", "started more", "ran more"]);
  const quiet = await told((inner) => ({
    perform: (task, signal) => inner.perform(task, signal, () => {}),
  }));
  assert.deepEqual(quiet.said, ["hit one", "hit more"]);
});

Deno.test("bytes of an input that are gone are made again, once, and the step goes on", async () => {
  let lost = 0;
  const { said, execution } = await told((inner) => ({
    perform(task, signal, onProgress) {
      if (task.step === "more" && lost++ === 0) {
        const { digest } = task.inputs.number as { readonly digest: Digest };
        return Promise.reject(new CorruptBlobError(digest, "missing"));
      }
      return inner.perform(task, signal, onProgress);
    },
  }));
  assert.equal(execution.ending, "done");
  // What made them is looked up first, and its record serves here.
  assert.deepEqual(said, ["started one", "ran one", "hit one", "started more", "ran more"]);
});

Deno.test("bytes that are gone twice are a fault of the disk, and so are those that nobody made", async () => {
  const always = (digest: (task: { inputs: Record<string, unknown> }) => Digest) =>
    told((inner) => ({
      perform: (task, signal, onProgress) =>
        task.step === "more"
          ? Promise.reject(new CorruptBlobError(digest(task as never), "missing"))
          : inner.perform(task, signal, onProgress),
    })).then(({ execution }) => execution.problems.length, () => 1);
  assert.equal(await always(({ inputs }) => (inputs.number as { digest: Digest }).digest), 1);
  assert.equal(await always(() => "0".repeat(64) as Digest), 1);
});

Deno.test("what cannot be told fails the step, but not before it has come to its end", async () => {
  const graph = graphOf(steps.slice(0, 1));
  const store = memoryStore();
  const inner = inThisThread(graph, store);
  let ended = false;
  const run = {
    walk: { outcomes: new Map(), located: new Map(), graph },
    store,
    trust: { base: "/", pins: {} },
    signal: new AbortController().signal,
    settings: () => ({ threads: 1, memory: 1e9, host: "nowhere" }),
    executor: {
      async perform(...args: Parameters<Executor["perform"]>) {
        const outcome = await inner.perform(...args);
        // What failed meanwhile must have somebody who waits for it, or the process ends.
        await new Promise((resolve) => setTimeout(resolve, 0));
        ended = true;
        return outcome;
      },
    },
    tell: (event: RunEvent) =>
      event.type === "started" ? Promise.reject(new TypeError("full")) : Promise.resolve(),
  } as never as Performing;
  const { key, preimage } = (await captured(steps, memoryStore())).tasks.get("one")!;
  const located = { key, preimage, sources: [] } as never;
  await assert.rejects(performed(run, graph.nodes[0]!, located, { why: "new" }), TypeError);
  assert.equal(ended, true);
});

Deno.test("the value of a finished step is what it made, and of lost bytes that nobody makes again an error", async () => {
  const store = memoryStore();
  const { execution } = await told((inner) => inner, store);
  assert.equal(await execution.value("more"), 2);
  const graph = graphOf(steps);
  const node = graph.node("one")!;
  const outcome = { artifact: { digest: "0".repeat(64) }, blobs: [] };
  const run = {
    walk: { outcomes: new Map([["one", outcome]]), located: new Map() },
    store,
  } as never as Performing;
  await assert.rejects(valueOf(run, node), CorruptBlobError);
});

Deno.test("of several inputs the one whose bytes are gone is made again, and no other", async () => {
  const ops = fakeOps();
  const graph = graphOf([
    { name: "one", op: ops.constant, params: { value: 1 } },
    { name: "two", op: ops.constant, params: { value: 2 } },
    { name: "sum", op: ops.sum, inputs: { numbers: ["one", "two"] } },
  ]);
  const store = memoryStore();
  const inner = inThisThread(graph, store);
  const log: string[] = [];
  let lost = 0;
  const executor: Executor = {
    perform(task, signal, onProgress) {
      log.push(`${task.step} ${task.cause.why}`);
      if (task.step === "sum" && lost++ === 0) {
        const [, two] = task.inputs["numbers"] as readonly { readonly digest: Digest }[];
        return Promise.reject(new CorruptBlobError(two!.digest, "missing"));
      }
      return inner.perform(task, signal, onProgress);
    },
  };
  await execute(graph, { store, environment: nowhere, executor });
  assert.deepEqual(log, ["one new", "two new", "sum new", "two damaged", "sum new"]);
});

Deno.test("a step is tried again once for bytes that are gone, and a value as often", async () => {
  const graph = graphOf(steps);
  const { tasks } = await captured(steps, memoryStore());
  const store = memoryStore();
  const inner = inThisThread(graph, store);
  const log: string[] = [];
  const { execution } = await told((inner) => ({
    perform(task, signal, onProgress) {
      log.push(`${task.step} ${task.cause.why}`);
      if (log.length > 9) throw new TypeError("for ever");
      if (task.step !== "more") return inner.perform(task, signal, onProgress);
      const { digest } = task.inputs["number"] as { readonly digest: Digest };
      return Promise.reject(new CorruptBlobError(digest, "missing"));
    },
  })).catch(() => ({ execution: undefined }));
  assert.ok(execution === undefined || execution.problems.length === 1);
  assert.deepEqual(log, ["one new", "more new", "one damaged", "more new"]);
  const { key, preimage } = tasks.get("one")!;
  const node = graph.node("one")!;
  const elsewhere = memoryStore();
  const signal = new AbortController().signal;
  const made = await inThisThread(graph, elsewhere).perform(tasks.get("one")!, signal, () => {});
  let performs = 0;
  const run = (makes: boolean) => ({
    walk: {
      graph,
      outcomes: new Map([["one", made]]),
      located: new Map([["one", { key, preimage, sources: [] }]]),
    },
    store,
    trust: { base: "/", pins: {} },
    signal,
    settings: () => ({ threads: 1, memory: 1e9, host: "nowhere" }),
    executor: {
      perform(...args: Parameters<Executor["perform"]>) {
        if (++performs > 9) throw new TypeError("for ever");
        return makes ? inner.perform(...args) : Promise.resolve(made);
      },
    },
    tell: () => Promise.resolve(),
  } as never as Performing);
  await assert.rejects(valueOf(run(false), node), CorruptBlobError);
  assert.equal(performs, 1);
  assert.equal(await valueOf(run(true), node), 1);
});

Deno.test("whoever watches is told, while a long step runs, what its nearest record took", async () => {
  const store = memoryStore();
  const [one, more] = steps as [FakeStep, FakeStep];
  const run = async (amount: number, watched: boolean) => {
    const graph = graphOf([one, { ...more, params: { amount } }]);
    const inner = inThisThread(graph, store);
    const events: RunEvent[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    await execute(graph, {
      store,
      environment: nowhere,
      watched,
      executor: {
        async perform(task, signal, onProgress) {
          const outcome = await inner.perform(task, signal, onProgress);
          if (task.step === "more") await (watched ? promise : undefined);
          return outcome;
        },
      },
      onEvent(event) {
        events.push(event);
        if (event.type === "expected") resolve();
      },
    });
    return events.flatMap((event) => "step" in event ? [`${event.type} ${event.step}`] : []);
  };
  assert.deepEqual(await run(1, false), ["started one", "ran one", "started more", "ran more"]);
  const later = ["hit one", "started more", "expected more", "ran more"];
  assert.deepEqual(await run(2, true), later);
});

Deno.test("that a step fetches a large package is said before it starts", async () => {
  const { constant } = fakeOps();
  const fetches = () => ({ specifier: "npm:decant-nowhere@0.0.0", bytes: 2e7 });
  const events: RunEvent[] = [];
  await execute(graphOf([{ name: "one", op: { ...constant, fetches }, params: { value: 1 } }]), {
    store: memoryStore(),
    environment: nowhere,
    onEvent: (event) => void events.push(event),
  });
  const told = events.filter(({ type }) => type === "noticed" || type === "started");
  assert.deepEqual(told.map((event) => event.type === "noticed" ? event.sentence : event.type), [
    "`one` needs npm:decant-nowhere@0.0.0: Deno fetches 20.0 MB, once",
    "started",
  ]);
});
