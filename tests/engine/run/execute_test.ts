import assert from "node:assert/strict";
import { given } from "../../../engine/given.ts";
import type { Executor } from "../../../engine/run/executor.ts";
import { performTask } from "../../../engine/run/perform.ts";
import type { RunEvent } from "../../../engine/run/event.ts";
import { execute } from "../../../engine/run/execute.ts";
import type { ExecuteOptions } from "../../../engine/run/run_state.ts";
import { Interruption } from "../../../engine/run/problem.ts";
import { type LockedStep, lockOf } from "../../../engine/run/lock.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { type Recorded, StoreError } from "../../../engine/store/store.ts";
import { DecantError } from "../../../engine/error.ts";
import { defineOp, Type } from "../../../engine/op.ts";
import { fakeOps, type FakeStep, graphOf, nowhere, numberKind } from "./support/fake.ts";

/** Runs steps and says what became of each: `["one ran", "two hit"]`. */
async function run(steps: readonly FakeStep[], options: Partial<ExecuteOptions> = {}) {
  const events: RunEvent[] = [];
  const execution = await execute(graphOf(steps), {
    store: memoryStore(),
    environment: nowhere,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const happened = events.flatMap((event) =>
    event.type === "hit" || event.type === "ran" || event.type === "failed" ||
      event.type === "skipped"
      ? [`${event.step} ${event.type}`]
      : []
  );
  return { execution, happened, events };
}

function chain(ops: ReturnType<typeof fakeOps>, start = 1, amount = 2): FakeStep[] {
  return [
    { name: "one", op: ops.constant, params: { value: start } },
    { name: "three", op: ops.add, inputs: { number: "one" }, params: { amount } },
    { name: "score", op: ops.score, inputs: { model: "three" } },
  ];
}

Deno.test("steps run in order, and a second run is all hits with the same artifacts", async () => {
  const log: string[] = [];
  const store = memoryStore();
  const first = await run(chain(fakeOps(log)), { store });
  assert.deepEqual(first.happened, ["one ran", "three ran", "score ran"]);
  assert.equal(await first.execution.value("three"), 3);
  const again = await run(chain(fakeOps(log)), { store });
  assert.deepEqual(again.happened, ["one hit", "three hit", "score hit"]);
  assert.deepEqual(log, ["constant", "add", "evaluate"]);
  assert.deepEqual(
    [...again.execution.outcomes].map(([name, { artifact }]) => [name, artifact]),
    [...first.execution.outcomes].map(([name, { artifact }]) => [name, artifact]),
  );
  assert.equal(again.execution.ending, "done");
});

Deno.test("a changed parameter runs its step and what follows, nothing else", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  await run(chain(ops), { store });
  assert.deepEqual((await run(chain(ops, 1, 5), { store })).happened, [
    "one hit",
    "three ran",
    "score ran",
  ]);
});

Deno.test("a step that makes the same bytes as before ends the wave of re-running", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  await run(chain(ops, 1, 2), { store });
  assert.deepEqual((await run(chain(ops, 2, 1), { store })).happened, [
    "one ran",
    "three ran",
    "score hit",
  ]);
});

Deno.test("renamed steps are hits", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  await run(chain(ops), { store });
  const renamed: FakeStep[] = [
    { name: "uno", op: ops.constant, params: { value: 1 } },
    { name: "tres", op: ops.add, inputs: { number: "uno" }, params: { amount: 2 } },
  ];
  assert.deepEqual((await run(renamed, { store })).happened, ["uno hit", "tres hit"]);
});

Deno.test("a part of an input that a step does not read may change without it", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  const steps = (value: number): FakeStep[] => [
    { name: "n", op: ops.constant, params: { value } },
    { name: "w", op: ops.whole, inputs: { number: "n" } },
  ];
  await run(steps(7.25), { store });
  assert.deepEqual((await run(steps(7.5), { store })).happened, ["n ran", "w hit"]);
  assert.deepEqual((await run(steps(8.5), { store })).happened, ["n ran", "w ran"]);
});

