import assert from "node:assert/strict";
import type { Key } from "../../../../engine/digest.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { statesTo } from "../../../../engine/store/shared/states.ts";
import { outcomeOf } from "./world.ts";

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Publication of states that take their time, and what was published. */
function publishing(every: number) {
  const local = memoryStore();
  const told: string[] = [];
  const states = statesTo({
    local,
    every,
    publish: async (_key, state) => {
      await pause();
      told.push(new TextDecoder().decode(state));
    },
  });
  const save = async (key: Key, text: string) => {
    await local.checkpoint(key).save(new TextEncoder().encode(text));
    states.saved(key);
  };
  return { local, states, save, told };
}

const [one, two] = [outcomeOf("a", []).key, outcomeOf("b", []).key];

Deno.test("of states that come faster than they go the last is published", async () => {
  const { states, save, told } = publishing(0);
  for (const text of ["1", "2", "3"]) await save(one, text);
  await states.settled();
  assert.equal(told.at(-1), "3");
  assert.ok(told.length <= 2, told.join());
  await save(one, "4");
  await states.settled();
  assert.equal(told.at(-1), "4");
});

Deno.test("the next waits, unless all shall be settled; steps do not wait for one another", async () => {
  const { states, save, told } = publishing(60_000);
  await save(one, "1");
  await pause();
  await save(two, "other");
  for (let k = 0; k < 20 && told.length < 2; k++) await pause();
  await save(one, "2");
  await pause();
  assert.deepEqual(told, ["1", "other"]);
  await states.settled();
  assert.deepEqual(told, ["1", "other", "2"]);
});

Deno.test("a step that has ended has no state to publish", async () => {
  const { local, states, save, told } = publishing(60_000);
  await save(one, "1");
  for (let k = 0; k < 20 && told.length < 1; k++) await pause();
  await save(one, "2");
  await local.checkpoint(one).remove();
  await states.settled();
  assert.deepEqual(told, ["1"]);
});
