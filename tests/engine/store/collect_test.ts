import assert from "node:assert/strict";
import type { Key } from "../../../engine/digest.ts";
import { collect } from "../../../engine/store/collect.ts";
import { entries } from "../../../engine/store/store_folder.ts";
import { pin, unpin } from "../../../engine/store/pin.ts";
import { sample } from "./contract.ts";
import { stocked } from "./stocked.ts";

const DAY = 86_400_000;

const age = (path: string, days: number): Promise<void> => {
  const then = (Date.now() - days * DAY) / 1000;
  return Deno.utime(path, then, then);
};

Deno.test("what runs of the last thirty days touched, or wrote, stays", async () => {
  await using shop = await stocked();
  await shop.journal.close();
  const { records, kept } = await collect(shop.place);
  assert.deepEqual([records, kept.records], [0, 3]);
});

Deno.test("what no run touched for longer goes: its record, and the blobs nobody else names", async () => {
  await using shop = await stocked();
  await shop.journal.close();
  const file = `${shop.root}/outcomes/${shop.three.key.slice(0, 2)}/${shop.three.key.slice(2)}`;
  await age(file, 31);
  const dry = await collect(shop.place, { dryRun: true });
  assert.deepEqual(await shop.left(), ["one", "three", "two"]);
  const { kept: _kept, ...gone } = await collect(shop.place);
  const { kept: _dryKept, ...wouldGo } = dry;
  assert.deepEqual(gone, wouldGo);
  assert.equal(gone.records, 1);
  assert.equal(gone.blobs, 2);
  assert.deepEqual(await shop.left(), ["one", "two"]);
  for (const [digest, bytes] of shop.one.blobs) {
    assert.deepEqual(await shop.store.read(digest), bytes);
  }
  assert.equal(await shop.store.has(shop.three.tensor), false);
});

Deno.test("what a live run touched is never collected, however old", async () => {
  await using shop = await stocked();
  const later = Date.now() + 400 * DAY;
  await collect(shop.place, { now: later });
  assert.deepEqual(await shop.left(), ["one", "two"]);
  await shop.journal.close();
  await collect(shop.place, { now: later });
  assert.deepEqual(await shop.left(), []);
});

Deno.test("what is pinned stays until it is let go", async () => {
  await using shop = await stocked();
  await shop.journal.close();
  await pin(shop.place, "thesis", [shop.three.key]);
  const later = Date.now() + 400 * DAY;
  await collect(shop.place, { now: later });
  assert.deepEqual(await shop.left(), ["three"]);
  assert.equal(await unpin(shop.place, "thesis"), true);
  assert.equal(await unpin(shop.place, "thesis"), false);
  await collect(shop.place, { now: later });
  assert.deepEqual(await shop.left(), []);
});

Deno.test("beyond a size the longest unused go first", async () => {
  await using shop = await stocked();
  await shop.journal.close();
  const days = [[shop.one, 3], [shop.two, 1], [shop.three, 2]] as const;
  for (const name of await entries(`${shop.root}/runs`)) {
    await Deno.remove(`${shop.root}/runs/${name}`);
  }
  for (const [{ key }, old] of days) {
    await age(`${shop.root}/outcomes/${key.slice(0, 2)}/${key.slice(2)}`, old);
  }
  const size = (each: ReturnType<typeof sample>) =>
    each.outcome.blobs.reduce((sum, { bytes }) => sum + bytes, 0);
  await collect(shop.place, { maxBytes: size(shop.two) + size(shop.three) });
  assert.deepEqual(await shop.left(), ["three", "two"]);
});

Deno.test("leftovers go: temporary files of a day, locks nobody holds, checkpoints of finished steps", async () => {
  await using shop = await stocked();
  await shop.journal.close();
  const [old, young] = [crypto.randomUUID(), crypto.randomUUID()];
  await Deno.writeTextFile(`${shop.root}/tmp/${old}`, "half a blob");
  await age(`${shop.root}/tmp/${old}`, 2);
  await Deno.writeTextFile(`${shop.root}/tmp/${young}`, "being written");
  await shop.store.checkpoint(shop.one.key).save(new Uint8Array(1));
  const unfinished = "0".repeat(64) as Key;
  await shop.store.checkpoint(unfinished).save(new Uint8Array(1));
  await shop.store.locked(shop.one.key, () => Promise.resolve());
  await shop.store.locked(shop.two.key, () => collect(shop.place));
  assert.deepEqual(await entries(`${shop.root}/tmp`), [young]);
  assert.deepEqual(await entries(`${shop.root}/locks`), ["collector", shop.two.key].sort());
  assert.equal(await shop.store.checkpoint(shop.one.key).load(), undefined);
  assert.notEqual(await shop.store.checkpoint(unfinished).load(), undefined);
});

Deno.test("both sides of a dispute are kept with their bytes", async () => {
  await using shop = await stocked();
  await shop.journal.close();
  const other = sample("other");
  await shop.store.dispute(
    shop.one.key,
    { ...other.outcome, preimage: shop.one.outcome.preimage },
    other.blobs,
  );
  await collect(shop.place);
  for (const [digest, bytes] of other.blobs) assert.deepEqual(await shop.store.read(digest), bytes);
});
