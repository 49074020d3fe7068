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
import { fakeOps, graphOf } from "../support/fake.ts";
import { waitsIn } from "../../../waits.ts";

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

Deno.test("a store is asked for a minute, twice a second, and then the job is asked for again", async () => {
  const queue = queueThat(undefined!, () => completed(true), undefined!, () => completed(true));
  let looks = 0;
  queue.record(() => Promise.resolve(looks++ < 121 ? undefined : made.outcome));
  const waits = await waitsIn(async () => void await performing(queue));
  assert.deepEqual(waits, Array(120).fill(500));
  assert.equal(looks, 122);
  assert.deepEqual(queue.asked.filter((each) => each === "add true").length, 2);
});

Deno.test("of a job that is lost no hint counts, and nobody who asks waits", async () => {
  const queue = queueThat(undefined!, () => ({ type: "lost" }), undefined!, () => completed(true));
  let looks = 0;
  queue.record(() => Promise.resolve(looks++ === 0 ? undefined : made.outcome));
  queue.hints.set(made.key, "it is signed by eve");
  assert.deepEqual(await waitsIn(async () => void await performing(queue)), []);
});

Deno.test("a job is what is to be done and who asks; it is tried six times, and nothing of it stays", async () => {
  const queue = queueThat(undefined!, () => completed(true));
  const added: unknown[][] = [];
  const add = (...job: unknown[]) => {
    added.push(job);
    queue.asked.push("add true");
    return Promise.resolve();
  };
  const addJobLog = () => Promise.reject(new Error("it has ended"));
  const { options } = queue;
  const { connection } = options;
  const own = { ...connection, queue: { ...connection.queue, add, addJobLog } } as never;
  await performing({ ...queue, options: { ...options, connection: own } });
  assert.deepEqual(added, [["step", { task: task(), recipe: "r", from: "mill" }, {
    jobId: made.key,
    attempts: 6,
    backoff: { type: "exponential", delay: 500 },
    removeOnComplete: true,
    removeOnFail: true,
  }]]);
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
    help: "--trust KEY with the worker's public key, as decant key show prints it there",
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

/** A signal with how many listen to it. */
function counted() {
  const stop = new AbortController();
  const { signal } = stop;
  let listening = 0;
  const { addEventListener: add, removeEventListener: remove } = signal;
  signal.addEventListener = (...words: Parameters<typeof add>) => {
    listening++;
    add.apply(signal, words);
  };
  signal.removeEventListener = (...words: Parameters<typeof remove>) => {
    listening--;
    remove.apply(signal, words);
  };
  return { stop, signal, listening: () => listening };
}

Deno.test("nothing of a run listens to its signal when its steps have ended", async () => {
  const { signal, listening } = counted();
  const queue = queueThat(undefined!, () => completed(true));
  let looks = 0;
  queue.record(() => Promise.resolve(looks++ === 0 ? undefined : made.outcome));
  await performing(queue, signal);
  assert.equal(listening(), 0);
});

Deno.test("a run that is interrupted while its files are provided asks for nothing", async () => {
  const { stop, signal } = counted();
  const why = new Error("enough");
  const queue = queueThat();
  const sharing = { reached: () => Promise.resolve(stop.abort(why)) };
  const options = { ...queue.options, sharing };
  await assert.rejects(performing({ ...queue, options }, signal), (error) => error === why);
  assert.ok(!queue.asked.includes("add true"));
});

Deno.test("a queue that does not answer holds up no end for more than half a second", async () => {
  const why = new Error("enough");
  const gone = new Promise<never>(() => {});
  const refused = () => Promise.reject(new Error("the queue is gone"));
  for (const [getJobLogs, expected] of [[() => gone, [500]], [refused, [500]]] as const) {
    const stop = new AbortController();
    const queue = queueThat();
    const asked = Promise.withResolvers<void>();
    // What was asked is refused when nobody waits for it any more.
    const add = async () => {
      asked.resolve();
      await new Promise((resolve) => stop.signal.addEventListener("abort", resolve));
      return await refused();
    };
    const { connection } = queue.options;
    const own = { ...connection, queue: { ...connection.queue, add, getJobLogs } } as never;
    const waits = await waitsIn(async () => {
      const options = { ...queue.options, connection: own };
      const running = performing({ ...queue, options }, stop.signal);
      await asked.promise;
      stop.abort(why);
      await assert.rejects(running, (error) => error === why);
    });
    assert.deepEqual(waits, expected);
  }
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

Deno.test("a recipe with an op of its own is refused on a queue, and one that shares no store", () => {
  const { constant } = fakeOps();
  const step = (code?: string) =>
    graphOf([{ name: "a", op: { ...constant, ...code && { code } } as never }]);
  assertQueueable(step(), true);
  assert.throws(() => assertQueueable(step(), false), {
    code: "usage",
    message: /^a queue needs a store that its workers share/,
  });
  assert.throws(() => assertQueueable(step("0".repeat(64)), true), {
    code: "usage",
    message:
      "`a` runs `constant`, an op that did not come with Decant: workers behind a queue have no others",
    help: "run it without --queue; --jobs runs steps side by side on this machine",
  });
  const { nodes: [node], ...graph } = step();
  const uses = (used: readonly object[]) => {
    const op = { ...node!.op, own: () => used as never };
    return () => assertQueueable({ ...graph, nodes: [{ ...node!, op }] }, true);
  };
  uses([])();
  assert.throws(uses([{ list: "terms", name: "focal" }]), {
    code: "usage",
    message: /`a` runs `focal`, one of terms that did not come with Decant/,
  });
});
