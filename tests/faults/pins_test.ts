import assert from "node:assert/strict";
import { collect } from "../../engine/store/collect.ts";
import { openStoreFolder } from "../../engine/store/store_folder.ts";
import { pin, pins, unpin } from "../../engine/store/pin.ts";
import { StoreError } from "../../engine/store/store.ts";
import { verifyStore } from "../../engine/store/verify.ts";
import { decant, filesUnder, petals, smallCache } from "./small_cache.ts";

/** Every way in which a file of that many bytes is changed here. */
function damages(sealed: Uint8Array): readonly (readonly [string, Uint8Array])[] {
  const flipped = (at: number): Uint8Array => {
    const bytes = sealed.slice();
    bytes[at]! ^= 1;
    return bytes;
  };
  const places = Array.from({ length: 18 }, (_, i) => Math.floor(i * sealed.length / 18));
  return [
    ...places.map((at) => [`byte ${at} flipped`, flipped(at)] as const),
    ["cut in half", sealed.slice(0, sealed.length >> 1)],
    ["cut by one byte", sealed.slice(0, -1)],
    ["empty", new Uint8Array()],
    ["zeros", new Uint8Array(sealed.length)],
    ["an empty object", new TextEncoder().encode("{}")],
    ["keys without a seal", sealed.slice(65)],
    ["one byte more", new Uint8Array([...sealed, 10])],
  ];
}

Deno.test("a damaged pin stops a collection, is named by verify and ls, and nothing is removed", async () => {
  await using place = await smallCache();
  const { steps } = await petals.plan({ cache: place.cache });
  const keys = steps.flatMap((step) => step.state === "hit" ? [step.key] : []);
  assert.ok(keys.length > 3);
  const opened = await openStoreFolder(place.cache);
  await pin(opened, "small", keys);
  const path = `${place.cache}/roots/small.json`;
  const sealed = await Deno.readFile(path);
  const all = damages(sealed);
  assert.equal(all.length, 25);
  const before = await filesUnder(place.cache);
  for (const [how, bytes] of all) {
    await Deno.writeFile(path, bytes);
    await assert.rejects(
      collect(opened, { maxBytes: 0, now: Date.now() + 1e12 }),
      (error) =>
        error instanceof StoreError && error.reason === "pin" && error.message.includes(path),
      how,
    );
    assert.deepEqual((await verifyStore(place.cache)).damaged, ["pin small"], how);
    assert.deepEqual((await pins(opened)).map(({ keys }) => keys), [undefined], how);
    assert.deepEqual(await filesUnder(place.cache), before, how);
  }
  const collected = await decant(["cache", "gc", "--max-size", "0B", "--cache", place.cache]);
  assert.equal(collected.code, 4);
  assert.match(collected.err, /small\.json is damaged.*decant cache pin RECIPE/);
  const listed = await decant(["cache", "ls", "--cache", place.cache]);
  assert.match(listed.out, /Pinned: small \(damaged\)\./);
  assert.equal(await unpin(opened, "small"), true);
  await pin(opened, "small", keys);
  assert.equal((await collect(opened, { maxBytes: 0, now: Date.now() + 1e12 })).records, 0);
});

Deno.test("a pin under another's name is damaged: it does not hold what its name says", async () => {
  await using place = await smallCache();
  const opened = await openStoreFolder(place.cache);
  await pin(opened, "one", []);
  await Deno.rename(`${place.cache}/roots/one.json`, `${place.cache}/roots/two.json`);
  await assert.rejects(collect(opened), /roots\/two\.json is damaged/);
});