Deno.test("a reference in a parameter is an input: the op finds its value, a change of it reruns the op", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  const steps = (value: number): FakeStep[] => [
    { name: "n", op: ops.constant, params: { value } },
    {
      name: "same",
      op: ops.like,
      params: { list: [{ of: "n" }] },
      references: { "list.0.of": "n" },
    },
  ];
  const { execution } = await run(steps(4), { store });
  assert.equal(await execution.value("same"), 4);
  assert.deepEqual((await run(steps(5), { store })).happened, ["n ran", "same ran"]);
});

Deno.test("lists of inputs arrive in order", async () => {
  const ops = fakeOps();
  const { execution } = await run([
    { name: "a", op: ops.constant, params: { value: 1 } },
    { name: "b", op: ops.constant, params: { value: 10 } },
    { name: "s", op: ops.sum, inputs: { numbers: ["a", "b", "a"] } },
  ]);
  assert.equal(await execution.value("s"), 12);
});

Deno.test("after a failure nothing more is started, and no failure is stored", async () => {
  const log: string[] = [];
  const ops = fakeOps(log);
  const store = memoryStore();
  const steps: FakeStep[] = [
    { name: "a", op: ops.constant, params: { value: 1 } },
    { name: "bad", op: ops.fail, inputs: { number: "a" } },
    { name: "after", op: ops.add, inputs: { number: "bad" }, params: { amount: 1 } },
    { name: "beside", op: ops.add, inputs: { number: "a" }, params: { amount: 1 } },
  ];
  const { happened, execution } = await run(steps, { store });
  assert.deepEqual(happened, ["a ran", "bad failed", "after skipped", "beside skipped"]);
  assert.equal(execution.ending, "failed");
  assert.deepEqual(execution.problems, [{
    code: "step-failed",
    message: "`bad` failed: numbers are not everything",
    place: { path: "steps.bad" },
  }]);
  await run(steps, { store });
  assert.deepEqual(log, ["constant", "fail", "fail"]);
});

Deno.test("a failed step that no other reads loses nothing but itself, and is not stored", async () => {
  const log: string[] = [];
  const ops = fakeOps(log);
  const store = memoryStore();
  const steps: FakeStep[] = [
    { name: "a", op: ops.constant, params: { value: 1 } },
    { name: "bad", op: ops.fail, inputs: { number: "a" } },
    { name: "worse", op: ops.fail, inputs: { number: "a" } },
    { name: "beside", op: ops.add, inputs: { number: "a" }, params: { amount: 1 } },
    { name: "score", op: ops.score, inputs: { model: "beside" } },
  ];
  const { happened, execution } = await run(steps, { store });
  assert.deepEqual(happened, [
    "a ran",
    "bad failed",
    "worse failed",
    "beside ran",
    "score ran",
  ]);
  assert.equal(execution.ending, "failed");
  assert.deepEqual(execution.problems.map(({ place }) => place), [
    { path: "steps.bad" },
    { path: "steps.worse" },
  ]);
  log.length = 0;
  await run(steps, { store });
  assert.deepEqual(log, ["fail", "fail"]);
});

Deno.test("keep-going runs what does not depend on the failure", async () => {
  const ops = fakeOps();
  const { happened, execution } = await run([
    { name: "a", op: ops.constant, params: { value: 1 } },
    { name: "bad", op: ops.fail, inputs: { number: "a" } },
    { name: "after", op: ops.add, inputs: { number: "bad" }, params: { amount: 1 } },
    { name: "beside", op: ops.add, inputs: { number: "a" }, params: { amount: 1 } },
  ], { keepGoing: true });
  assert.deepEqual(happened, ["a ran", "bad failed", "after skipped", "beside ran"]);
  assert.equal(execution.ending, "failed");
});

Deno.test("a step that changes nothing fails", async () => {
  const ops = fakeOps();
  const { execution } = await run(chain(ops, 1, 0));
  assert.match(execution.problems[0]!.message, /`three` failed: it changed nothing/);
  const told = {
    ...ops.add,
    effect: ({ number }: { number: number }, sum: number) =>
      sum === number ? undefined : { by: sum - number },
  };
  const effective = await run([
    { name: "one", op: ops.constant, params: { value: 1 } },
    { name: "three", op: told, inputs: { number: "one" }, params: { amount: 2 } },
  ]);
  assert.deepEqual(effective.execution.outcomes.get("three")!.notes.effect, { by: 2 });
});

