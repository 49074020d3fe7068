import assert from "node:assert/strict";
import { canonicalBytes, type Key } from "../../../engine/digest.ts";
import { collect } from "../../../engine/store/collect.ts";
import { seal } from "../../../engine/store/seal.ts";
import { entries, openStoreFolder } from "../../../engine/store/store_folder.ts";
import { pin, unpin } from "../../../engine/store/pin.ts";
import { sample } from "./contract.ts";
import { stocked } from "./stocked.ts";

const DAY = 86_400_000;

/** An instant of the past, in milliseconds, to date files at. */
const THEN = Date.UTC(2026, 0, 5);

const dated = (path: string, time: number): Promise<void> =>
  Deno.utime(path, time / 1000, time / 1000);

/** A stocked store whose run is over, and every file of which was written at `THEN`. */
async function settled() {
  const shop = await stocked();
  await shop.journal.close();
  const record = (key: Key) => shop.place.spread("outcomes", key);
  for (const { key } of [shop.one, shop.two, shop.three]) await dated(record(key), THEN);
  await dated(shop.journal.path!, THEN);
  return { ...shop, record };
}

const sizeOf = (...all: readonly ReturnType<typeof sample>[]): number =>
  all.flatMap(({ blobs }) => [...blobs.values()]).reduce((sum, each) => sum + each.length, 0);

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

