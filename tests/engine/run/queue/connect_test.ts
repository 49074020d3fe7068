import assert from "node:assert/strict";
import { Redis, type RedisType } from "../../../../engine/deps/queue/bullmq.ts";
import { queueAddress } from "../../../../engine/run/queue/address.ts";
import { connect } from "../../../../engine/run/queue/connect.ts";
import { freePort } from "./free_port.ts";
import { redisServer, startRedis } from "./redis.ts";

const ignore = redisServer === undefined;
const at = (url: string) => queueAddress(url)!;

Deno.test("a queue that is not there is a sentence at once, without a secret", async () => {
  const port = freePort();
  await assert.rejects(
    connect(at(`redis://anna:geheim@127.0.0.1:${port}`), "n", assert.fail),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, "queue");
      assert.match(error.message, /^the queue at redis:\/\/127\.0\.0\.1:\d+ cannot be reached: /);
      return !JSON.stringify([error.message, error, error.stack]).includes("geheim");
    },
  );
});

Deno.test({
  name: "who may not ask is told so, without the password that was tried",
  ignore,
  async fn() {
    await using redis = await startRedis({ words: ["--requirepass", "richtig"] });
    for (const who of ["", ":geheim@", "anna:geheim@"]) {
      await assert.rejects(
        connect(at(`redis://${who}127.0.0.1:${redis.port}`), "n", assert.fail),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, "queue");
          assert.match(error.message, /WRONGPASS|NOAUTH/);
          return !JSON.stringify([error.message, error, error.stack]).includes("geheim");
        },
      );
    }
    const url = `redis://:richtig@127.0.0.1:${redis.port}/1`;
    await using connection = await connect(at(url), "n", assert.fail);
    assert.equal(await connection.queue.count(), 0);
    assert.equal(connection.shown, `redis://127.0.0.1:${redis.port}/1`);
  },
});

Deno.test({
  name: "what is asked while a queue is gone is answered when it is there again, and both is said",
  ignore,
  async fn() {
    await using redis = await startRedis();
    const said: string[] = [];
    await using connection = await connect(at(redis.url), "n", (text) => void said.push(text));
    const other = connection.another();
    await other.ping();
    await redis.stop();
    while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const asked = [connection.queue.count(), other.exists("a")];
    await redis.start();
    assert.deepEqual(await Promise.all(asked), [0, 0]);
    assert.deepEqual(said, [
      `the queue at ${redis.url} does not answer; it is waited for`,
      `the queue at ${redis.url} answers again`,
    ]);
  },
});

Deno.test({
  name: "that a queue is gone is said once, and once that it is there; not when it is left",
  ignore,
  async fn() {
    await using redis = await startRedis();
    const said: string[] = [];
    const notice = (text: string) => void said.push(text.split(" ").slice(4).join(" "));
    const connection = await connect(at(redis.url), "n", notice);
    const first = connection.redis as RedisType & { emit(event: "ready" | "close"): void };
    first.emit("ready");
    assert.deepEqual(said, []);
    const [gone, again] = ["does not answer; it is waited for", "answers again"];
    first.emit("close");
    assert.deepEqual(said, [gone]);
    first.emit("close");
    assert.deepEqual(said, [gone]);
    first.emit("ready");
    first.emit("ready");
    assert.deepEqual(said, [gone, again]);
    const other = connection.another();
    await other.ping();
    await connection[Symbol.asyncDispose]();
    await assert.rejects(other.ping(), /closed/);
    first.emit("close");
    assert.deepEqual(said, [gone, again]);
  },
});

Deno.test({
  name: "a connection is tried again a tenth of a second later each time, up to a second",
  ignore,
  async fn() {
    await using redis = await startRedis();
    await using connection = await connect(at(redis.url), "n", assert.fail);
    type Optioned = RedisType & { readonly options: ConstructorParameters<typeof Redis>[1] };
    for (const each of [connection.redis, connection.another()]) {
      const { options } = each as Optioned;
      const { retryStrategy, socketTimeout, maxRetriesPerRequest } = options;
      assert.deepEqual([1, 2, 9, 10, 11].map((times) => retryStrategy(times)), [
        100,
        200,
        900,
        1000,
        1000,
      ]);
      assert.deepEqual([socketTimeout, maxRetriesPerRequest], [30_000, null]);
    }
    assert.equal(connection.queue.toKey("x"), "decant:n:x");
  },
});