Deno.test("what an earlier step established must hold, or the step that broke it is named", async () => {
  const { execution } = await run(chain(fakeOps(), 1, 0.5));
  assert.equal(execution.problems[0]!.message, "`three` failed: the number is no longer whole");
  assert.deepEqual(execution.problems[0]!.place, { path: "steps.three" });
});

Deno.test("an artifact that is not finite is a failure", async () => {
  const { execution } = await run(chain(fakeOps(), 1e308, 1e308 * 1.7));
  assert.match(execution.problems[0]!.message, /artifacts are finite/);
});

Deno.test("notes and warnings are replayed on a hit", async () => {
  const talks = defineOp({
    name: "talks",
    version: 1,
    summary: "Talks",
    inputs: {},
    output: numberKind,
    numerics: "none",
    params: Type.Object({}),
    example: {},
    run(_inputs, _params, context) {
      context.note("curve", [3, 2, 1]);
      context.warn("this is a warning");
      return 1;
    },
  });
  const store = memoryStore();
  await run([{ name: "t", op: talks }], { store });
  const { execution, happened } = await run([{ name: "t", op: talks }], { store });
  assert.deepEqual(happened, ["t hit"]);
  const { notes, warnings } = execution.outcomes.get("t")!;
  assert.deepEqual([notes, warnings], [{ curve: [3, 2, 1] }, ["this is a warning"]]);
});

Deno.test("deleting every blob leaves a finished run all hits", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  await run(chain(ops), { store });
  store.contents.blobs.clear();
  assert.deepEqual((await run(chain(ops), { store })).happened, [
    "one hit",
    "three hit",
    "score hit",
  ]);
});

for (
  const [how, change] of [
    ["missing", undefined],
    ["flipped", (bytes: Uint8Array) => bytes.map((byte, at) => at === 0 ? byte ^ 1 : byte)],
    ["truncated", (bytes: Uint8Array) => bytes.slice(1)],
  ] as const
) {
  Deno.test(`a ${how} blob that a running step needs is made again by the steps that made it, only then`, async () => {
    const log: string[] = [];
    const ops = fakeOps(log);
    const store = memoryStore();
    const before = await run(chain(ops), { store });
    for (const [digest, bytes] of [...store.contents.blobs]) {
      if (change === undefined) store.contents.blobs.delete(digest);
      else store.contents.blobs.set(digest, change(bytes));
    }
    log.length = 0;
    const steps: FakeStep[] = [
      ...chain(ops),
      { name: "four", op: ops.add, inputs: { number: "three" }, params: { amount: 1 } },
    ];
    const { happened, execution } = await run(steps, { store });
    assert.deepEqual(happened, [
      "one hit",
      "three hit",
      "score hit",
      "one ran",
      "three ran",
      "four ran",
    ]);
    assert.deepEqual(log, ["constant", "add", "add"]);
    assert.equal(await execution.value("four"), 4);
    for (const name of ["one", "three"]) {
      assert.deepEqual(
        execution.outcomes.get(name)!.artifact,
        before.execution.outcomes.get(name)!.artifact,
      );
    }
  });
}

Deno.test("a damaged record is a miss: the step runs again and gives the same artifact", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  const before = await run(chain(ops), { store });
  for (const [key, bytes] of store.contents.outcomes) {
    bytes[bytes.length - 3]! ^= 4;
    store.contents.outcomes.set(key, bytes);
  }
  const after = await run(chain(ops), { store });
  assert.deepEqual(after.happened, ["one ran", "three ran", "score ran"]);
  assert.equal(store.contents.quarantine.size, 3);
  assert.equal(
    after.execution.outcomes.get("three")!.artifact.digest,
    before.execution.outcomes.get("three")!.artifact.digest,
  );
});

/** A number that is another each time: what no op may be. */
function fickle() {
  let next = 0;
  return defineOp({
    name: "fickle",
    version: 1,
    summary: "Is never the same",
    inputs: {},
    output: numberKind,
    numerics: "none",
    params: Type.Object({}),
    example: {},
    run: () => ++next,
  });
}

