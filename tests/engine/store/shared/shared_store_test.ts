import assert from "node:assert/strict";
import {
  canonicalBytes,
  type Digest,
  digestOf,
  type Json,
  type Key,
} from "../../../../engine/digest.ts";
import { diskStore } from "../../../../engine/store/disk_store.ts";
import { openShared } from "../../../../engine/store/shared/open_shared.ts";
import { sharedStore } from "../../../../engine/store/shared/shared_store.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { cacheServer, cutOff, endless, type Fault } from "./server.ts";
import { CorruptBlobError, type Store } from "../../../../engine/store/store.ts";
import { cacheBehind, emptyRemote, outcomeOf, publishAt } from "./world.ts";

Deno.test("what one cache publishes is a hit in another, and its bytes come when they are read", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [10, 200_000, 3]);
  assert.deepEqual(await publishAt(server.address, made), []);
  const { store, local, said } = await cacheBehind(server.address);
  assert.deepEqual([...store.theirs!], []);
  assert.deepEqual(await store.outcome(made.key), made.outcome);
  assert.deepEqual(await local.outcome(made.key), made.outcome);
  assert.equal(local.contents.blobs.size, 0);
  const [[small], [large]] = [...made.blobs].slice(1) as [
    [Digest, Uint8Array],
    [Digest, Uint8Array],
  ];
  assert.deepEqual(await store.read(small), made.blobs.get(small));
  assert.deepEqual([...local.contents.blobs.keys()], [small]);
  const stream = await new Response(await store.stream(large)).arrayBuffer();
  assert.deepEqual(new Uint8Array(stream), made.blobs.get(large));
  assert.equal(await store.outcome(outcomeOf("b", []).key), undefined);
  assert.deepEqual([[...store.theirs!], said], [[made.key], []]);
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
  assert.equal(store.theirs!.size, 0);
});

Deno.test("blobs that the cache has already do not come again", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [10, 20]);
  await publishAt(server.address, made);
  const { store, local } = await cacheBehind(server.address);
  const [, [digest, bytes]] = [...made.blobs] as [unknown, [Digest, Uint8Array]];
  await local.keep(bytes);
  await store.outcome(made.key);
  server.asked.length = 0;
  assert.deepEqual(await store.read(digest), bytes);
  assert.equal(server.asked.length, 0);
});

Deno.test("a key is asked for again where that is asked for", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [10]);
  const { store } = await cacheBehind(server.address);
  assert.equal(await store.outcome(made.key), undefined);
  await publishAt(server.address, made);
  assert.equal(await store.outcome(made.key), undefined);
  assert.deepEqual(await store.outcome(made.key, { again: true }), made.outcome);
});

Deno.test("bytes of unknown size are taken up to what they may have", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [1000]);
  await publishAt(server.address, made);
  const { digest } = made.outcome.blobs[1]!;
  const { store, said } = await cacheBehind(server.address);
  await assert.rejects(store.read(digest, 999), { name: "CorruptBlobError" });
  assert.match(said.join(), /has more than the 999 bytes that it may have/);
  const other = await cacheBehind(server.address, { memory: 999 });
  await assert.rejects(other.store.read(digest), { name: "CorruptBlobError" });
  const { store: fresh } = await cacheBehind(server.address);
  assert.deepEqual(await fresh.read(digest, 1000), made.blobs.get(digest));
  assert.deepEqual(
    await (await cacheBehind(server.address)).store.read(digest),
    made.blobs.get(digest),
  );
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

Deno.test("the next store is asked where one lacks a record or a blob", async () => {
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
  for (const [digest, bytes] of made.blobs) assert.deepEqual(await other.store.read(digest), bytes);
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

Deno.test("it is told how much is on its way", async () => {
  await using server = cacheServer();
  const made = outcomeOf("large", [3_000_000]);
  await publishAt(server.address, made);
  const told: string[] = [];
  const { store } = await cacheBehind(server.address, {
    transferring: (text) => void told.push(text),
  });
  const { blobs } = (await store.outcome(made.key))!;
  for (const { digest } of blobs) await store.read(digest);
  assert.equal(told[0], "fetching 0 B of 3.00 MB");
  assert.ok(told.length > 3);
  assert.deepEqual(told.slice(-2), ["fetching 3.00 MB of 3.00 MB", ""]);
});

Deno.test("what is fetched is given up with the run", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [10]);
  await publishAt(server.address, made);
  const stop = new AbortController();
  const { signal } = stop;
  const { store } = await cacheBehind(server.address, { signal, patience: { idle: 60_000 } });
  const { artifact } = (await store.outcome(made.key))!;
  server.state.fault = server.hanging;
  setTimeout(() => stop.abort(new Error("stopped")), 20);
  await assert.rejects(store.read(artifact.digest), { message: "stopped" });
});

