import assert from "node:assert/strict";
import { queueAddress } from "../../../../engine/run/queue/address.ts";
import { openQueue } from "../../../../engine/run/queue/open_queue.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { fakeOps, graphOf } from "../fake.ts";
import { redisServer, startRedis } from "./redis.ts";

const ignore = redisServer === undefined;
const { constant } = fakeOps();
const graph = graphOf([{ name: "a", op: constant, params: { value: 1 } }]);
const sharing = { offer: () => Promise.resolve(true) };

const opening = (url: string, options: object = {}) => {
  const said: string[] = [];
  const opened = openQueue({
    ...{ address: queueAddress(url)!, graph, ops: new Map([["constant", constant]]), host: "mill" },
    store: { ...memoryStore(), sharing } as never,
    notice: (sentence) => void said.push(sentence),
    ...options,
  });
  return { opened, said };
};

Deno.test("a queue without a store, and ops of a program's own on it, are refused before it is reached", async () => {
  await assert.rejects(opening("redis://127.0.0.1:1", { store: memoryStore() }).opened, {
    code: "usage",
    message: /^a queue needs a store that its workers share/,
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
    assert.equal(nobody.said.length, 1);
    assert.match(nobody.said[0]!, /^no worker of this version listens at redis:.*: steps wait/);
    const other = await Deno.connect({ hostname: "127.0.0.1", port: redis.port });
    const named = async (queue: string) => {
      const name = `decant:${btoa(queue)}:w:anvil/1`;
      await other.write(new TextEncoder().encode(`CLIENT SETNAME ${name}\r\n`));
      await other.read(new Uint8Array(64));
    };
    await named("n1-another");
    const elsewhere = opening(redis.url);
    await using _other = await elsewhere.opened;
    assert.match(elsewhere.said[0]!, /, and one of another version: steps wait/);
    other.close();
  },
});