Deno.test("bytes that differ from the recorded ones stop the run, and both are kept", async () => {
  const ops = fakeOps();
  const op = fickle();
  const store = memoryStore();
  const steps = (amount: number): FakeStep[] => [
    { name: "f", op },
    { name: "g", op: ops.add, inputs: { number: "f" }, params: { amount } },
    { name: "h", op: ops.constant, params: { value: 3 } },
  ];
  await run(steps(1), { store });
  store.contents.blobs.clear();
  const { execution, happened } = await run(steps(2), { store, keepGoing: true });
  assert.equal(execution.ending, "refused");
  assert.deepEqual(happened, ["f hit", "g failed", "h skipped"]);
  assert.equal(execution.problems[0]!.code, "not-reproducible");
  assert.match(execution.problems[0]!.message, /`f` is not reproducible/);
  assert.equal(store.contents.quarantine.size, 1);
});

Deno.test("forcing runs a recorded step again and compares", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  await run(chain(ops), { store });
  const { happened } = await run(chain(ops), { store, force: "three" });
  assert.deepEqual(happened, ["one hit", "three ran", "score hit"]);
  assert.deepEqual((await run(chain(ops), { store, force: true })).happened, [
    "one ran",
    "three ran",
    "score ran",
  ]);
  const op = fickle();
  await run([{ name: "f", op }], { store });
  const forced = await run([{ name: "f", op }], { store, force: true });
  assert.equal(forced.execution.ending, "refused");
});

Deno.test("what a clock said is recalled on the same machine, measured anew on another, replaced when forced", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  const steps: FakeStep[] = [
    { name: "a", op: ops.constant, params: { value: 1 } },
    { name: "t", op: ops.clock, inputs: { model: "a" } },
  ];
  await run(steps, { store });
  assert.deepEqual((await run(steps, { store })).happened, ["a hit", "t hit"]);
  const elsewhere = { ...nowhere, host: "elsewhere" };
  assert.deepEqual((await run(steps, { store, environment: elsewhere })).happened, [
    "a hit",
    "t ran",
  ]);
  const forced = await run(steps, { store, force: "t" });
  assert.equal(forced.execution.ending, "done");
  assert.deepEqual(forced.happened, ["a hit", "t ran"]);
  const recalled = await run(steps, { store });
  assert.deepEqual(
    recalled.execution.outcomes.get("t")!.manifest,
    forced.execution.outcomes.get("t")!.manifest,
  );
});

Deno.test("until runs a step and what it needs", async () => {
  const ops = fakeOps();
  const { happened } = await run([
    { name: "x", op: ops.constant, params: { value: 9 } },
    ...chain(ops),
  ], { until: "three" });
  assert.deepEqual(happened, ["one ran", "three ran"]);
});

Deno.test("an interruption ends the run in order: nothing half done is stored", async () => {
  const stop = new AbortController();
  const ops = fakeOps();
  const long = defineOp({
    name: "long",
    version: 1,
    summary: "Takes its time",
    inputs: {},
    output: numberKind,
    numerics: "none",
    params: Type.Object({}),
    example: {},
    run(_inputs, _params, { signal }) {
      stop.abort(new Interruption("terminated"));
      signal.throwIfAborted();
      return 1;
    },
  });
  const store = memoryStore();
  const { execution, happened } = await run([
    { name: "a", op: ops.constant, params: { value: 1 } },
    { name: "l", op: long },
    { name: "b", op: ops.constant, params: { value: 2 } },
  ], { store, signal: stop.signal });
  assert.deepEqual(happened, ["a ran", "l skipped", "b skipped"]);
  assert.equal(execution.ending, "terminated");
  assert.equal(store.contents.outcomes.size, 1);
});

Deno.test("a checkpoint is found by the next run of the same step, and gone when the step is done", async () => {
  let fail = true;
  const seen: (string | undefined)[] = [];
  const op = defineOp({
    name: "saves",
    version: 1,
    summary: "Saves",
    inputs: {},
    output: numberKind,
    numerics: "none",
    params: Type.Object({}),
    example: {},
    async run(_inputs, _params, { checkpoints }) {
      const state = await checkpoints.load();
      seen.push(state && new TextDecoder().decode(state));
      await checkpoints.save(new TextEncoder().encode("half way"));
      if (fail) throw new Error("killed");
      return 1;
    },
  });
  const store = memoryStore();
  await run([{ name: "s", op }], { store });
  fail = false;
  await run([{ name: "s", op }], { store });
  assert.deepEqual(seen, [undefined, "half way"]);
  assert.equal(store.contents.checkpoints.size, 0);
});

