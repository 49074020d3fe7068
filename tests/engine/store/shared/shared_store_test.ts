import assert from "node:assert/strict";
import type { Key } from "../../../../engine/digest.ts";
import { diskStore } from "../../../../engine/store/disk_store.ts";
import { openShared } from "../../../../engine/store/shared/open_shared.ts";
import { sharedStore } from "../../../../engine/store/shared/shared_store.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { cacheServer, cutOff, endless, type Fault } from "./server.ts";
import { cacheBehind, outcomeOf, publishAt } from "./world.ts";

Deno.test("what one cache publishes is a hit in another, which then has every byte of it", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [10, 200_000, 3]);
  assert.deepEqual(await publishAt(server.address, made), []);
  const { store, local, said } = await cacheBehind(server.address);
  assert.deepEqual(await store.outcome(made.key), made.outcome);
  assert.deepEqual(await local.outcome(made.key), made.outcome);
  for (const [digest, bytes] of made.blobs) assert.deepEqual(await local.read(digest), bytes);
  assert.equal(await store.outcome(outcomeOf("b", []).key), undefined);
  assert.deepEqual(said, []);
});

Deno.test("a key is asked for once, and what the cache has is not asked for", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [10]);
  const { store } = await cacheBehind(server.address);
  await Promise.all([store.outcome(made.key), store.outcome(made.key)]);
  assert.equal(await store.outcome(made.key), undefined);
  assert.equal(server.asked.length, 1);
  await store.publish(made.key, made.outcome, made.blobs);
  assert.deepEqual(await store.outcome(made.key), made.outcome);
  assert.equal(server.asked.length, 1);
});

Deno.test("blobs that the cache has already do not come again", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [10, 20]);
  await publishAt(server.address, made);
  const { store, local } = await cacheBehind(server.address);
  const [, [digest, bytes]] = [...made.blobs] as [unknown, [string, Uint8Array]];
  await local.keep(bytes);
  server.asked.length = 0;
  assert.deepEqual(await store.outcome(made.key), made.outcome);
  const paths = server.asked.map(({ path }) => path);
  assert.equal(paths.length, 3);
  assert.ok(!paths.includes(`/cas/${digest}`));
});

Deno.test("a look takes the record alone, and bytes that are read of it when they are read", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [10, 20]);
  await publishAt(server.address, made);
  const { store, local } = await cacheBehind(server.address, { looks: true, write: true });
  assert.equal(store.sharing, undefined);
  assert.deepEqual(await store.outcome(made.key), made.outcome);
  assert.equal(await local.outcome(made.key), undefined);
  assert.equal(local.contents.blobs.size, 0);
  const { digest } = made.outcome.artifact;
  assert.deepEqual(await store.read(digest), made.blobs.get(digest));
  assert.equal(local.contents.blobs.size, 1);
});

Deno.test("bytes that a cache has lost come from a store that has them; others are missing", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [10]);
  await publishAt(server.address, made);
  const { store, local } = await cacheBehind(server.address);
  await store.outcome(made.key);
  const { digest } = made.outcome.artifact;
  local.contents.blobs.set(digest, new Uint8Array(3));
  assert.deepEqual(await store.read(digest), made.blobs.get(digest));
  local.contents.blobs.delete(digest);
  server.entries.clear();
  await assert.rejects(store.read(digest), { name: "CorruptBlobError" });
  const unknown = outcomeOf("b", []).outcome.artifact.digest;
  await assert.rejects(store.read(unknown), { name: "CorruptBlobError" });
});

Deno.test("the next store is asked where one lacks a record or a blob of it", async () => {
  await using first = cacheServer();
  await using second = cacheServer();
  const made = outcomeOf("a", [10]);
  await publishAt(second.address, made);
  const both = { stores: [first.address, second.address] };
  const one = await cacheBehind("", both);
  assert.deepEqual(await one.store.outcome(made.key), made.outcome);
  first.entries.set(`/ac/${made.key}`, second.entries.get(`/ac/${made.key}`)!);
  const other = await cacheBehind("", both);
  assert.deepEqual(await other.store.outcome(made.key), made.outcome);
  assert.ok(first.asked.some(({ path }) => path.startsWith("/cas/")));
});

