import assert from "node:assert/strict";
import { answers, untilBack } from "../../../../engine/run/queue/cut_off.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import type { Store } from "../../../../engine/store/store.ts";

/** A store that answers as it is told to, time after time. */
function storeThat(says: (() => Promise<boolean>)[]): { store: Store; asked: () => number } {
  let asked = 0;
  const store = {
    ...memoryStore(),
    sharing: { answers: () => says[Math.min(asked++, says.length - 1)]!() } as never,
  };
  return { store, asked: () => asked };
}

const yes = () => Promise.resolve(true);
const no = () => Promise.resolve(false);
const { signal } = new AbortController();

Deno.test("a store answers or does not; one that cannot even be asked does not", async () => {
  assert.equal(await answers(storeThat([yes]).store, signal), true);
  assert.equal(await answers(storeThat([no]).store, signal), false);
  const { store } = storeThat([() => Promise.reject(new Error("no network"))]);
  assert.equal(await answers(store, signal), false);
});

Deno.test("a store is waited for until it answers, and both are said", async () => {
  const { store, asked } = storeThat([no, yes]);
  const said: string[] = [];
  const say = (sentence: string) => void said.push(sentence);
  await untilBack({ open: () => Promise.resolve(store), say }, signal);
  assert.equal(asked(), 2);
  assert.deepEqual(said, [
    "the store does not answer; its step is given back, and none taken until it does",
    "the store answers again",
  ]);
});

Deno.test("who is told to leave does not wait any longer", async () => {
  const controller = new AbortController();
  const said: string[] = [];
  const { store } = storeThat([() => {
    controller.abort();
    return no();
  }]);
  const say = (sentence: string) => void said.push(sentence);
  await untilBack({ open: () => Promise.resolve(store), say }, controller.signal);
  assert.equal(said.length, 1);
});
