import assert from "node:assert/strict";
import { canonicalBytes, digestOf } from "../../../../engine/digest.ts";
import type { QueuedStep, Told } from "../../../../engine/run/queue/job.ts";
import { performJob } from "../../../../engine/run/queue/perform_job.ts";
import type { StepTask } from "../../../../engine/run/task.ts";
import { diskStore } from "../../../../engine/store/disk_store.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import type { Recorded, Store } from "../../../../engine/store/store.ts";
import type { FakeStep } from "../support/fake.ts";
import { threadOps } from "../support/thread_ops.ts";
import { opsOfWorker, taskOf } from "./task_of.ts";

/** A worker with a cache in a folder, and stores behind it that take what they are offered, or not. */
function workerIn(folder: string, takes: readonly boolean[] = []) {
  const left = [...takes];
  const said: string[] = [];
  const told: unknown[] = [];
  const offered: (Recorded | "settled")[] = [];
  const open = async (): Promise<Store> => ({
    ...await diskStore(folder),
    sharing: {
      offer(recorded: Recorded) {
        offered.push(recorded);
        return Promise.resolve(left.shift() ?? true);
      },
      settled: () => Promise.resolve(void offered.push("settled")),
    } as never,
  });
  const options = {
    ...{
      ops: opsOfWorker,
      open,
      concurrency: 1,
      name: "anvil/1",
      idle: 60_000,
      hold: 1500,
      lock: 1000,
    },
    connection: undefined as never,
    settings: { threads: 1, memory: 1 << 30, host: "anvil" },
    say: (sentence: string) => void said.push(sentence),
  };
  const perform = (
    task: StepTask,
    id: string = task.key,
    how: object = {},
    signal = new AbortController().signal,
  ) => {
    const data: QueuedStep = { task, recipe: "numbers", from: "mill" };
    const job = {
      id,
      data,
      updateProgress: (each: Told) => Promise.resolve(void told.push(each)),
    };
    return performJob(job as never, { ...options, ...how }, signal);
  };
  return { perform, said, told, offered };
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const constant: FakeStep = { name: "a", op: threadOps.constant, params: { value: 7 } };

Deno.test("a job is performed with the ops and settings of the worker, and published before it is done", async () => {
  await inFolder(async (folder) => {
    const { perform, offered, told, said } = workerIn(folder);
    const task = await taskOf([constant]);
    const elsewhere = { ...task, op: { ...task.op, module: "file:///elsewhere/ops.ts" } };
    const { ran, host, artifact } = await perform(elsewhere);
    assert.deepEqual([ran, host], [true, "anvil"]);
    const [{ key, outcome }] = offered as [Recorded];
    assert.equal(key, task.key);
    assert.equal(outcome.artifact.digest, artifact);
    assert.equal(outcome.provenance.host, "anvil");
    assert.ok(told.some((each) => (each as Told).type === "started"));
    assert.deepEqual(said, ["begins numbers a", "made numbers a"]);
    const again = await perform(task);
    assert.deepEqual(again, { ran: false, host: "anvil", artifact });
    assert.equal(said.at(-1), "found numbers a");
  });
});

Deno.test("what a store does not take is offered again, then the job fails as one of this worker", async () => {
  await inFolder(async (folder) => {
    const task = await taskOf([constant]);
    const late = workerIn(folder, [false, true]);
    await late.perform(task);
    assert.deepEqual(late.offered.map((each) => each === "settled"), [false, false, true]);
    assert.deepEqual(late.said, [
      "begins numbers a",
      "the store does not take what was made; it is tried again",
      "made numbers a",
    ]);
    const never = workerIn(folder, [false, false, false, false, false]);
    await assert.rejects(never.perform(task), {
      code: "cache-denied",
      message: "what was made could not be published in the store",
    });
  });
});

Deno.test("a job that is not what it is called, or of another op, is refused", async () => {
  await inFolder(async (folder) => {
    const { perform, offered } = workerIn(folder);
    const task = await taskOf([constant]);
    const other = digestOf(canonicalBytes("other"));
    const named = /not called by the key of its task/;
    await assert.rejects(perform(task, other), named);
    await assert.rejects(perform({ ...task, key: other as never }, other), named);
    const raised = { ...task, op: { ...task.op, version: 2 } };
    await assert.rejects(perform(raised), /has no `constant` of version 2/);
    const unknown = { ...task, op: { ...task.op, name: "unknown" } };
    await assert.rejects(perform(unknown), /has no `unknown` of version 1/);
    assert.deepEqual(offered, []);
    const { module: _, ...bare } = threadOps.constant;
    const own = { ...threadOps.constant, code: "0".repeat(64) };
    for (const op of [bare, own]) {
      const ops = new Map([["constant", op]]);
      await assert.rejects(perform(task, task.key, { ops }), /has no `constant` of version 1/);
    }
  });
});

Deno.test("a job that is given back while its result is published is not published any longer", async () => {
  await inFolder(async (folder) => {
    const task = await taskOf([constant]);
    const { perform, offered } = workerIn(folder, Array(30).fill(false));
    const stop = new AbortController();
    const why = new Error("enough");
    const say = (sentence: string) => /tried again/.test(sentence) && stop.abort(why);
    const how = { say, hold: 60_000 };
    await assert.rejects(perform(task, task.key, how, stop.signal), (error) => error === why);
    assert.deepEqual(offered.map((each) => each === "settled"), [false, true]);
  });
});

Deno.test("what no thread can perform is refused, and not computed where locks are renewed", async () => {
  await inFolder(async (folder) => {
    const { perform, said, offered } = workerIn(folder);
    const sharing = { settled: () => Promise.resolve(void offered.push("settled")) };
    const open = () => Promise.resolve({ ...memoryStore(), sharing });
    await assert.rejects(perform(await taskOf([constant]), undefined, { open }), {
      code: "denied",
      message:
        "Deno does not allow threads to read Decant's modules, and a worker computes in threads",
      help: "deno run -A allows everything",
    });
    assert.deepEqual(said, [
      "begins numbers a",
      "the cache is in memory: its steps run here, one after another",
    ]);
    assert.deepEqual(offered, ["settled"]);
  });
});

Deno.test("a step that does not get anywhere is left", async () => {
  await inFolder(async (folder) => {
    const { perform } = workerIn(folder);
    const task = await taskOf([
      { name: "b", op: threadOps.meet, params: { folder, name: "b", other: "nobody" } },
    ]);
    await assert.rejects(perform(task, task.key, { idle: 300 }), { name: "StalledError" });
  });
});