Deno.test("the journal of a run has a line for each thing that happened", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  await run(chain(ops).slice(0, 2), { store });
  const [lines] = [...store.contents.journals.values()];
  assert.deepEqual(
    lines!.map(({ event, step }) => step === undefined ? event : `${event} ${step}`),
    ["began", "started one", "ran one", "started three", "ran three", "ended"],
  );
});

Deno.test("facts that only a source can tell let the rest be compiled once they are known", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(`${folder.path}/n.txt`, "5");
  const ops = fakeOps();
  const base = { base: `${folder.path}/` };
  const source: FakeStep = { name: "n", op: ops.file, params: { from: "./n.txt" } };
  const open = graphOf([
    source,
    { name: "m", op: ops.add, inputs: { number: "n" }, params: {}, waits: "n" },
  ], base);
  const filled = graphOf([
    source,
    { name: "m", op: ops.add, inputs: { number: "n" }, params: { amount: 2 } },
  ], base);
  // What is only unwise is said with the graph, and stops nothing.
  const warning = { code: "order", severity: "warning", message: "m", path: "steps.m" } as const;
  const known: unknown[] = [];
  const store = memoryStore();
  const options = {
    store,
    environment: nowhere,
    recompile: (facts: ReadonlyMap<string, unknown>) => {
      known.push([...facts]);
      return { ...filled, diagnostics: [warning] };
    },
  };
  const first = await execute(open, options);
  assert.equal(await first.value("m"), 7);
  store.contents.blobs.clear();
  const again = await execute(open, options);
  assert.equal(again.ending, "done");
  const found = ["n", { kind: "model", learned: true, layers: [], established: [] }];
  assert.deepEqual(known, [[found], [found]]);
});

Deno.test("sources enter by content: touched or moved files are hits, changed ones run", async () => {
  await using folder = await tempFolder();
  const ops = fakeOps();
  const store = memoryStore();
  const at = (from: string) =>
    execute(graphOf([{ name: "n", op: ops.file, params: { from } }], { base: `${folder.path}/` }), {
      store,
      environment: nowhere,
    });
  await Deno.writeTextFile(`${folder.path}/n.txt`, "5");
  const keyOf = async (from: string) => {
    const { outcomes } = await at(from);
    return [store.contents.outcomes.size, outcomes.get("n")!.artifact.digest];
  };
  const [, five] = await keyOf("./n.txt");
  await Deno.writeTextFile(`${folder.path}/n.txt`, "5");
  await Deno.mkdir(`${folder.path}/under`);
  await Deno.copyFile(`${folder.path}/n.txt`, `${folder.path}/under/m.txt`);
  assert.deepEqual(await keyOf("n.txt"), [1, five]);
  assert.deepEqual(await keyOf("./under/m.txt"), [1, five]);
  await Deno.writeTextFile(`${folder.path}/n.txt`, "6");
  assert.equal((await keyOf("./n.txt"))[0], 2);
  await Deno.writeTextFile(`${folder.path}/under/a #1%.txt`, "10");
  const { outcomes, value } = await at("./under");
  assert.equal(await value("n"), 15);
  assert.equal(outcomes.get("n")!.facts !== undefined, true);
});

Deno.test("a store is offered what each step made, and told which of its sources lie on this machine", async () => {
  await using folder = await tempFolder();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    return new Response("7");
  });
  const far = `http://127.0.0.1:${server.addr.port}/n.txt`;
  await Deno.writeTextFile(`${folder.path}/n.txt`, "5");
  const ops = fakeOps();
  const offered: unknown[] = [];
  const sharing = {
    offer({ outcome }: Recorded, local: readonly string[]) {
      offered.push([outcome.artifact.kind, local]);
      return Promise.resolve(true);
    },
    settled: () => Promise.resolve(void offered.push("settled")),
  };
  const graph = graphOf([
    { name: "one", op: ops.constant, params: { value: 1 } },
    { name: "near", op: ops.file, params: { from: "./n.txt" } },
    { name: "far", op: ops.file, params: { from: far } },
  ], { base: `${folder.path}/` });
  const store = { ...memoryStore(), sharing: sharing as never };
  const { problems } = await execute(graph, { store, environment: nowhere });
  assert.deepEqual(problems, []);
  assert.equal(offered.pop(), "settled");
  const texts = offered.map((each) => JSON.stringify(each)).sort();
  assert.deepEqual(texts, ['["model",["./n.txt"]]', '["model",[]]', '["model",[]]']);
});

