import assert from "node:assert/strict";
import { canonical, type Digest, type Key } from "../../../engine/digest.ts";
import type { RunEvent } from "../../../engine/run/event.ts";
import { openEventLog } from "../../../engine/run/event_log.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { type Journal, type Store, StoreError } from "../../../engine/store/store.ts";
import { outcome } from "../report/support/subject.ts";
import { graphOf } from "./support/fake.ts";

const graph = graphOf([]);

/** A store whose journal keeps its lines; `refused` says why there can be none. */
function watched(refused?: ConstructorParameters<typeof StoreError>) {
  const lines: Record<string, unknown>[] = [];
  let closed = 0;
  const journal = {
    append: (line: Record<string, unknown>) => {
      lines.push(line);
      return Promise.resolve();
    },
    close: () => {
      closed++;
      return Promise.resolve();
    },
  } as never as Journal;
  const store: Store = {
    ...memoryStore(),
    journal: () => refused ? Promise.reject(new StoreError(...refused)) : Promise.resolve(journal),
  };
  return { store, lines, closed: () => closed };
}

const step = "one";
const key = "k" as Key;
const made = outcome();

Deno.test("what happens to a step is journalled with its time, what is only shown is not", async () => {
  const { store, lines } = watched();
  const told: string[] = [];
  const log = await openEventLog(store, graph, ({ type }) => void told.push(type));
  const cause = { why: "new" } as const;
  const damaged = { why: "damaged", digest: "d" as Digest, detail: "gone" } as const;
  const problem = { code: "step-failed", message: "no", help: "so", place: { path: "" } } as const;
  const events: RunEvent[] = [
    { type: "compiled", recipe: "numbers", steps: 1 },
    { type: "started", step, key, cause: damaged },
    { type: "progress", step, fraction: 0.5, message: "half" },
    { type: "waiting", step, holder: "somebody" },
    { type: "ran", step, key, cause, outcome: made },
    { type: "hit", step, key, outcome: made },
    { type: "failed", step, seconds: 1, problem },
    { type: "failed", step, key, seconds: 1, problem, stack: "at" },
    { type: "skipped", step, because: "no" },
    { type: "noticed", sentence: "odd" },
    { type: "trial", search: {} as never, recipe: "numbers", number: 2, values: { x: 1 } },
    { type: "scored", number: 2, sentence: "fine", best: true },
    { type: "decided", sentence: "done" },
  ];
  for (const event of events) await log.tell(event, graph);
  assert.deepEqual(told, events.map(({ type }) => type));
  const [{ date, ...began }, ...rest] = lines as [typeof lines[0], ...typeof lines];
  assert.deepEqual(began, { event: "began", recipe: "numbers", pid: Deno.pid });
  assert.match(String(date), /^\d{4}-\d\d-\d\dT.*Z$/);
  const times = rest.map(({ at }) => at as number);
  assert.ok(times.every((at) => at >= 0 && at < 60 && Math.round(100 * at) / 100 === at));
  const failed = { event: "failed", step, problem: { code: "step-failed", message: "no" } };
  assert.deepEqual(rest.map(({ at: _, ...line }) => line), [
    { event: "started", step, key, why: "damaged" },
    { event: "ran", step, seconds: 1 },
    { event: "hit", step, key },
    failed,
    { ...failed, key, stack: "at" },
    { event: "skipped", step, because: "no" },
    { event: "noticed", sentence: "odd" },
    { event: "trial", number: 2, values: { x: 1 } },
  ]);
});

Deno.test("a line stands at the seconds since the journal began, to the nearest hundredth", async () => {
  const { store, lines } = watched();
  const { now } = performance;
  let ms = 5000;
  performance.now = () => ms;
  try {
    const log = await openEventLog(store, graph);
    for (ms of [5000, 6234.9, 6235, 95_000]) {
      await log.tell({ type: "skipped", step, because: "no" }, graph);
    }
  } finally {
    performance.now = now;
  }
  assert.deepEqual(lines.slice(1).map(({ at }) => at), [0, 1.23, 1.24, 90]);
});

