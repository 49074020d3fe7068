import assert from "node:assert/strict";
import { execute } from "../../../engine/run/execute.ts";
import { tellExpected } from "../../../engine/run/expected.ts";
import type { RunEvent } from "../../../engine/run/event.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import type { Store } from "../../../engine/store/store.ts";
import { fakeOps, graphOf, nowhere } from "./support/fake.ts";

const ops = fakeOps();
const adding = (amount: number) =>
  graphOf([
    { name: "one", op: ops.constant, params: { value: 1 } },
    { name: "more", op: ops.add, inputs: { number: "one" }, params: { amount } },
  ]);
const environment = { ...nowhere, host: "here" };

/** A store in which the steps have records of this machine, that took so many seconds. */
async function recorded(seconds: number): Promise<Store> {
  const store = memoryStore();
  await execute(adding(1), { store, environment });
  for await (const { key, outcome } of store.outcomes()) {
    const provenance = { ...outcome.provenance, seconds };
    await store.publish(key, { ...outcome, provenance }, new Map(), { replace: true });
  }
  return store;
}

/** What is told of a step on a machine while a test waits. */
async function toldOf(
  store: Store,
  host: string,
  wait: (stop: () => Promise<void>, told: Promise<void>) => Promise<void>,
) {
  const graph = adding(2);
  const events: RunEvent[] = [];
  const { located } = await execute(graph, { store: memoryStore(), environment });
  const told = Promise.withResolvers<void>();
  const tell = (event: RunEvent) => {
    events.push(event);
    told.resolve();
    return told.promise;
  };
  const looking = { walk: { graph }, store, host, tell };
  const telling = tellExpected(looking, graph.node("more")!, located.get("more")!, 0);
  await wait(() => telling.stop(), told.promise);
  await telling.stop();
  return events;
}

const aWhile = () => new Promise<void>((resolve) => setTimeout(resolve, 100));

Deno.test("a step that has run for a while is told what the record nearest to it took", async () => {
  assert.deepEqual(await toldOf(await recorded(41), "here", (_stop, told) => told), [
    { type: "expected", step: "more", seconds: 41 },
  ]);
});

Deno.test("records of another machine say nothing, and of a step that has ended nothing is told", async () => {
  assert.deepEqual(await toldOf(await recorded(41), "there", aWhile), []);
  assert.deepEqual(await toldOf(await recorded(41), "here", (stop) => stop()), []);
});

Deno.test("a store that cannot be read stops nothing", async () => {
  const store = await recorded(41);
  const outcomes = () => {
    throw new Error("gone");
  };
  assert.deepEqual(await toldOf({ ...store, outcomes }, "here", aWhile), []);
});

Deno.test("a run of many steps reads the records a few times: for its first, second, fourth, eighth …", async () => {
  const store = await recorded(41);
  let read = 0;
  const counting = {
    ...store,
    outcomes: () => {
      read++;
      return store.outcomes();
    },
  };
  const graph = adding(2);
  const { located } = await execute(graph, { store: memoryStore(), environment });
  const looking = { walk: { graph }, store: counting, host: "here" };
  for (let step = 1; step <= 9; step++) {
    const told = Promise.withResolvers<void>();
    const tell = () => Promise.resolve(told.resolve());
    const telling = tellExpected(
      { ...looking, tell },
      graph.node("more")!,
      located.get("more")!,
      0,
    );
    await told.promise;
    await telling.stop();
    assert.equal(read, Math.floor(Math.log2(step)) + 1, `${step}`);
  }
});
