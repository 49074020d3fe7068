import assert from "node:assert/strict";
import type { Key } from "../../../../engine/digest.ts";
import { DecantError } from "../../../../engine/error.ts";
import type { Executor } from "../../../../engine/run/executor.ts";
import { failureText, type Told } from "../../../../engine/run/queue/job.ts";
import { assertQueueable, onQueue } from "../../../../engine/run/queue/on_queue.ts";
import type { JobEnd } from "../../../../engine/run/queue/watch.ts";
import type { StepTask, TaskProgress } from "../../../../engine/run/task.ts";
import type { Store } from "../../../../engine/store/store.ts";
import { outcomeOf } from "../../store/shared/world.ts";
import { fakeOps, graphOf } from "../fake.ts";

const made = outcomeOf("a", []);

/** A queue that answers as it is told, each time that it is asked. */
function queueThat(
  ...answers: readonly ((told: (told: Told) => void) => JobEnd | Promise<JobEnd>)[]
) {
  const asked: string[] = [];
  const logs: string[] = [];
  let recorded: Store["outcome"] = () => Promise.resolve(made.outcome);
  const hints = new Map<Key, string>();
  const never = new Promise<JobEnd>(() => {});
  const options: Parameters<typeof onQueue>[0] = {
    connection: {
      queue: {
        add: (_name: string, _data: unknown, { jobId }: { jobId: string }) => {
          asked.push(`add ${jobId === made.key}`);
          return Promise.resolve();
        },
        addJobLog: (_key: string, run: string) => Promise.resolve(logs.push(run)),
        getJobLogs: () => Promise.resolve({ logs }),
        remove: () => Promise.resolve(asked.push("remove")),
      },
    } as never,
    watch: {
      wait: (_key: Key, told: (told: Told) => void) => ({
        ended: Promise.resolve(answers[asked.length]?.(told) ?? never),
        [Symbol.dispose]: () => void asked.push("left"),
      }),
    } as never,
    store: { outcome: (...how: Parameters<Store["outcome"]>) => recorded(...how), hints } as never,
    sharing: {
      reached: ({ step }) => {
        asked.push(`reached ${step}`);
        return Promise.resolve();
      },
    },
    here: { perform: () => assert.fail("is performed here") },
    run: "this run",
    recipe: "r",
    from: "mill",
  };
  return {
    asked,
    logs,
    hints,
    options,
    record: (found: Store["outcome"]) => void (recorded = found),
  };
}

const task = (host: string | null = null): StepTask =>
  ({ step: "model", key: made.key, preimage: { host } }) as unknown as StepTask;

async function performing(
  { options }: ReturnType<typeof queueThat>,
  signal = new AbortController().signal,
) {
  const progress: TaskProgress[] = [];
  const outcome = await onQueue(options).perform(task(), signal, (each) => progress.push(each));
  return { outcome, progress };
}

const completed = (ran: boolean): JobEnd => ({
  type: "completed",
  performed: { ran, host: "anvil", artifact: made.outcome.artifact.digest },
});

Deno.test("a job is asked for once what it reads is there, and what it made is the store's", async () => {
  const queue = queueThat(undefined!, (told) => {
    told({ type: "started", host: "anvil" });
    told({ type: "started", host: "forge" });
    told({ type: "progress", fraction: 0.5, message: "half", host: "forge" });
    told({ type: "waiting", holder: "another", host: "forge" });
    return completed(true);
  });
  const { outcome, progress } = await performing(queue);
  assert.equal(outcome, made.outcome);
  assert.deepEqual(queue.asked, ["reached model", "add true", "left"]);
  assert.deepEqual(queue.logs, ["this run"]);
  assert.deepEqual(progress, [
    { type: "started" },
    { type: "progress", fraction: 0.5, message: "half", host: "forge" },
    { type: "waiting", holder: "another" },
  ]);
});

Deno.test("a step that ran is told to have begun, one that was recorded is not", async () => {
  assert.deepEqual((await performing(queueThat(undefined!, () => completed(true)))).progress, [
    { type: "started" },
  ]);
  assert.deepEqual((await performing(queueThat(undefined!, () => completed(false)))).progress, []);
});

Deno.test("a job that is gone is asked for again, unless the store has what it made", async () => {
  const lost = (): JobEnd => ({ type: "lost" });
  const found = queueThat(undefined!, lost);
  await performing(found);
  assert.equal(found.asked.filter((each) => each === "add true").length, 1);
  const again = queueThat(undefined!, lost, undefined!, () => completed(true));
  let looks = 0;
  again.record((_key, how) => {
    assert.equal(how?.again, true);
    return Promise.resolve(looks++ === 0 ? undefined : made.outcome);
  });
  await performing(again);
  assert.equal(again.asked.filter((each) => each === "add true").length, 2);
});

Deno.test("what a store does not have yet is asked for until it does", async () => {
  const queue = queueThat(undefined!, () => completed(true));
  let looks = 0;
  queue.record(() => Promise.resolve(looks++ === 0 ? undefined : made.outcome));
  await performing(queue);
  assert.equal(looks, 2);
  assert.equal(queue.asked.filter((each) => each === "add true").length, 1);
});

Deno.test("a failure is the worker's error; what nobody trusted has signed is not used, and that is said", async () => {
  const error = new DecantError("diverged", "the loss is NaN", "train slower");
  const failing = queueThat(undefined!, () => ({
    type: "failed",
    reason: failureText("model", "anvil", error),
  }));
  await assert.rejects(performing(failing), {
    code: "diverged",
    message: "the loss is NaN",
    help: "train slower",
  });
  const strange = queueThat(undefined!, () => completed(true));
  strange.record(() => Promise.resolve(undefined));
  strange.hints.set(made.key, "it is signed by eve, who is not trusted");
  await assert.rejects(performing(strange), {
    code: "untrusted",
    message: "`model` was made on anvil, and is not used: it is signed by eve, who is not trusted",
  });
});

Deno.test("an interrupted run takes back what it alone has asked for", async () => {
  for (const others of [[], ["another run"]]) {
    const queue = queueThat();
    queue.logs.push(...others);
    const stop = new AbortController();
    const why = new Error("enough");
    const running = performing(queue, stop.signal);
    while (!queue.logs.includes("this run")) await new Promise((resolve) => setTimeout(resolve, 1));
    stop.abort(why);
    await assert.rejects(running, (error) => error === why);
    assert.equal(queue.asked.includes("remove"), others.length === 0);
  }
  const before = queueThat();
  await assert.rejects(performing(before, AbortSignal.abort(new Error("before"))), {
    message: "before",
  });
  assert.deepEqual(before.asked, []);
});

Deno.test("what reads a clock reads that of this machine", async () => {
  const { options } = queueThat();
  const here: string[] = [];
  const executor: Executor = {
    perform({ step }) {
      here.push(step);
      return Promise.resolve(made.outcome);
    },
  };
  const { signal } = new AbortController();
  await onQueue({ ...options, here: executor }).perform(task("this one"), signal, () => {});
  assert.deepEqual(here, ["model"]);
});

Deno.test("a recipe with an op of its own is refused on a queue", () => {
  const { constant } = fakeOps();
  const step = (code?: string) =>
    graphOf([{ name: "a", op: { ...constant, ...code && { code } } as never }]);
  assertQueueable(step());
  assert.throws(() => assertQueueable(step("0".repeat(64))), {
    code: "usage",
    message: /`a` runs `constant`, an op that did not come with Decant/,
  });
});
