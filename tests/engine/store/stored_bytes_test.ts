import assert from "node:assert/strict";
import { digestOf } from "../../../engine/digest.ts";
import type { BlobContent } from "../../../engine/kind.ts";
import { diskStore } from "../../../engine/store/disk_store.ts";
import { openBytes } from "../../../engine/store/stored_bytes.ts";
import { spreadIn } from "../../../engine/store/store_folder.ts";
import { CorruptBlobError } from "../../../engine/store/store.ts";
import { sample } from "./contract.ts";

async function folder() {
  const root = await Deno.makeTempDir();
  const store = await diskStore(root);
  const files = (folder: string) => [...Deno.readDirSync(`${root}/${folder}`)].length;
  return {
    root,
    store,
    files,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31) % 251);
const digest = digestOf(bytes);
const { key, outcome } = sample();
const published = (content: BlobContent) => new Map([[digest, content]]);

Deno.test("what is spilled is digested, read by range, and moved where it is published", async () => {
  await using place = await folder();
  using spill = await place.store.spill!(bytes.length);
  await spill.write(bytes.subarray(2_000_000), 2_000_000);
  await spill.write(bytes.subarray(0, 2_000_000), 0);
  const stored = await spill.stored();
  assert.deepEqual([stored.digest, stored.length, stored.byteLength], [
    digest,
    3_000_000,
    3_000_000,
  ]);
  assert.equal(place.files("tmp"), 1);
  await place.store.publish(key, outcome, published(stored));
  assert.equal(place.files("tmp"), 0);
  assert.deepEqual(await place.store.read(digest), bytes);
  // The file is the same under its new name.
  assert.deepEqual(stored.subarray(2_999_990), bytes.slice(2_999_990));
});

Deno.test("what is spilled and not published is gone in the end", async () => {
  await using place = await folder();
  {
    using spill = await place.store.spill!(8);
    await spill.write(Uint8Array.of(7), 7);
    assert.deepEqual([...(await spill.stored()).subarray(0)], [0, 0, 0, 0, 0, 0, 0, 7]);
    assert.equal(place.files("tmp"), 1);
  }
  assert.equal(place.files("tmp"), 0);
  using spill = await place.store.spill!(2 << 20);
  await assert.rejects(spill.stored(AbortSignal.abort(new Error("enough"))), /^Error: enough$/);
});

Deno.test("what is there already stays, and a damaged copy is replaced", async () => {
  await using place = await folder();
  await place.store.keep(bytes);
  const path = spreadIn(place.root, "blobs", digest);
  const { ino } = await Deno.stat(path);
  using spill = await place.store.spill!(bytes.length);
  await spill.write(bytes, 0);
  const stored = await spill.stored();
  await place.store.publish(key, outcome, published(stored));
  assert.equal((await Deno.stat(path)).ino, ino);
  await Deno.writeFile(path, bytes.subarray(1));
  await place.store.publish(key, outcome, published(stored));
  assert.deepEqual(await place.store.read(digest), bytes);
});

Deno.test("a blob that is open is read by range, and written again where it was removed meanwhile", async () => {
  await using place = await folder();
  await place.store.keep(bytes);
  using open = await place.store.open!(digest);
  assert.deepEqual([open.digest, open.length], [digest, 3_000_000]);
  const into = new Uint8Array(5);
  open.readInto(into, 1_234_567);
  assert.deepEqual(into, bytes.slice(1_234_567, 1_234_572));
  assert.deepEqual(open.subarray(10, 20), bytes.slice(10, 20));
  assert.deepEqual([open.subarray(20, 10).length, open.subarray(2_999_999, 4_000_000).length], [
    0,
    1,
  ]);
  assert.equal(open.subarray(5_000_000).length, 0);
  assert.throws(() => open.readInto(into, 2_999_996), CorruptBlobError);
  await Deno.remove(spreadIn(place.root, "blobs", digest));
  await place.store.publish(key, outcome, published(open));
  assert.deepEqual(await place.store.read(digest), bytes);
});

Deno.test("a blob that has changed or is missing is not opened", async () => {
  await using place = await folder();
  await place.store.keep(bytes);
  const path = spreadIn(place.root, "blobs", digest);
  await Deno.writeFile(path, bytes.subarray(1));
  assert.equal(await openBytes(path, digest), undefined);
  await assert.rejects(place.store.open!(digest), new CorruptBlobError(digest, "changed"));
  assert.equal(place.files("quarantine"), 1);
  await assert.rejects(place.store.open!(digest), new CorruptBlobError(digest, "missing"));
});
