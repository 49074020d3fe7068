import assert from "node:assert/strict";
import { blobReader } from "../../../engine/store/blob_reader.ts";
import { diskStore } from "../../../engine/store/disk_store.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";

Deno.test("blobs of more than an eighth of the budget are left in files, which the stack closes", async () => {
  const root = await Deno.makeTempDir();
  try {
    const store = await diskStore(root);
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
    const digest = await store.keep(bytes);
    const opened = new DisposableStack();
    const read = blobReader(store, 100, { opened, memory: 799 });
    const found = await read.stored!(digest, 100);
    assert.deepEqual(found!.subarray(98), Uint8Array.of(98, 99));
    assert.equal(
      await blobReader(store, 100, { opened, memory: 800 }).stored!(digest, 100),
      undefined,
    );
    assert.deepEqual(await read(digest), bytes);
    opened.dispose();
    assert.throws(() => found!.subarray(0), /BadResource/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("without files all blobs are read whole", async () => {
  const store = memoryStore();
  const digest = await store.keep(Uint8Array.of(1));
  using opened = new DisposableStack();
  const read = blobReader(store, undefined, { opened, memory: 0 });
  assert.deepEqual([read.stored, [...await read(digest)]], [undefined, [1]]);
  assert.equal(blobReader(await diskStore("none"), 1).stored, undefined);
});