Deno.test("a source that is not there is found before anything runs", async () => {
  const log: string[] = [];
  const ops = fakeOps(log);
  const { execution, happened } = await run([
    { name: "a", op: ops.constant, params: { value: 1 } },
    { name: "n", op: ops.file, params: { from: "./nothing-here.txt" } },
  ]);
  assert.equal(execution.ending, "recipe");
  assert.deepEqual([log, happened], [[], []]);
  assert.match(execution.problems[0]!.message, /`\.\/nothing-here\.txt` is not there/);
});

async function tempFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Why steps were not started, or not ended, in order. */
const reasons = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) => event.type === "skipped" ? [`${event.step}: ${event.because}`] : []);

Deno.test("each step that is skipped says why", async () => {
  const ops = fakeOps();
  const steps: FakeStep[] = [
    { name: "bad", op: ops.fail },
    { name: "after", op: ops.add, inputs: { number: "bad" }, params: { amount: 1 } },
    { name: "beside", op: ops.constant, params: { value: 1 } },
  ];
  assert.deepEqual(reasons((await run(steps)).events), [
    "after: not started: an earlier step failed",
    "beside: not started: an earlier step failed",
  ]);
  assert.deepEqual(reasons((await run(steps, { keepGoing: true })).events), [
    "after: not started: `bad` is missing",
  ]);
  const op = fickle();
  const store = memoryStore();
  const others = [{ name: "f", op }, { name: "one", op: ops.constant, params: { value: 1 } }];
  await run([{ name: "f", op }], { store });
  const refused = await run(others, { store, force: true, keepGoing: true });
  assert.deepEqual(reasons(refused.events), ["one: not started: the run was stopped"]);
});

Deno.test("a step that others wait for stops the run, although none reads it", async () => {
  const ops = fakeOps();
  const { events } = await run([
    { name: "bad", op: ops.fail },
    { name: "waits", op: ops.constant, params: { value: 1 }, waits: "bad" },
    { name: "beside", op: ops.constant, params: { value: 2 } },
  ]);
  assert.ok(reasons(events).includes("beside: not started: an earlier step failed"));
});

Deno.test("an interrupted step says that the next run goes on from there, and the rest that it was not started", async () => {
  const ops = fakeOps();
  const stop = new AbortController();
  const stops = {
    ...ops.constant,
    name: "stops",
    run: (): number => {
      stop.abort(new Interruption("interrupted"));
      throw new Error("anything");
    },
  };
  const { events, execution } = await run([
    { name: "long", op: stops, params: { value: 1 } },
    { name: "late", op: ops.constant, params: { value: 2 } },
  ], { signal: stop.signal });
  assert.deepEqual(reasons(events), [
    "long: interrupted; the next run goes on from there",
    "late: not started: the run was interrupted",
  ]);
  assert.deepEqual([execution.ending, execution.problems], ["interrupted", []]);
});

Deno.test("a run that was interrupted before it began looks at no source and starts nothing", async () => {
  const ops = fakeOps();
  const signal = AbortSignal.abort(new Interruption("terminated"));
  const { events, execution } = await run([
    { name: "n", op: ops.file, params: { from: "./nothing-here.txt" } },
  ], { signal });
  assert.deepEqual(reasons(events), ["n: not started: the run was interrupted"]);
  assert.deepEqual([execution.ending, execution.problems], ["terminated", []]);
});

