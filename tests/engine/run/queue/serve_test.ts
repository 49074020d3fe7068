import assert from "node:assert/strict";
import { shippedOps } from "../../../../engine/api/language.ts";
import type { AnyOp } from "../../../../engine/op.ts";
import type { RedisType } from "../../../../engine/deps/queue/bullmq.ts";
import { queueAddress } from "../../../../engine/run/queue/address.ts";
import { connect } from "../../../../engine/run/queue/connect.ts";
import { JOB } from "../../../../engine/run/queue/job.ts";
import { serve } from "../../../../engine/run/queue/serve.ts";
import { watchQueue } from "../../../../engine/run/queue/watch.ts";
import { diskStore } from "../../../../engine/store/disk_store.ts";
import { recipe as typed } from "../../../../mod.ts";
import { redisServer, startRedis } from "./redis.ts";
import { threadOps } from "../support/thread_ops.ts";
import { opsOfWorker, taskOf } from "./task_of.ts";
import { queueWorld, QUICK } from "./world.ts";

const ignore = redisServer === undefined;
const recipe = typed as unknown as (value: object) => ReturnType<typeof typed>;

/** One training that takes a while. */
const LONG = {
  name: "long",
  data: "iris",
  model: { use: "mlp", hidden: [64, 64], train: { epochs: 400 } },
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};

Deno.test({
  name:
    "a worker that is told to leave gives back what it cannot end, and another goes on from there",
  ignore,
  async fn() {
    await using world = await queueWorld();
    const long = recipe(LONG);
    const alone = await long.run({ cache: `${world.folder}/alone`, threads: 1 });
    const fractions: [string | undefined, number][] = [];
    await using first = await world.worker("first");
    const running = long.run({
      ...world.run("run"),
      onEvent(event) {
        if (event.type === "progress") fractions.push([event.host, event.fraction]);
      },
    });
    await until(() => fractions.some(([host, fraction]) => host === "first" && fraction > 0.05));
    await first.stop(0);
    assert.match(first.said.at(-1)!, /waits for 1 that runs/);
    const reached = Math.max(...fractions.map(([, fraction]) => fraction));
    await using _second = await world.worker("second");
    const run = await running;
    assert.deepEqual(run.problems, []);
    assert.deepEqual(run.lock, alone.lock);
    const resumed = fractions.find(([host]) => host === "second")?.[1] ?? 1;
    assert.ok(resumed >= reached - 0.02, `${resumed} is before ${reached}`);
  },
});

Deno.test({
  name: "a worker that is told to leave ends what it can end in time",
  ignore,
  async fn() {
    await using world = await queueWorld();
    await using worker = await world.worker("one");
    const quick = recipe({ ...LONG, model: { ...LONG.model, train: { epochs: 20 } } });
    const running = quick.run({ ...world.run("run"), until: "model" });
    await until(() => worker.said.some((sentence) => sentence === "begins long model"));
    await worker.stop(60_000);
    assert.ok(worker.said.includes("made long model"), worker.said.join());
    assert.equal((await running).ending, "done");
  },
});

Deno.test({
  name: "a job that cannot be understood fails for good, and nothing of it stays in the queue",
  ignore,
  async fn() {
    await using redis = await startRedis();
    await using connection = await connect(queueAddress(redis.url)!, "n1-test", assert.fail);
    await using watch = await watchQueue(connection, { look: 60_000 });
    const serving = await serve({
      ...{ connection, ops: shippedOps(), concurrency: 1, name: "anvil/1", ...QUICK },
      open: () => assert.fail("nothing is opened"),
      settings: { threads: 1, memory: 1 << 30, host: "anvil" },
      say: () => {},
    });
    try {
      const key = "a".repeat(64) as never;
      using waiting = watch.wait(key, () => assert.fail());
      const task = { step: "model", key: "b".repeat(64) };
      await connection.queue.add(JOB, { task } as never, {
        jobId: key,
        attempts: 3,
        removeOnFail: true,
      });
      const ended = await waiting.ended;
      assert.match(ended.type === "failed" ? ended.reason : "", /"host":"anvil".*not called by/);
      assert.equal(await connection.queue.getJobCountByTypes(), 0);
    } finally {
      await serving.stop(0);
    }
  },
});