Deno.test("an answer that was not waited for to its end is asked for again", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [10]);
  await publishAt(server.address, made);
  const { store } = await cacheBehind(server.address, { patience: { idle: 60_000 } });
  const stop = new AbortController();
  server.state.fault = server.hanging;
  setTimeout(() => stop.abort(new Error("stopped")), 20);
  await assert.rejects(store.outcome(made.key, { signal: stop.signal }), { message: "stopped" });
  server.state.fault = (_request, right) => right();
  assert.deepEqual(await store.outcome(made.key), made.outcome);
});

Deno.test("it is told how much of a large record has come", async () => {
  await using server = cacheServer();
  const [large, small] = [outcomeOf("large", [3_000_000]), outcomeOf("small", [1000])];
  await publishAt(server.address, large, small);
  const { store } = await cacheBehind(server.address, { patience: { idle: 5000 } });
  const told: [number, string][] = [];
  const onProgress = (...each: [number, string]) => void told.push(each);
  await store.outcome(small.key, { onProgress });
  assert.equal(told.length, 0);
  await store.outcome(large.key, { onProgress });
  assert.deepEqual(told.at(-1), [1, "fetching 3.00 MB of 3.00 MB"]);
  assert.ok(told.every(([fraction], index) => index === 0 || fraction >= told[index - 1]![0]));
});

const trusts = () => Promise.resolve(true);

Deno.test("what is interrupted or lied about leaves nothing in the folder of a cache", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [10, 100_000]);
  await publishAt(server.address, made);
  const root = await Deno.makeTempDir();
  try {
    const said: string[] = [];
    const open = async () =>
      await openShared(await diskStore(root, { trusts }), {
        stores: [server.address],
        trusts,
        notice: (sentence) => void said.push(sentence),
        patience: { attempts: 2, pause: 1, idle: 1000 },
      });
    const large = made.outcome.blobs[2]!.digest;
    const right = server.entries.get(`/cas/${large}`)!;
    const wrong = right.slice();
    wrong[77_777]! ^= 1;
    server.entries.set(`/cas/${large}`, wrong);
    assert.equal(await (await open()).outcome(made.key), undefined);
    assert.match(said.join(), new RegExp(`/cas/${large}\` is not the bytes of its name`));
    const left = async () => {
      const names: string[] = [];
      for (const folder of ["tmp", "blobs", "outcomes"]) {
        for await (const { name } of Deno.readDir(`${root}/${folder}`)) names.push(name);
      }
      return names;
    };
    assert.deepEqual(await left(), []);
    server.entries.set(`/cas/${large}`, right);
    const store = await open();
    assert.deepEqual(await store.outcome(made.key), made.outcome);
    assert.equal(store.folder, root);
    for (const [digest, bytes] of made.blobs) assert.deepEqual(await store.read(digest), bytes);
    assert.deepEqual((await Array.fromAsync(Deno.readDir(`${root}/tmp`))).length, 0);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("what fails here, not there, is no miss", async () => {
  const made = outcomeOf("a", []);
  const broken = { ...memoryStore(), stream: () => Promise.reject(new Error("a broken disk")) };
  const remote = {
    address: "there",
    record: () => Promise.resolve({ key: made.key, outcome: made.outcome }),
    take: () => Promise.resolve(true),
    publish: () => Promise.resolve(),
  };
  const store = sharedStore(broken, { remotes: [remote] });
  await assert.rejects(store.outcome(made.key), { message: "a broken disk" });
});

const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);

