import assert from "node:assert/strict";
import type { Key } from "../../../../engine/digest.ts";
import type { Plan, PlannedStep } from "../../../../engine/graph/plan.ts";
import { opSet } from "../../../../engine/op.ts";
import { queueAddress, queueName } from "../../../../engine/run/queue/address.ts";
import { queueOutlook } from "../../../../engine/run/queue/outlook.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { fakeOps, type FakeStep, graphOf } from "../support/fake.ts";
import { freePort } from "./free_port.ts";
import { redisServer, startRedis } from "./redis.ts";

const { constant, add, clock } = fakeOps();
const ops = opSet([constant, add, clock]);

const written: readonly (FakeStep & Pick<PlannedStep, "state">)[] = [
  { name: "kept", op: constant, state: "hit" },
  { name: "kept-too", op: constant, state: "hit" },
  { name: "elsewhere", op: constant, state: "hit" },
  { name: "new", op: add, inputs: { number: "kept" }, state: "run" },
  { name: "new-speed", op: clock, inputs: { model: "new" }, state: "unknown" },
  { name: "kept-speed", op: clock, inputs: { model: "kept" }, state: "run" },
  { name: "last", op: add, inputs: { number: "new" }, state: "unknown" },
  { name: "very-last", op: add, inputs: { number: "last" }, state: "unknown" },
  { name: "last-of-all", op: add, inputs: { number: "last" }, state: "unknown" },
];
const graph = graphOf(written);
const plan = {
  graph,
  steps: graph.nodes.map((node, at) => ({ node, state: written[at]!.state, key: node.step.name })),
  diagnostics: [],
} as unknown as Plan;
const store = {
  ...memoryStore(),
  behind: {} as never,
  theirs: new Set(["elsewhere", "new"] as unknown as Key[]),
};
const steps = { cached: 2, fetched: 1, asked: 1, later: 3, here: 2 };

const lookedAt = (url: string, changed: object = {}) =>
  queueOutlook({ address: queueAddress(url)!, plan, ops, store, ...changed });

Deno.test({
  name:
    "a plan is divided among the cache, the stores, workers and this machine, and workers are counted",
  ignore: redisServer === undefined,
  async fn() {
    await using redis = await startRedis();
    const name = queueName(ops);
    const found = { address: redis.url, name, steps };
    assert.deepEqual(await lookedAt(redis.url), { ...found, workers: 0, others: 0 });
    const clients: Deno.TcpConn[] = [];
    for (const [at, queue] of [name, name, "n1-another"].entries()) {
      const client = await Deno.connect({ hostname: "127.0.0.1", port: redis.port });
      const called = `decant:${btoa(queue)}:w:anvil/${at}`;
      await client.write(new TextEncoder().encode(`CLIENT SETNAME ${called}\r\n`));
      await client.read(new Uint8Array(64));
      clients.push(client);
    }
    assert.deepEqual(await lookedAt(redis.url), { ...found, workers: 2, others: 1 });
    const { theirs: _, ...alone } = store;
    const all = await lookedAt(redis.url, { store: alone });
    assert.deepEqual(all.steps, { ...steps, cached: 3, fetched: 0 });
    for (const each of clients) each.close();
  },
});

Deno.test("a queue that is not there is a sentence beside what would be asked of it, without a secret", async () => {
  const url = `redis://anna:geheim@127.0.0.1:${freePort()}`;
  const { unreachable, ...found } = await lookedAt(url);
  const { shown } = queueAddress(url)!;
  assert.deepEqual(found, { address: shown, name: queueName(ops), steps });
  assert.ok(unreachable!.startsWith(`the queue at ${shown} cannot be reached: `), unreachable);
  assert.ok(!JSON.stringify([found, unreachable]).includes("geheim"));
});

Deno.test("what a run on the queue would refuse is refused, and nobody is asked", async () => {
  const nowhere = "redis://127.0.0.1:1";
  await assert.rejects(lookedAt(nowhere, { store: memoryStore() }), {
    code: "usage",
    message: /^a queue needs a store that its workers share/,
  });
  const own = graphOf([{ name: "a", op: { ...constant, code: "0".repeat(64) } as never }]);
  await assert.rejects(lookedAt(nowhere, { plan: { ...plan, graph: own } }), {
    code: "usage",
    message: /^`a` runs `constant`, an op that did not come with Decant/,
  });
});
