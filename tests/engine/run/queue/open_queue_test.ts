import assert from "node:assert/strict";
import { queueAddress, queueName } from "../../../../engine/run/queue/address.ts";
import { connect } from "../../../../engine/run/queue/connect.ts";
import { openQueue } from "../../../../engine/run/queue/open_queue.ts";
import { overviewOf } from "../../../../engine/run/queue/overview.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { fakeOps, graphOf } from "../support/fake.ts";
import { redisServer, startRedis } from "./redis.ts";

const ignore = redisServer === undefined;
const { constant } = fakeOps();
const graph = graphOf([{ name: "a", op: constant, params: { value: 1 } }]);
const sharing = { offer: () => Promise.resolve(true) };

const own = new Map([["constant", constant]]);

const opening = (url: string, options: object = {}) => {
  const said: string[] = [];
  const opened = openQueue({
    ...{ address: queueAddress(url)!, graph, ops: own, host: "mill" },
    store: { ...memoryStore(), sharing } as never,
    notice: (sentence) => void said.push(sentence),
    ...options,
  });
  return { opened, said };
};

Deno.test("a queue without a store, and ops of a program's own on it, are refused before it is reached", async () => {
  await assert.rejects(opening("redis://127.0.0.1:1", { store: memoryStore() }).opened, {
    code: "usage",
    message:
      "a queue needs a store that its workers share: what they read and make travels through it",
    help: "--queue redis://… --store https://…",
  });
  const own = graphOf([{ name: "a", op: { ...constant, code: "0".repeat(64) } as never }]);
  await assert.rejects(opening("redis://127.0.0.1:1", { graph: own }).opened, {
    code: "usage",
    message: /^`a` runs `constant`, an op that did not come with Decant/,
  });
});

Deno.test({
  name: "it is said where nobody of this version takes jobs",
  ignore,
  async fn() {
    await using redis = await startRedis();
    const nobody = opening(redis.url);
    await using _queue = await nobody.opened;
    assert.deepEqual(nobody.said, [
      `no worker of this version listens at ${redis.url}: steps wait for one; ` +
      "decant worker --queue URL --store URL starts one",
    ]);
    const other = await Deno.connect({ hostname: "127.0.0.1", port: redis.port });
    const named = async (queue: string, client = other) => {
      const name = `decant:${btoa(queue)}:w:anvil/1`;
      await client.write(new TextEncoder().encode(`CLIENT SETNAME ${name}\r\n`));
      await client.read(new Uint8Array(64));
    };
    await named("n1-another");
    const elsewhere = opening(redis.url);
    await using _other = await elsewhere.opened;
    assert.match(elsewhere.said[0]!, /, and one of another version: steps wait/);
    const second = await Deno.connect({ hostname: "127.0.0.1", port: redis.port });
    await named("n1-a-third", second);
    const two = opening(redis.url);
    await using _two = await two.opened;
    assert.match(two.said[0]!, /, and 2 of other versions: steps wait/);
    await named(queueName(own), second);
    const somebody = opening(redis.url);
    await using _somebody = await somebody.opened;
    assert.deepEqual(somebody.said, []);
    other.close();
    second.close();
  },
});

Deno.test({
  name: "a step of a run is asked for in its name, what it reads is there, and it is withdrawn",
  ignore,
  async fn() {
    await using redis = await startRedis();
    const notes: string[] = [];
    const sharing = {
      offer: () => Promise.resolve(true),
      provide: () => Promise.resolve(notes.push("provided") > 0),
    };
    const { opened } = opening(redis.url, { store: { ...memoryStore(), sharing } });
    const stop = new AbortController();
    await using connection = await connect(queueAddress(redis.url)!, queueName(own), assert.fail);
    const { redis: client } = connection;
    const before = (await client.client("LIST") as string).split("\n").length;
    {
      await using queue = await opened;
      assert.ok(queue.store.sharing !== undefined);
      const task = {
        ...{ step: "a", key: "k", preimage: { host: null }, inputs: {}, references: {} },
        sources: [],
      };
      const running = queue.executor.perform(task as never, stop.signal, () => assert.fail());
      running.catch(() => {});
      let { waiting } = await overviewOf(connection);
      // The count and the first ones are asked for one after the other.
      while (waiting.count === 0 || waiting.first.length === 0) {
        ({ waiting } = await overviewOf(connection));
      }
      const [{ since: _, ...row }] = waiting.first as [typeof waiting.first[number]];
      assert.deepEqual(row, { recipe: graph.recipe.about.name, step: "a", from: "mill" });
      assert.deepEqual(notes, ["provided"]);
      // Who asks is noted once the job is there.
      let { logs } = await connection.queue.getJobLogs("k");
      while (logs.length === 0) ({ logs } = await connection.queue.getJobLogs("k"));
      assert.match(logs.join(), /^[0-9a-f-]{36}$/);
      stop.abort(new Error("enough"));
      await assert.rejects(running, { message: "enough" });
      assert.equal((await overviewOf(connection)).waiting.count, 0);
    }
    const clients = async () => (await client.client("LIST") as string).split("\n").length;
    while (await clients() > before) await new Promise((resolve) => setTimeout(resolve, 10));
  },
});