/** Numbers from 0 to 1 that a seed gives (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

Deno.test("a hostile server gives no wrong result in 1,000 tries", async () => {
  await using server = cacheServer();
  await using elsewhere = cacheServer();
  const made = ["a", "b", "c", "d"].map((word) => outcomeOf(word, [5, 3000]));
  await publishAt(server.address, ...made);
  for (const [path, bytes] of server.entries) elsewhere.entries.set(path, bytes);
  const paths = [...server.entries.keys()];
  const faults: Record<string, (next: () => number) => Fault> = {
    flip: (next) => (request) => {
      const bytes = server.entries.get(new URL(request.url).pathname)!.slice();
      bytes[Math.floor(next() * bytes.byteLength)]! ^= 1 << Math.floor(8 * next());
      return new Response(bytes);
    },
    truncate: (next) => (request) => {
      const bytes = server.entries.get(new URL(request.url).pathname)!;
      return new Response(bytes.slice(0, Math.floor(next() * bytes.byteLength)));
    },
    cut: () => (request) => cutOff(server.entries.get(new URL(request.url).pathname)!),
    swap: (next) => (request) => {
      const kind = new URL(request.url).pathname.slice(0, 4);
      const others = paths.filter((path) => path.startsWith(kind));
      return new Response(server.entries.get(others[Math.floor(next() * others.length)]!)!);
    },
    longer: () => (request) => {
      const bytes = server.entries.get(new URL(request.url).pathname)!;
      return new Response(new Uint8Array([...bytes, 0]));
    },
    endless: () => endless,
    hang: () => server.hanging,
    failing: () => () => new Response("sorry", { status: 500 }),
    redirect: () => (request) =>
      Response.redirect(`${elsewhere.address}${new URL(request.url).pathname}`, 302),
    garbage: (next) => () => new Response(Uint8Array.from({ length: 500 }, () => 256 * next())),
  };
  const names = Object.keys(faults);
  const slow = ["hang", "cut"];
  const quick = names.filter((name) => !slow.includes(name));
  const count = new Map<string, { hits: number; misses: number }>();
  let wrong = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const next = numbers(seed);
    // To wait in vain takes time, however short the patience: a few tries of it do.
    const name = seed % 50 === 49 ? slow[seed % 4 >> 1]! : quick[seed % quick.length]!;
    const share = next();
    server.state.fault = (request, right) =>
      next() < share ? faults[name]!(next)(request, right) : right();
    const { store, local, said } = await cacheBehind(server.address, {
      patience: { pause: 0, ...slow.includes(name) && { idle: 30 } },
    });
    const { key, outcome, blobs } = made[seed % made.length]!;
    const found = await store.outcome(key);
    const tally = count.get(name) ?? { hits: 0, misses: 0 };
    count.set(name, tally);
    if (found === undefined) {
      tally.misses++;
      assert.ok(said.length > 0 && said.every((sentence) => sentence.includes(server.address)));
      assert.equal(await local.outcome(key), undefined, "nothing of it is left");
      assert.equal(local.contents.blobs.size, 0);
      continue;
    }
    tally.hits++;
    const sound = JSON.stringify(found) === JSON.stringify(await local.outcome(key)) &&
      found.artifact.digest === outcome.artifact.digest;
    const read = await Promise.all([...blobs.keys()].map((digest) => local.read(digest)));
    const same = [...blobs.values()].every((bytes, index) => equal(bytes, read[index]!));
    if (!sound || !same) wrong++;
  }
  assert.equal(wrong, 0);
  assert.deepEqual([...count.keys()].sort(), names.sort());
  // Each fault was met and was got over: the tries are neither all hits nor all misses.
  for (const [name, { hits, misses }] of count) assert.ok(hits > 0 && misses > 0, name);
  assert.equal(elsewhere.asked.length, 0, "no redirect is followed");
});

Deno.test("a store that lies again and again, or does not answer, is asked no more", async () => {
  await using server = cacheServer();
  server.state.fault = () => new Response("a lie");
  const keys = ["a", "b", "c", "d"].map((word) => outcomeOf(word, []).key as Key);
  const lying = await cacheBehind(server.address);
  for (const key of keys) assert.equal(await lying.store.outcome(key), undefined);
  assert.equal(server.asked.length, 6);
  assert.deepEqual(lying.said, [
    ...keys.slice(0, 2).map((key) =>
      `\`${server.address}/ac/${key}\` is no record of its key; it is not used`
    ),
    `\`${server.address}/ac/${keys[2]}\` is no record of its key; this store is asked no more`,
  ]);
  server.asked.length = 0;
  server.state.fault = () => new Response(null, { status: 503 });
  const failing = await cacheBehind(server.address);
  for (const key of keys) assert.equal(await failing.store.outcome(key), undefined);
  assert.equal(server.asked.length, 2);
  assert.equal(failing.said.length, 1);
  assert.match(failing.said[0]!, /answered 503 .*; this store is asked no more$/);
});
