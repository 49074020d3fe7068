import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { diskStore } from "../../../engine/store/disk_store.ts";
import { openStoreFolder, strangers } from "../../../engine/store/store_folder.ts";
import { sweepWriters, writerFolder } from "../../../engine/store/writer_folder.ts";

const key = "a".repeat(64) as never;

/** A folder that is gone afterwards, and what lies in the `tmp` of the cache in it. */
async function place() {
  const folder = await Deno.makeTempDir();
  const root = `${folder}/cache`;
  return {
    root,
    temporary: () => Array.fromAsync(Deno.readDir(`${root}/tmp`)),
    async [Symbol.asyncDispose]() {
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("what a writer has not published lies in its folder, and goes with it whatever it still does", async () => {
  await using it = await place();
  const writer = await writerFolder(it.root);
  const store = await diskStore(it.root, { writer: writer.path });
  const { rename } = Deno;
  const held = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  try {
    Deno.rename = async (from, to) => {
      if (!`${from}`.startsWith(writer.path + "/")) return await rename(from, to);
      reached.resolve();
      await held.promise;
      await rename(from, to);
    };
    const saved = store.checkpoint(key).save(new Uint8Array(3));
    await reached.promise;
    assert.equal((await Array.fromAsync(Deno.readDir(writer.path))).length, 1);
    await writer[Symbol.asyncDispose]();
    assert.deepEqual(await it.temporary(), []);
    held.resolve();
    await assert.rejects(saved, { name: "StoreError" });
  } finally {
    Deno.rename = rename;
  }
  await assert.rejects(store.checkpoint(key).save(new Uint8Array(3)), { name: "StoreError" });
  assert.equal(await store.checkpoint(key).load(), undefined);
  assert.deepEqual(await it.temporary(), []);
});

Deno.test("a file that is being opened while the folder goes does not keep it", async () => {
  await using it = await place();
  const writer = await writerFolder(it.root);
  const { remove } = Deno;
  try {
    let late = true;
    Deno.remove = async (path, options) => {
      if (!late || !`${path}`.endsWith("/gone")) return await remove(path, options);
      late = false;
      throw new Error("Directory not empty");
    };
    await writer[Symbol.asyncDispose]();
  } finally {
    Deno.remove = remove;
  }
  assert.deepEqual(await it.temporary(), []);
});

Deno.test("folders of writers whose process was killed are swept, others are not, and none is a stranger", async () => {
  await using it = await place();
  await using alive = await writerFolder(it.root);
  const killed = `${it.root}/tmp/writer-killed`;
  await Deno.mkdir(`${killed}/files`, { recursive: true });
  await Deno.writeTextFile(`${killed}/lock`, "");
  await Deno.writeTextFile(`${killed}/files/half`, "");
  const cache = await openStoreFolder(it.root);
  assert.deepEqual(await Array.fromAsync(strangers(cache)), []);
  await sweepWriters(cache);
  assert.deepEqual([existsSync(killed), existsSync(alive.path)], [false, true]);
  await Deno.writeTextFile(`${it.root}/tmp/writer-odd`, "");
  assert.deepEqual(await Array.fromAsync(strangers(cache)), [
    `${it.root}/tmp/writer-odd is not a file of the cache`,
  ]);
});
