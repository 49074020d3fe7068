/** Every byte of a store, read and checked. */
import assert from "node:assert/strict";
import { canonicalBytes } from "../../../engine/digest.ts";
import { pin } from "../../../engine/store/pin.ts";
import { seal } from "../../../engine/store/seal.ts";
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

Deno.test("what is sound is counted with its bytes; another version's record and a damaged pin are told apart", async () => {
  await using shop = await stocked();
  await shop.journal.close();
  const { one, two, three, place, root } = shop;
  const all = [one, two, three].flatMap(({ blobs }) => [...blobs.values()]);
  const bytes = all.reduce((sum, { length }) => sum + length, 0);
  const none = { damaged: [], missing: 0, otherVersions: 0, notices: [] };
  assert.deepEqual(await verifyStore(root), { ...none, records: 3, blobs: 6, bytes });
  const record = seal(`outcome ${one.key}`, canonicalBytes({ format: 9 }));
  await Deno.writeFile(place.spread("outcomes", one.key), record);
  await pin(place, "thesis", [two.key]);
  await Deno.writeTextFile(`${root}/roots/thesis.json`, "torn");
  await Deno.remove(place.spread("blobs", two.tensor));
  const length = two.blobs.get(two.tensor)!.length;
  assert.deepEqual(await verifyStore(root), {
    ...{ records: 2, blobs: 5, bytes: bytes - length, damaged: ["pin thesis"], missing: 1 },
    ...{ otherVersions: 1, notices: [] },
  });
  await Deno.mkdir(place.spread("blobs", two.tensor));
  const { damaged, notices } = await verifyStore(root);
  assert.deepEqual(damaged, [`blob ${two.tensor}`, "pin thesis"]);
  assert.equal(notices.length, 1);
  assert.match(notices[0]!, /is a folder, not a file of the cache; it was moved to /);
});

Deno.test("a folder in the place of a record is damage", async () => {
  await using shop = await stocked();
  await shop.journal.close();
  const path = shop.place.spread("outcomes", shop.one.key);
  await Deno.remove(path);
  await Deno.mkdir(path);
  const { damaged, records } = await verifyStore(shop.root);
  assert.deepEqual([damaged, records], [[`record ${shop.one.key}`], 2]);
});

Deno.test("a blob that cannot be read for another reason stops the verification", async () => {
  await using shop = await stocked();
  await shop.journal.close();
  const { readFile } = Deno;
  const odd = new Error("odd");
  const blob = shop.place.spread("blobs", shop.one.tensor);
  Deno.readFile = (path, options) => path === blob ? Promise.reject(odd) : readFile(path, options);
  try {
    await assert.rejects(() => verifyStore(shop.root), (error) => error === odd);
  } finally {
    Deno.readFile = readFile;
  }
});
