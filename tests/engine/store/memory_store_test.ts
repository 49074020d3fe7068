import { memoryStore } from "../../../engine/store/memory_store.ts";
import { testStore } from "./contract.ts";

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