Deno.test("blobs that a shared store has, and that were not fetched, count for nothing", async () => {
  await using shop = await stocked();
  await shop.journal.close();
  for (const name of await entries(`${shop.root}/runs`)) {
    await Deno.remove(`${shop.root}/runs/${name}`);
  }
  const size = (each: ReturnType<typeof sample>) =>
    each.outcome.blobs.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const [each, old] of [[shop.one, 3], [shop.two, 2], [shop.three, 1]] as const) {
    const { key } = each;
    await age(`${shop.root}/outcomes/${key.slice(0, 2)}/${key.slice(2)}`, old);
  }
  for (const { digest } of shop.two.outcome.blobs) {
    await Deno.remove(shop.place.spread("blobs", digest));
  }
  const both = size(shop.one) + size(shop.three);
  assert.equal((await collect(shop.place, { maxBytes: both })).records, 0);
  assert.equal((await collect(shop.place, { maxBytes: both - 1 })).records, 1);
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

Deno.test("what goes and what is left is counted, to the day and the byte", async () => {
  await using shop = await settled();
  const { place, one, two, three } = shop;
  await dated(shop.record(three.key), THEN - 1);
  const kept = { records: 3, blobs: 6, bytes: sizeOf(one, two, three) };
  const none = { records: 0, blobs: 0, bytes: 0 };
  assert.deepEqual(await collect(place, { now: THEN + 30 * DAY - 1 }), { ...none, kept });
  const gone = { records: 1, blobs: 2, bytes: sizeOf(three) };
  const left = { records: 2, blobs: 4, bytes: sizeOf(one, two) };
  assert.deepEqual(
    await collect(place, { now: THEN + 30 * DAY, dryRun: true }),
    { ...gone, kept: left },
  );
  assert.deepEqual(await collect(place, { now: THEN + 30 * DAY }), { ...gone, kept: left });
  assert.deepEqual(await collect(place, { now: THEN + 2 * DAY, days: 2 }), { ...none, kept: left });
  assert.deepEqual(
    await collect(place, { now: THEN + 2 * DAY + 1, days: 2 }),
    { records: 2, blobs: 4, bytes: sizeOf(one, two), kept: none },
  );
});

Deno.test("what a run touched is as old as the run, not as its record", async () => {
  await using shop = await settled();
  await dated(shop.journal.path!, THEN - DAY);
  await collect(shop.place, { now: THEN + 30 * DAY });
  assert.deepEqual(await shop.left(), ["three"]);
});

Deno.test("a journal goes when its run is as old as that, and not before", async () => {
  await using shop = await settled();
  const journals = () => entries(`${shop.root}/runs`);
  await collect(shop.place, { now: THEN + 30 * DAY });
  assert.equal((await journals()).length, 1);
  await collect(shop.place, { now: THEN + 30 * DAY + 1, dryRun: true });
  assert.equal((await journals()).length, 1);
  await collect(shop.place, { now: THEN + 30 * DAY + 1 });
  assert.deepEqual(await journals(), []);
});

Deno.test("pins stay beyond any size, and a size that is just kept is kept", async () => {
  await using shop = await settled();
  const { place, one, two, three } = shop;
  await pin(place, "thesis", [two.key]);
  await dated(shop.record(three.key), THEN + 5);
  const now = THEN + DAY;
  const all = sizeOf(one, two, three);
  assert.equal((await collect(place, { now, maxBytes: all })).records, 0);
  assert.equal((await collect(place, { now, maxBytes: all - 1 })).records, 1);
  assert.deepEqual(await shop.left(), ["three", "two"]);
  assert.equal((await collect(place, { now, maxBytes: 1 })).records, 1);
  assert.deepEqual(await shop.left(), ["two"]);
});

Deno.test("a damaged pin stops a collection before anything is removed", async () => {
  await using shop = await settled();
  await pin(shop.place, "thesis", [shop.two.key]);
  await Deno.writeTextFile(`${shop.root}/roots/thesis.json`, "torn");
  await assert.rejects(() => collect(shop.place, { days: 0 }), /^StoreError: Nothing was removed/);
  assert.deepEqual(await shop.left(), ["one", "three", "two"]);
});

Deno.test("a record of another version keeps every blob whose digest stands in it; a damaged one keeps none", async () => {
  await using shop = await settled();
  const { one, two, three } = shop;
  const text = { format: 9, blobs: [one.tensor, `${one.manifest}a`, "0".repeat(64)] };
  const bytes = seal(`outcome ${one.key}`, canonicalBytes(text));
  await Deno.writeFile(shop.record(one.key), bytes);
  await Deno.writeTextFile(shop.record(two.key), "torn");
  await dated(shop.record(one.key), THEN);
  const kept = { records: 2, blobs: 3, bytes: sizeOf(three) + one.blobs.get(one.tensor)!.length };
  const found = await collect(shop.place, { now: THEN + DAY });
  assert.deepEqual(found.kept, kept);
  assert.deepEqual([found.records, found.blobs], [0, 3]);
  assert.ok(await shop.store.has(one.tensor));
  assert.equal(await shop.store.has(one.manifest), false);
  assert.equal(await Deno.readTextFile(shop.record(two.key)), "torn");
  const smaller = await collect(shop.place, { now: THEN + DAY, maxBytes: sizeOf(three) });
  assert.equal(smaller.records, 1);
});

Deno.test("what is no file of the cache is passed over and said; a link to nothing goes", async () => {
  await using shop = await settled();
  const said: string[] = [];
  const place = await openStoreFolder(shop.root, {
    notice: (sentence) => void said.push(sentence),
  });
  const blob = place.spread("blobs", "ab".repeat(32));
  const record = place.spread("outcomes", "cd".repeat(32));
  const link = place.spread("blobs", "ef".repeat(32));
  for (const path of [blob, record]) await Deno.mkdir(path, { recursive: true });
  await Deno.mkdir(link.slice(0, link.lastIndexOf("/")), { recursive: true });
  await Deno.symlink("nowhere", link);
  const found = await collect(place, { now: THEN + DAY });
  assert.deepEqual(said, [
    `${record} is a folder, not a record; it was passed over`,
    `${blob} is a folder, not a file of the cache; it was passed over`,
  ]);
  assert.deepEqual([found.records, found.blobs, found.kept.records], [0, 1, 3]);
  assert.ok((await Deno.stat(blob)).isDirectory);
  await assert.rejects(Deno.lstat(link), Deno.errors.NotFound);
});

Deno.test("leftovers go when their time has come, to the millisecond, and what is a person's never", async () => {
  await using shop = await settled();
  const { place, root, store } = shop;
  const unfinished = "0".repeat(64) as Key;
  await store.checkpoint(unfinished).save(new Uint8Array(1));
  await store.remember("a file", 1);
  const temp = place.flat("tmp", crypto.randomUUID());
  const version = `${root}/.version-${crypto.randomUUID()}`;
  const mine = `${root}/.version-mine`;
  const damaged = place.flat("quarantine", `blob-${"0".repeat(64)}-${crypto.randomUUID()}`);
  const foreign = place.flat("quarantine", `foreign-${crypto.randomUUID()}`);
  const checkpoint = place.spread("checkpoints", unfinished);
  const [prefix] = await entries(`${root}/memo`);
  const [rest] = await entries(`${root}/memo/${prefix}`);
  const memo = `${root}/memo/${prefix}/${rest}`;
  for (const path of [temp, version, mine, damaged, foreign]) await Deno.writeTextFile(path, "");
  const all = { temp, version, mine, damaged, foreign, checkpoint, memo };
  for (const path of Object.values(all)) await dated(path, THEN);
  const there = async () => {
    const found: string[] = [];
    for (const [name, path] of Object.entries(all)) {
      if (await Deno.lstat(path).then(() => true, () => false)) found.push(name);
    }
    return found;
  };
  await collect(place, { now: THEN + DAY });
  assert.deepEqual(await there(), Object.keys(all));
  await collect(place, { now: THEN + DAY + 1, dryRun: true });
  assert.deepEqual(await there(), Object.keys(all));
  await collect(place, { now: THEN + DAY + 1 });
  const old = ["mine", "damaged", "foreign", "checkpoint", "memo"];
  assert.deepEqual(await there(), old);
  await collect(place, { now: THEN + 3 * DAY, days: 3 });
  assert.deepEqual(await there(), old);
  await collect(place, { now: THEN + 3 * DAY + 1, days: 3 });
  assert.deepEqual(await there(), ["mine", "foreign"]);
});

Deno.test("the bytes of a dispute stay as long as its record, and no longer", async () => {
  await using shop = await settled();
  const other = sample("other");
  const { one, place } = shop;
  await shop.store.dispute(
    one.key,
    { ...other.outcome, preimage: one.outcome.preimage },
    other.blobs,
  );
  const file = place.flat("quarantine", `disputed-${one.key}-${other.outcome.artifact.digest}`);
  await dated(file, THEN);
  await collect(place, { now: THEN + 30 * DAY + 1 });
  await assert.rejects(Deno.lstat(file), Deno.errors.NotFound);
  assert.ok(await shop.store.has(other.tensor));
  const { blobs } = await collect(place, { now: THEN + 30 * DAY + 1 });
  assert.equal(blobs, 2);
  assert.equal(await shop.store.has(other.tensor), false);
});

Deno.test("a folder among the locks is left, and so is a lock that somebody holds", async () => {
  await using shop = await settled();
  const { place } = shop;
  const [odd, free] = ["a", "b"].map((letter) => place.flat("locks", letter.repeat(64)));
  await Deno.mkdir(odd!);
  await Deno.writeTextFile(free!, "");
  await collect(place, { now: THEN + DAY });
  assert.deepEqual(await entries(`${shop.root}/locks`), ["a".repeat(64), "collector"]);
});

Deno.test("a blob that is not there any more has no bytes, and stops no collection", async () => {
  await using shop = await stocked();
  await shop.journal.close();
  const before = await collect(shop.place);
  const [[digest, bytes] = []] = [...shop.one.blobs];
  const path = shop.place.spread("blobs", digest!);
  await Deno.remove(path);
  await Deno.symlink(`${shop.root}/nowhere`, path);
  const { kept } = await collect(shop.place);
  assert.deepEqual(kept, { ...before.kept, bytes: before.kept.bytes - bytes!.length });
});
