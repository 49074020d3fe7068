import assert from "node:assert/strict";
import { Worker } from "../../../../engine/deps/queue/bullmq.ts";
import type { Key } from "../../../../engine/digest.ts";
import { queueAddress } from "../../../../engine/run/queue/address.ts";
import { connect, PREFIX } from "../../../../engine/run/queue/connect.ts";
import { JOB, type Told } from "../../../../engine/run/queue/job.ts";
import { watchQueue } from "../../../../engine/run/queue/watch.ts";
import { redisServer, startRedis } from "./redis.ts";

const ignore = redisServer === undefined;
const gone = { removeOnComplete: true, removeOnFail: true };

/** A queue that is watched, on a Redis of its own. */
async function watched() {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const connection = stack.use(await connect(queueAddress(redis.url)!, "n1-test", () => {}));
  const watch = stack.use(await watchQueue(connection, { look: 100 }));
  const add = async (key: string) => {
    await connection.queue.add(JOB, { key } as never, { jobId: key, ...gone });
  };
  return { redis, connection, watch, add, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test({
  name: "what is told of a job, and how it ends, reaches everybody who waits for it",
  ignore,
  async fn() {
    await using it = await watched();
    const worker = new Worker(
      it.connection.name,
      async (job) => {
        await job.updateProgress({ type: "started", host: "anvil" });
        if (job.id === "bad") throw new Error("no");
        return { ran: true, host: "anvil", artifact: "a" };
      },
      { connection: it.connection.another(), prefix: PREFIX },
    );
    worker.on("error", () => {});
    try {
      const told: Told[] = [];
      using good = it.watch.wait("good" as Key, (each) => told.push(each));
      using too = it.watch.wait("good" as Key, () => {});
      using bad = it.watch.wait("bad" as Key, () => {});
      await it.add("good");
      await it.add("bad");
      const performed = { ran: true, host: "anvil", artifact: "a" };
      assert.deepEqual(await good.ended, { type: "completed", performed });
      assert.deepEqual(await too.ended, { type: "completed", performed });
      assert.deepEqual(await bad.ended, { type: "failed", reason: "no" });
      assert.deepEqual(told, [{ type: "started", host: "anvil" }]);
    } finally {
      await worker.close();
    }
  },
});

Deno.test({
  name:
    "who has left is not told any more, whoever waits still or again is, whatever is left twice",
  ignore,
  async fn() {
    await using it = await watched();
    const called: string[] = [];
    const wait = (name: string) => it.watch.wait("a" as Key, () => void called.push(name));
    const [first, second] = [wait("first"), wait("second")];
    first[Symbol.dispose]();
    const worker = new Worker(
      it.connection.name,
      async (job) => {
        await job.updateProgress({ type: "started", host: "anvil" });
        return { ran: true, host: "anvil", artifact: "a" };
      },
      { connection: it.connection.another(), prefix: PREFIX },
    );
    worker.on("error", () => {});
    try {
      await it.add("a");
      await second.ended;
      assert.deepEqual(called, ["second"]);
      second[Symbol.dispose]();
      using third = wait("third");
      second[Symbol.dispose]();
      await it.add("a");
      await third.ended;
      assert.deepEqual(called, ["second", "third"]);
    } finally {
      await worker.close();
    }
  },
});

Deno.test({
  name: "a job is lost that is missed twice in a row",
  ignore,
  async fn() {
    await using it = await watched();
    const found = [0, 1, 0, 1, 0, 0];
    let looks = 0;
    it.connection.redis.exists = () => Promise.resolve(found[looks++] ?? 1);
    using waiting = it.watch.wait("a" as Key, () => {});
    assert.deepEqual(await waiting.ended, { type: "lost" });
    assert.equal(looks, 6);
  },
});

Deno.test({
  name: "jobs that a Redis has lost are missed; those that it has are waited for",
  ignore,
  async fn() {
    await using it = await watched();
    using kept = it.watch.wait("kept" as Key, () => {});
    using lost = it.watch.wait("lost" as Key, () => {});
    await it.add("kept");
    await it.add("lost");
    await it.connection.queue.remove("lost");
    assert.deepEqual(await lost.ended, { type: "lost" });
    const nothing = new Promise((resolve) => setTimeout(() => resolve("nothing"), 500));
    assert.equal(await Promise.race([kept.ended, nothing]), "nothing");
    await it.redis.stop();
    await it.redis.start();
    assert.deepEqual(await kept.ended, { type: "lost" });
  },
});
