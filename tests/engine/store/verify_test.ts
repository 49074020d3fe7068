/** Every byte of a store, read and checked. */
import assert from "node:assert/strict";
import { verifyStore } from "../../../engine/store/verify.ts";
import { stocked } from "./stocked.ts";

Deno.test("verification finds every damaged file and nothing else", async () => {
  await using shop = await stocked();
  await shop.journal.close();
  const sound = await verifyStore(shop.root);
  assert.deepEqual([sound.records, sound.blobs, sound.damaged, sound.missing], [3, 6, [], 0]);
  const flip = async (path: string) => {
    const bytes = await Deno.readFile(path);
    bytes[bytes.length >> 1]! ^= 8;
    await Deno.writeFile(path, bytes);
  };
  const at = (folder: string, name: string) =>
    `${shop.root}/${folder}/${name.slice(0, 2)}/${name.slice(2)}`;
  await flip(at("blobs", shop.one.tensor));
  await flip(at("outcomes", shop.two.key));
  await Deno.remove(at("blobs", shop.three.manifest));
  const found = await verifyStore(shop.root);
  assert.deepEqual([...found.damaged].sort(), [
    `blob ${shop.one.tensor}`,
    `record ${shop.two.key}`,
  ]);
  assert.equal(found.missing, 2);
  assert.deepEqual((await verifyStore(shop.root)).damaged, []);
});

Deno.test("a folder that is no cache is not verified", async () => {
  const root = await Deno.makeTempDir();
  try {
    await assert.rejects(verifyStore(root), /There is no cache in/);
  } finally {
    await Deno.remove(root);
  }
});

Deno.test("damaged lines and strangers are notices, no damage", async () => {
  await using shop = await stocked();
  await shop.journal.close();
  await Deno.writeTextFile(shop.journal.path!, "torn\n", { append: true });
  await Deno.writeTextFile(`${shop.root}/blobs/notes.txt`, "mine");
  const { damaged, notices } = await verifyStore(shop.root);
  assert.deepEqual(damaged, []);
  assert.equal(notices.length, 2);
  assert.match(notices[0]!, /line 3 is damaged, passed over$/);
  assert.equal(notices[1], `${shop.root}/blobs/notes.txt is not a folder of the cache`);
});