Deno.test("what is told of a run is its graph, each cause, and of a failure all that is known", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  const steps: FakeStep[] = [
    { name: "one", op: ops.constant, params: { value: 1 } },
    { name: "bad", op: ops.fail, inputs: { number: "one" } },
  ];
  const { events, execution } = await run(steps, { store });
  assert.deepEqual(events[0], { type: "compiled", recipe: "numbers", steps: 2 });
  assert.deepEqual([...execution.located.keys()], ["one", "bad"]);
  const failed = events.find(({ type }) => type === "failed") as RunEvent & { type: "failed" };
  const { seconds, stack, ...rest } = failed;
  assert.deepEqual(rest, {
    type: "failed",
    step: "bad",
    key: execution.located.get("bad")!.key,
    problem: execution.problems[0]!,
  });
  assert.ok(seconds >= 0 && seconds < 60);
  assert.match(stack!, /^Error: numbers are not everything\n/);
  const causes = async (force?: string | true) => {
    const { events } = await run(steps.slice(0, 1), { store, ...force && { force } });
    return events.flatMap((event) => event.type === "ran" ? [event.cause.why] : []);
  };
  assert.deepEqual([await causes(), await causes(true), await causes("one"), await causes("bad")], [
    [],
    ["forced"],
    ["forced"],
    [],
  ]);
  const [lines] = [...store.contents.journals.values()];
  const { date: _date, ...last } = lines!.at(-1)!;
  assert.deepEqual(last, { event: "ended", ending: "failed" });
});

Deno.test("what was computed a moment ago is not forced again, nor is what is not recorded called forced", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  const steps = chain(ops);
  const first = await run(steps, { store, force: true });
  const causes = first.events.flatMap((event) => event.type === "ran" ? [event.cause.why] : []);
  assert.deepEqual(causes, ["forced", "forced", "forced"]);
  const key = first.execution.located.get("three")!.key;
  const { happened } = await run(steps, { store, force: true, fresh: new Set([key]) });
  assert.deepEqual(happened, ["one ran", "three hit", "score ran"]);
});

Deno.test("several sources that are not there are all told, in the order of their steps", async () => {
  const ops = fakeOps();
  const { execution } = await run([
    { name: "n", op: ops.file, params: { from: "./nothing-here.txt" } },
    { name: "m", op: ops.file, params: { from: "./nor-here.txt" } },
  ]);
  assert.equal(execution.ending, "recipe");
  assert.deepEqual(execution.problems.map(({ place }) => place), [
    { path: "steps.n" },
    { path: "steps.m" },
  ]);
});

Deno.test("a lock is held against each step before it runs, and against what it made", async () => {
  const ops = fakeOps();
  const steps = chain(ops).slice(0, 2);
  const graph = graphOf(steps);
  const { execution: { outcomes, located } } = await run(steps);
  const lock = lockOf(graph, (name) => ({
    key: located.get(name)!.key,
    outcome: outcomes.get(name)!,
    sources: [],
  }));
  assert.equal((await run(steps, { lock })).execution.ending, "done");
  const [one, three] = lock.steps;
  const refused = async (steps_: readonly LockedStep[]) => {
    const { execution, happened } = await run(steps, { lock: { ...lock, steps: steps_ } });
    return [execution.ending, execution.problems.map(({ code }) => code), happened];
  };
  const other = "0".repeat(64);
  assert.deepEqual(await refused([{ ...one!, key: other }, three!]), [
    "refused",
    ["locked"],
    ["one failed", "three skipped"],
  ]);
  const artifact = { ...one!.artifact, digest: other };
  assert.deepEqual(await refused([{ ...one!, artifact }, three!]), [
    "refused",
    ["locked"],
    ["one ran", "one failed", "three skipped"],
  ]);
});

Deno.test("what is made again after a run stands in no journal", async () => {
  const store = memoryStore();
  const { execution } = await run(chain(fakeOps()), { store });
  store.contents.blobs.clear();
  const [lines] = [...store.contents.journals.values()];
  const before = lines!.length;
  assert.equal(lines!.at(-1)!.event, "ended");
  assert.equal(await execution.value("three"), 3);
  assert.equal(lines!.length, before);
});

