import assert from "node:assert/strict";
import { canonicalBytes } from "../../../engine/digest.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { seal } from "../../../engine/store/seal.ts";
import { sample, testStore } from "./contract.ts";

testStore("memory", () => {
  const store = memoryStore();
  const { contents } = store;
  function change<K>(
    map: Map<K, Uint8Array>,
    name: K,
    by: (bytes: Uint8Array) => Uint8Array | undefined,
  ) {
    const changed = by(map.get(name)!);
    if (changed === undefined) map.delete(name);
    else map.set(name, changed);
    return Promise.resolve();
  }
  return Promise.resolve({
    store,
    another: () => Promise.resolve(store),
    damageBlob: (digest, by) => change(contents.blobs, digest, by),
    damageRecord: (key, by) => change(contents.outcomes, key, by),
    damageCheckpoint: (key, by) => change(contents.checkpoints, key, by),
    quarantined: () => Promise.resolve(contents.quarantine.size),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});

Deno.test("memory: what is damaged or disputed is set aside under a name that says what it was", async () => {
  const store = memoryStore();
  const { contents } = store;
  const { key, outcome, blobs, tensor } = sample();
  const other = sample("other");
  await store.publish(key, outcome, blobs);
  await store.dispute(key, other.outcome, other.blobs);
  contents.blobs.set(tensor, new Uint8Array(1));
  contents.outcomes.set(key, new Uint8Array(2));
  await assert.rejects(store.read(tensor), {
    message: `Cannot use blob ${tensor.slice(0, 12)}: its bytes have changed`,
  });
  await assert.rejects(store.read(tensor), /it is missing$/);
  assert.equal(await store.outcome(key), undefined);
  assert.deepEqual([...contents.quarantine.keys()], [
    ...[`disputed-${key}-${other.manifest}`, `blob-${tensor}`, `outcome-${key}`],
  ]);
  assert.equal(contents.outcomes.size, 0);
});

Deno.test("memory: a record of another version is neither read nor moved, and bytes are kept by digest", async () => {
  const store = memoryStore();
  const { contents } = store;
  const { key, tensor, blobs } = sample();
  const record = seal(`outcome ${key}`, canonicalBytes({ format: 9 }));
  contents.outcomes.set(key, record);
  assert.equal(await store.outcome(key), undefined);
  assert.equal(contents.outcomes.get(key), record);
  assert.equal(contents.quarantine.size, 0);
  const bytes = blobs.get(tensor)!;
  assert.equal(await store.keep(bytes), tensor);
  const kept = contents.blobs.get(tensor);
  assert.notEqual(kept, bytes);
  await store.keep(bytes);
  assert.equal(contents.blobs.get(tensor), kept);
});

Deno.test("memory: journals are numbered and keep their lines; checkpoints are the caller's own", async () => {
  const store = memoryStore();
  const [first, second] = [await store.journal(), await store.journal()];
  await first.append({ a: 1 });
  await second.append({ b: 2 });
  await first.close();
  assert.deepEqual(
    store.contents.journals,
    new Map([["run-1", [{ a: 1 }]], ["run-2", [{ b: 2 }]]]),
  );
  assert.deepEqual([first.id, second.id], ["run-1", "run-2"]);
  const file = store.checkpoint(sample().key);
  await file.save(Uint8Array.of(1, 2));
  (await file.load())!.fill(9);
  assert.deepEqual(await file.load(), Uint8Array.of(1, 2));
});

Deno.test("memory: who waits for a key is told who holds it, also where the holder fails", async () => {
  const store = memoryStore();
  const { key } = sample();
  const said: string[] = [];
  const waiting = (holder: string) => void said.push(holder);
  const failing = store.locked(key, () => Promise.reject(new Error("no")), { waiting });
  const next = store.locked(key, () => Promise.resolve(7), { waiting });
  await assert.rejects(failing, /^Error: no$/);
  assert.equal(await next, 7);
  assert.deepEqual(said, ["this process, which is computing it"]);
});