/** A worker that performs one step, on a Redis of its own; it has begun. */
async function waitingWorker(
  op: AnyOp,
  params: (folder: string) => object,
  { isUp = () => true, ...patience }: { isUp?: () => boolean; hold?: number; lock?: number } = {},
) {
  const stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const redis = stack.use(await startRedis());
  const connection = stack.use(await connect(queueAddress(redis.url)!, "n1-test", () => {}));
  const said: string[] = [];
  const sharing = {
    offer: () => Promise.resolve(isUp()),
    answers: () => Promise.resolve(isUp()),
    settled: () => Promise.resolve(),
  };
  const serving = await serve({
    ...{ connection, ops: opsOfWorker, concurrency: 1, name: "anvil/1", ...QUICK, ...patience },
    open: async () => ({ ...await diskStore(`${folder}/cache`), sharing: sharing as never }),
    settings: { threads: 1, memory: 1 << 30, host: "anvil" },
    say: (sentence) => void said.push(sentence),
  });
  stack.defer(() => serving.stop(0));
  const task = await taskOf([{ name: "a", op, params: params(folder) as never }]);
  const data = { task, recipe: "r", from: "mill" };
  const told = Promise.withResolvers<void>();
  const watch = stack.use(await watchQueue(connection, { look: 60_000 }));
  const { ended } = stack.use(watch.wait(task.key, () => told.resolve()));
  await connection.queue.add(JOB, data, { jobId: task.key, removeOnComplete: true });
  await told.promise;
  const lock = connection.queue.toKey(`${task.key}:lock`);
  const client = connection.redis as RedisType & {
    del(key: string): Promise<number>;
    set(key: string, value: string): Promise<string>;
  };
  return {
    said,
    client,
    lock,
    folder,
    ended,
    stop: serving.stop,
    count: () => connection.queue.getJobCountByTypes(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Longer than a lock is held without being renewed. */
const renewed = () => new Promise((resolve) => setTimeout(resolve, QUICK.lock));

Deno.test({
  name: "a job whose lock is gone is gone on with, as long as nobody else has taken it",
  ignore,
  async fn() {
    const { meet } = threadOps;
    await using it = await waitingWorker(meet, (folder) => ({ folder, name: "a", other: "b" }));
    await it.client.del(it.lock);
    await renewed();
    await Deno.writeTextFile(`${it.folder}/b`, "");
    await until(() => it.said.includes("made r a"));
    assert.deepEqual(it.said.slice(0, 2), ["begins r a", "made r a"]);
  },
});

Deno.test({
  name: "a job that another worker has taken is left",
  ignore,
  async fn() {
    await using it = await waitingWorker(threadOps.wait, (folder) => ({ folder }));
    await it.client.set(it.lock, "another's");
    const ending = () => Deno.readTextFile(`${it.folder}/ending`).catch(() => "");
    while (await ending() === "") await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await ending(), "terminated");
    assert.deepEqual(it.said, ["begins r a"]);
  },
});

Deno.test({
  name:
    "a worker whose store is gone gives its job back with its attempts, and waits for the store",
  ignore,
  async fn() {
    let up = false;
    // Its lock outlasts a machine that is busy for seconds: one that is lost begins the job once more.
    const options = { isUp: () => up, hold: 0, lock: 60_000 };
    // It has one attempt.
    await using it = await waitingWorker(threadOps.constant, () => ({ value: 7 }), options);
    await until(() => it.said.some((sentence) => /^the store does not answer;/.test(sentence)));
    assert.equal(await it.count(), 1);
    const begun = () => it.said.filter((sentence) => sentence === "begins r a").length;
    await renewed();
    assert.equal(begun(), 1, "nothing is taken meanwhile");
    up = true;
    assert.equal((await it.ended).type, "completed");
    assert.equal(begun(), 2);
    assert.ok(it.said.includes("the store answers again"));
  },
});

Deno.test({
  name: "a worker that waits for its store leaves when it is told to, and its job stays",
  ignore,
  async fn() {
    const options = { isUp: () => false, hold: 0 };
    await using it = await waitingWorker(threadOps.constant, () => ({ value: 7 }), options);
    await until(() => it.said.some((sentence) => /^the store does not answer;/.test(sentence)));
    await it.stop(60_000);
    assert.equal(await it.count(), 1);
    assert.ok(!it.said.includes("the store answers again"));
  },
});