Deno.test("a run that was refused stays so, whatever fails beside it", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  const refusal = Promise.withResolvers<void>();
  const failing = (name: string, body: () => Promise<never>) =>
    defineOp({
      ...{ name, version: 1, summary: "Fails", inputs: {}, params: Type.Object({}), example: {} },
      output: numberKind,
      run: body,
    });
  const refused = failing("refused", () => Promise.reject(new DecantError("locked", "no")));
  const late = failing("late", async () => {
    await refusal.promise;
    throw new Error("later");
  });
  const steps: FakeStep[] = [
    { name: "late", op: late },
    { name: "refused", op: refused },
    { name: "one", op: ops.constant, params: { value: 1 } },
  ];
  const ended: string[] = [];
  const op = ({ name }: { readonly name: string }) =>
    steps.find((step) => step.op.name === name)!.op;
  const { execution } = await run(steps, {
    store,
    jobs: 2,
    keepGoing: true,
    executor: {
      perform: (task, signal, onProgress) => performTask(task, { store, op, signal, onProgress }),
    },
    onEvent: (event) => {
      if (event.type !== "failed" && event.type !== "skipped") return;
      ended.push(`${event.step} ${event.type}`);
      if (event.step === "refused") refusal.resolve();
    },
  });
  assert.equal(execution.ending, "refused");
  assert.deepEqual(ended.sort(), ["late failed", "one skipped", "refused failed"]);
  assert.deepEqual(execution.problems.map(({ code }) => code), ["step-failed", "locked"]);
});

Deno.test("as many steps as jobs run side by side, what reads a clock runs alone", async () => {
  const ops = fakeOps();
  const store = memoryStore();
  const steps: FakeStep[] = [
    { name: "a", op: ops.constant, params: { value: 1 } },
    { name: "b", op: ops.constant, params: { value: 2 } },
    { name: "c", op: ops.constant, params: { value: 3 } },
    { name: "time", op: ops.clock, inputs: { model: "a" } },
    { name: "d", op: ops.constant, params: { value: 4 } },
    { name: "e", op: ops.constant, params: { value: 5 } },
  ];
  const beside = async (jobs?: number) => {
    const graph = graphOf(steps);
    const begun: string[] = [];
    let running = 0;
    const executor: Executor = {
      async perform(task, signal, onProgress) {
        begun.push(`${task.step} beside ${running++}`);
        const op = ({ name }: { readonly name: string }) =>
          graph.nodes.find((node) => node.op.name === name)!.op;
        await new Promise((resolve) => setTimeout(resolve, 2));
        try {
          return await performTask(task, { store, op, signal, onProgress });
        } finally {
          running--;
        }
      },
    };
    const { execution } = await run(steps, { store, executor, force: true, ...given({ jobs }) });
    assert.equal(execution.ending, "done");
    return begun;
  };
  const alone = ["a", "b", "c", "time", "d", "e"].map((name) => `${name} beside 0`);
  assert.deepEqual(await beside(), alone);
  assert.deepEqual(await beside(1), alone);
  assert.deepEqual(await beside(2), [
    ...["a beside 0", "b beside 1", "c beside 1", "time beside 0", "d beside 0", "e beside 1"],
  ]);
  assert.deepEqual(await beside(3), [
    ...["a beside 0", "b beside 1", "c beside 2", "time beside 0", "d beside 0", "e beside 1"],
  ]);
});

Deno.test("a cache that fails stops the run, whatever reads the step", async () => {
  const ops = fakeOps();
  const store = {
    ...memoryStore(),
    publish: () => Promise.reject(new StoreError("full", "the disk is full")),
  };
  const { events, execution } = await run([
    { name: "a", op: ops.constant, params: { value: 1 } },
    { name: "b", op: ops.constant, params: { value: 2 } },
  ], { store });
  assert.equal(execution.ending, "failed");
  assert.deepEqual(execution.problems.map(({ code }) => code), ["cache-full"]);
  assert.deepEqual(reasons(events), ["b: not started: an earlier step failed"]);
});

Deno.test("a listener that fails is a fault of no step: the run ends with it", async () => {
  const ops = fakeOps();
  const steps: FakeStep[] = [{ name: "bad", op: ops.fail }];
  const onEvent = ({ type }: RunEvent): void => {
    if (type === "failed") throw new TypeError("the listener is at fault");
  };
  await assert.rejects(
    execute(graphOf(steps), { store: memoryStore(), environment: nowhere, onEvent }),
    { code: "internal", message: "internal: the listener is at fault" },
  );
});