Deno.test("a key stands once, a cause where it is not the usual one, the calls of an error once", async () => {
  const { store, lines } = watched();
  const log = await openEventLog(store, graph);
  const cause = { why: "new" } as const;
  const failed = (message: string, calls: string): RunEvent => ({
    ...{ type: "failed", step, key, seconds: 1, stack: `Error: ${message}\n    at ${calls}` },
    problem: { code: "step-failed", message, place: { path: "" } },
  });
  const events: RunEvent[] = [
    { type: "started", step, key, cause },
    { type: "started", step: "two", key, cause: { why: "forced" } },
    { type: "ran", step, key, cause, outcome: made },
    { type: "ran", step, key, cause, outcome: made },
    failed("1 is odd", "f (a.ts:1)\n    at g (a.ts:2)"),
    failed("3 is odd", "f (a.ts:1)\n    at g (a.ts:2)"),
    failed("3 is odd", "f (a.ts:9)"),
  ];
  for (const event of events) await log.tell(event, graph);
  const told = lines.slice(1).map(({ event, step, key, why, stack }) => [
    ...[event, step, key, why].filter((each) => each !== undefined),
    stack !== undefined,
  ]);
  assert.deepEqual(told, [
    ["started", "one", "k", false],
    ["started", "two", "k", "forced", false],
    ["ran", "one", false],
    ["ran", "one", "k", false],
    ["failed", "one", "k", true],
    ["failed", "one", "k", false],
    ["failed", "one", "k", true],
  ]);
});

Deno.test("20,000 steps that ran take less than 5 MB, and as many that failed alike less than 6 MB", async () => {
  const { store, lines } = watched();
  const log = await openEventLog(store, graph);
  const [long, cause] = ["0".repeat(64) as Key, { why: "new" } as const];
  const stack = `Error: no\n${"    at a call of a function in a file\n".repeat(40)}`;
  const problem = {
    code: "step-failed",
    message: "it does not grow",
    place: { path: "" },
  } as const;
  for (let at = 0; at < 20_000; at++) {
    const name = `quantized[ratio=0.35,seed=${at}]`;
    await log.tell({ type: "started", step: name, key: long, cause }, graph);
    await log.tell({ type: "ran", step: name, key: long, cause, outcome: made }, graph);
  }
  const bytes = () => lines.reduce((sum, line) => sum + canonical(line as never).length + 1, 0);
  assert.ok(bytes() < 5e6, `${bytes()} bytes`);
  const ran = bytes();
  for (let at = 0; at < 20_000; at++) {
    const name = `quantized[ratio=0.35,seed=${at}]`;
    await log.tell({ type: "started", step: name, key: long, cause }, graph);
    const failed = { type: "failed", step: name, key: long, seconds: 1, problem, stack } as const;
    await log.tell(failed, graph);
  }
  assert.ok(bytes() - ran < 6e6, `${bytes() - ran} bytes`);
});

Deno.test("once the run is over nothing more is written, though still told", async () => {
  const { store, lines, closed } = watched();
  const told: string[] = [];
  const log = await openEventLog(store, graph, ({ type }) => void told.push(type));
  assert.notEqual(log.journal, undefined);
  await log.close();
  await log.tell({ type: "skipped", step, because: "no" }, graph);
  await log.close();
  assert.deepEqual([log.journal, lines.length, closed(), told], [undefined, 1, 1, ["skipped"]]);
});

Deno.test("where nothing can be written the run goes on without a journal, and says so", async () => {
  const sentences = async (reason: "full" | "read-only") => {
    const told: RunEvent[] = [];
    const { store } = watched([reason, "no"] as never);
    const log = await openEventLog(store, graph, (event) => void told.push(event));
    assert.equal(log.journal, undefined);
    await log.tell({ type: "skipped", step, because: "no" }, graph);
    return told.slice(0, 1);
  };
  assert.deepEqual(await sentences("full"), [
    { type: "noticed", sentence: "the disk of the cache is full, no journal is kept" },
  ]);
  assert.deepEqual(await sentences("read-only"), [
    { type: "noticed", sentence: "the cache is read-only, no journal is kept" },
  ]);
  const broken: Store = { ...memoryStore(), journal: () => Promise.reject(new TypeError("odd")) };
  await assert.rejects(openEventLog(broken, graph), TypeError);
});

Deno.test("a journal that takes no line is closed again; what no journal explains is thrown", async () => {
  const told: RunEvent[] = [];
  let closed = 0;
  const store = (error: Error): Store => ({
    ...memoryStore(),
    journal: () =>
      Promise.resolve({
        id: "run",
        append: () => Promise.reject(error),
        close: () => {
          closed++;
          return Promise.resolve();
        },
      }),
  });
  const full = store(new StoreError("full", "no room"));
  const log = await openEventLog(full, graph, (event) => void told.push(event));
  assert.deepEqual([log.journal, closed], [undefined, 1]);
  assert.deepEqual(told, [
    { type: "noticed", sentence: "the disk of the cache is full, no journal is kept" },
  ]);
  const newer = new StoreError("version", "newer");
  await assert.rejects(openEventLog(store(newer), graph), (error) => error === newer);
  assert.equal(closed, 2);
});