Deno.test("a store that is restarted while it is asked goes on being asked", async () => {
  const made = outcomeOf("a", [200_000]);
  const first = cacheServer();
  await publishAt(first.address, made);
  const { store, said } = await cacheBehind(first.address, {
    patience: { attempts: 3, pause: 200 },
  });
  const { artifact } = (await store.outcome(made.key))!;
  await first[Symbol.asyncDispose]();
  const reading = store.read(artifact.digest);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const port = Number(new URL(first.address).port);
  await using _second = cacheServer({ entries: first.entries, port });
  assert.deepEqual(await reading, made.blobs.get(artifact.digest));
  for (const [digest, bytes] of made.blobs) assert.deepEqual(await store.read(digest), bytes);
  assert.deepEqual(said, []);
});

Deno.test("a state that one saves is loaded by another, the later one of two", async () => {
  await using server = cacheServer();
  const { key } = outcomeOf("a", []);
  const write = { write: true, patience: { states: 60_000 } };
  const [one, two] = [await cacheBehind(server.address, write), await cacheBehind(server.address)];
  const text = async ({ store }: { store: Store }) => {
    const state = await store.checkpoint(key).load();
    return state && new TextDecoder().decode(state);
  };
  const save = ({ store }: { store: Store }, state: string) =>
    store.checkpoint(key).save(new TextEncoder().encode(state));
  assert.equal(await text(two), undefined);
  await save(one, "first");
  await one.store.sharing!.settled(new AbortController().signal);
  assert.equal(await text(two), "first");
  await new Promise((resolve) => setTimeout(resolve, 2));
  await save(two, "second");
  assert.equal(await text(two), "second");
  assert.equal(await text(one), "first");
  await save(one, "third");
  await one.store.sharing!.settled(new AbortController().signal);
  assert.equal(await text(two), "third");
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
    const lied = await open();
    assert.deepEqual(await lied.outcome(made.key), made.outcome);
    await assert.rejects(lied.read(large), { name: "CorruptBlobError", found: "missing" });
    assert.match(said.join(), new RegExp(`/cas/${large}\` is not the bytes of its name`));
    const left = async () => {
      const names: string[] = [];
      for (const folder of ["tmp", "blobs"]) {
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
  const broken = { ...memoryStore(), intake: () => Promise.reject(new Error("a broken disk")) };
  const remote = {
    ...emptyRemote,
    record: () => Promise.resolve({ key: made.key, outcome: made.outcome }),
  };
  const take = () => Promise.resolve(true);
  const store = sharedStore(broken, { remotes: [remote], take, memory: 1e9 });
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
    const digest = digestOf(canonicalBytes(outcome as unknown as Json));
    const tally = count.get(name) ?? { hits: 0, misses: 0 };
    count.set(name, tally);
    const found = await store.outcome(key);
    const missed = (error: unknown) => {
      if (!(error instanceof CorruptBlobError)) throw error;
      return undefined;
    };
    const digests = found === undefined ? [] : [...blobs.keys()];
    const read = await Promise.all(digests.map((digest) => store.read(digest).catch(missed)));
    const whole = found !== undefined && !read.includes(undefined);
    if (whole) tally.hits++;
    else {
      tally.misses++;
      assert.ok(said.length > 0 && said.every((sentence) => sentence.includes(server.address)));
    }
    // Whatever is there is right, and nothing is there that was not.
    const here = await local.outcome(key);
    const sound = found === undefined
      ? here === undefined && local.contents.blobs.size === 0
      : [found, here].every((each) => digestOf(canonicalBytes(each as unknown as Json)) === digest);
    const same = digests.every((digest, index) =>
      read[index] === undefined || equal(blobs.get(digest)!, read[index])
    );
    const kept = [...local.contents.blobs].every(([digest, bytes]) =>
      equal(blobs.get(digest)!, bytes)
    );
    if (!sound || !same || !kept) wrong++;
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
