import assert from "node:assert/strict";
import {
  type RedisType,
  UnrecoverableError,
  Worker,
} from "../../../../engine/deps/queue/bullmq.ts";
import { queueAddress } from "../../../../engine/run/queue/address.ts";
import { connect, PREFIX } from "../../../../engine/run/queue/connect.ts";
import { failureText, JOB, type QueuedStep } from "../../../../engine/run/queue/job.ts";
import { overviewOf } from "../../../../engine/run/queue/overview.ts";
import { redisServer, startRedis } from "./redis.ts";

/** A queue on a Redis of its own, and how a step is asked for. */
async function queueOf() {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const connection = stack.use(await connect(queueAddress(redis.url)!, "n1-test", assert.fail));
  const add = async (step: string, options: { readonly delay?: number } = {}) => {
    const data = { task: { step }, recipe: "r", from: "mill" } as unknown as QueuedStep;
    const how = { jobId: step, timestamp: 1000, ...options };
    await connection.queue.add(JOB, data, how);
  };
  return { connection, add, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test({
  name: "of steps that wait ten are named, of all it is said how many, delayed ones among them",
  ignore: redisServer === undefined,
  async fn() {
    await using it = await queueOf();
    const names = Array.from({ length: 12 }, (_, i) => `step ${i}`);
    for (const name of names) await it.add(name);
    await it.add("later", { delay: 60_000 });
    const { waiting, workers, active } = await overviewOf(it.connection);
    assert.equal(waiting.count, 13);
    assert.deepEqual(waiting.first.map(({ step }) => step).sort(), names.slice(0, 10).sort());
    assert.equal(waiting.first[0]!.since, new Date(1000).toISOString());
    assert.deepEqual([workers, active], [[], []]);
  },
});

Deno.test({
  name: "the last ten failures among a thousand events are told, the latest first",
  ignore: redisServer === undefined,
  async fn() {
    await using it = await queueOf();
    const { queue } = it.connection;
    const redis = it.connection.redis as RedisType & { xadd(...words: string[]): Promise<string> };
    let time = 0;
    const happens = async (event: string, ...fields: string[]) => {
      await redis.xadd(queue.toKey("events"), `${++time}-0`, "event", event, ...fields);
    };
    for (let i = 0; i < 12; i++) {
      await happens("failed", "jobId", `${i}`, "failedReason", "no\u001b");
    }
    await happens("failed");
    const { failed } = await overviewOf(it.connection);
    assert.deepEqual(failed[0], { date: new Date(13).toISOString(), step: "", message: "" });
    assert.deepEqual(failed[1], {
      date: new Date(12).toISOString(),
      step: "11",
      message: "no\ufffd",
    });
    assert.deepEqual(
      failed.slice(1).map(({ step }) => step),
      [11, 10, 9, 8, 7, 6, 5, 4, 3].map(String),
    );
    for (let i = 0; i < 990; i++) await happens("waiting", "jobId", "x");
    const many = (await overviewOf(it.connection)).failed;
    assert.equal(many.length, 10, "the ten of the last thousand");
    await happens("waiting", "jobId", "x");
    assert.equal((await overviewOf(it.connection)).failed.length, 9);
  },
});

Deno.test({
  name: "an overview has who works on what, what waits and what failed, and steers no terminal",
  ignore: redisServer === undefined,
  async fn() {
    await using redis = await startRedis();
    await using connection = await connect(queueAddress(redis.url)!, "n1-test", assert.fail);
    const { queue } = connection;
    const add = async (step: string) => {
      const data = { task: { step }, recipe: "r\u001b[1m", from: "mill" } as unknown as QueuedStep;
      const how = { jobId: step, removeOnFail: true, timestamp: 1000 };
      await queue.add(JOB, data, how);
    };
    const working = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const worker = new Worker<QueuedStep>(connection.name, async (job) => {
      const { step } = job.data.task;
      if (step === "bad") {
        throw new UnrecoverableError(failureText(step, "anvil", new Error("no\u001b[1m")));
      }
      const told = { type: "progress", fraction: 0.5, message: "half\u001b[1m", host: "anvil" };
      await job.updateProgress(told);
      working.resolve();
      await release.promise;
    }, { connection: connection.another(), prefix: PREFIX, name: "anvil/1" });
    worker.on("error", () => {});
    try {
      for (const step of ["bad", "first", "second", "third"]) await add(step);
      await working.promise;
      const { workers, others, active, waiting, failed, ...rest } = await overviewOf(connection);
      assert.deepEqual(rest, { address: redis.url, name: "n1-test" });
      assert.deepEqual([workers, others], [["anvil/1"], 0]);
      const [{ since, ...row }] = active as [typeof active[number]];
      assert.ok(Math.abs(Date.parse(since) - Date.now()) < 60_000);
      const shown = { recipe: "r\ufffd[1m", from: "mill" };
      const progress = { fraction: 0.5, message: "half\ufffd[1m" };
      assert.deepEqual(row, { ...shown, step: "first", worker: "anvil/1", ...progress });
      assert.equal(waiting.count, 2);
      assert.deepEqual(waiting.first.map(({ step }) => step).sort(), ["second", "third"]);
      const [{ date, ...failure }] = failed as [typeof failed[number]];
      assert.ok(Math.abs(Date.parse(date) - Date.now()) < 60_000);
      assert.deepEqual(failure, { step: "bad", host: "anvil", message: "no\ufffd[1m" });
    } finally {
      release.resolve();
      await worker.close();
    }
  },
});
