import assert from "node:assert/strict";
import { UnrecoverableError, Worker } from "../../../../engine/deps/queue/bullmq.ts";
import { queueAddress } from "../../../../engine/run/queue/address.ts";
import { connect, PREFIX } from "../../../../engine/run/queue/connect.ts";
import { failureText, JOB, type QueuedStep } from "../../../../engine/run/queue/job.ts";
import { overviewOf } from "../../../../engine/run/queue/overview.ts";
import { redisServer, startRedis } from "./redis.ts";

Deno.test({
  name: "an overview has who works on what, what waits and what failed, and steers no terminal",
  ignore: redisServer === undefined,
  async fn() {
    await using redis = await startRedis();
    await using connection = await connect(queueAddress(redis.url)!, "n1-test", assert.fail);
    const { queue } = connection;
    const add = async (step: string) => {
      const data = { task: { step }, recipe: "r\u001b[1m", from: "mill" } as unknown as QueuedStep;
      await queue.add(JOB, data, { jobId: step, removeOnFail: true });
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
