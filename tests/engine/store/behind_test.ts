import assert from "node:assert/strict";
import { type Digest, digestOf, type Key } from "../../../engine/digest.ts";
import { withBehind } from "../../../engine/store/behind.ts";
import type { Behind } from "../../../engine/store/store.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { sample } from "./contract.ts";

const bytes = new Uint8Array([1, 2, 3]);
const digest = digestOf(bytes);
const { key } = sample();

/** A store with others behind it that have three bytes and a state, and what they were asked. */
function behindOne({ state, of = Infinity }: { state?: string; of?: number } = {}) {
  const local = memoryStore();
  const asked: unknown[] = [];
  const behind: Behind = {
    async fetch(name: Digest, most: number) {
      asked.push(most);
      if (name === digest) await local.keep(bytes);
      return name === digest;
    },
    state(_key: Key, after: number) {
      asked.push(after);
      return Promise.resolve(
        state === undefined || of <= after ? undefined : new TextEncoder().encode(state),
      );
    },
    saved: (key) => void asked.push(key),
  };
  return { local, asked, behind, store: withBehind(local, behind) };
}

Deno.test("bytes that a store lacks are fetched once, up to what they may have, read or streamed", async () => {
  const { store, asked, local, behind } = behindOne();
  assert.equal(store.behind, behind);
  assert.deepEqual(await store.read(digest, 7), bytes);
  assert.deepEqual(await store.read(digest, 7), bytes);
  assert.deepEqual(asked, [7]);
  local.contents.blobs.get(digest)![0]! ^= 1;
  const streamed = await new Response(await store.stream(digest, 8)).arrayBuffer();
  assert.deepEqual(new Uint8Array(streamed), bytes);
  local.contents.blobs.clear();
  await store.read(digest);
  assert.deepEqual(asked, [7, 8, 2 ** 40]);
});

Deno.test("bytes that nobody has are missing; what fails otherwise is not asked for elsewhere", async () => {
  const { store, asked, local, behind } = behindOne();
  const other = digestOf(new Uint8Array([4]));
  await assert.rejects(store.read(other), { name: "CorruptBlobError", found: "missing" });
  await assert.rejects(store.stream(other), { name: "CorruptBlobError", found: "missing" });
  assert.equal(asked.length, 2);
  const broken = { ...local, read: () => Promise.reject(new Error("a broken disk")) };
  await assert.rejects(withBehind(broken, behind).read(digest), { message: "a broken disk" });
  assert.equal(asked.length, 2);
});

Deno.test("the state that was saved last is loaded, and what is saved here is told", async () => {
  const text = async (options: Parameters<typeof behindOne>[0], own?: string) => {
    const { store, local } = behindOne(options);
    if (own !== undefined) await local.checkpoint(key).save(new TextEncoder().encode(own));
    const state = await store.checkpoint(key).load();
    return state && new TextDecoder().decode(state);
  };
  assert.equal(await text({}), undefined);
  assert.equal(await text({ state: "theirs" }), "theirs");
  assert.equal(await text({}, "own"), "own");
  assert.equal(await text({ state: "theirs", of: 0 }, "own"), "own");
  assert.equal(await text({ state: "theirs" }, "own"), "theirs");
  const { store, asked, local } = behindOne();
  const file = store.checkpoint(key);
  await file.save(bytes);
  assert.deepEqual([asked, await local.checkpoint(key).load()], [[key], bytes]);
  const at = await local.checkpoint(key).savedAt();
  assert.ok(Math.abs(at! - Date.now()) < 60_000);
  await file.load();
  assert.deepEqual(asked, [key, at]);
  await file.remove();
  assert.equal(await local.checkpoint(key).savedAt(), undefined);
});
