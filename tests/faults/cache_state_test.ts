/** A cache in odd states: its version or a journal damaged, records of another version, another user's files, a full disk. */
import assert from "node:assert/strict";
import { canonicalBytes, type Json, type Key } from "../../engine/digest.ts";
import { collect } from "../../engine/store/collect.ts";
import { diskStore } from "../../engine/store/disk_store.ts";
import { namesIn, openStoreFolder } from "../../engine/store/store_folder.ts";
import { seal, unseal } from "../../engine/store/seal.ts";
import { verifyStore } from "../../engine/store/verify.ts";
import { Interruption } from "../../engine/run/problem.ts";
import { disk } from "../engine/store/small_disk.ts";
import { decant, digests, filesUnder, petals, smallCache, soundDigests } from "./small_cache.ts";

for (const text of ["", "1", "01\n", "1e0\n", "0x1\n", "\0\0", "2.0\n", "one\n"]) {
  Deno.test(`a VERSION that reads ${JSON.stringify(text)} is set aside and written again, and said`, async () => {
    const whole = await soundDigests();
    await using place = await smallCache();
    await Deno.writeTextFile(`${place.cache}/VERSION`, text);
    const said: string[] = [];
    await openStoreFolder(place.cache, { notice: (sentence) => said.push(sentence) });
    assert.match(said.join(), /VERSION was damaged and is written again; the damaged one is /);
    assert.equal(await Deno.readTextFile(`${place.cache}/VERSION`), "1\n");
    const run = await petals.run({ cache: place.cache });
    assert.deepEqual(digests(run), whole);
    assert.ok(run.steps.every(({ status }) => status === "hit"));
  });
}

Deno.test("a damaged VERSION in a folder that is no cache makes it none", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/VERSION`, "v2.0-rc\n");
  await assert.rejects(diskStore(folder), /VERSION is not one of a cache, and it has no folder/);
  assert.deepEqual(await filesUnder(folder), ["VERSION"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a journal with a damaged line ends no collection, and the line is named", async () => {
  await using place = await smallCache();
  const runs = `${place.cache}/runs`;
  const [name = ""] = await filesUnder(runs);
  for (const line of ["null", "[]", "7", "{", "\0\0\0"]) {
    await Deno.writeTextFile(`${runs}/${name}`, `${line}\n`, { append: true });
  }
  const said: string[] = [];
  const opened = await openStoreFolder(place.cache, { notice: (sentence) => said.push(sentence) });
  assert.equal((await collect(opened)).records, 0);
  assert.match(said.join("\n"), /\.jsonl: 5 lines are damaged, the first is line \d+, passed over/);
  assert.equal((await verifyStore(place.cache)).notices.length, 1);
});

Deno.test("records of another version are neither damaged nor lost, and their blobs stay", async () => {
  await using place = await smallCache();
  const opened = await openStoreFolder(place.cache);
  const keys: Key[] = [];
  for await (const name of namesIn(opened, "outcomes")) keys.push(name as Key);
  for (const key of keys) {
    const path = opened.spread("outcomes", key);
    const body = unseal(`outcome ${key}`, await Deno.readFile(path))!;
    const record = JSON.parse(new TextDecoder().decode(body)) as Record<string, Json>;
    await Deno.writeFile(
      path,
      seal(`outcome ${key}`, canonicalBytes({ ...record, format: 2 } as Json)),
    );
  }
  const before = await filesUnder(`${place.cache}/blobs`);
  const verified = await verifyStore(place.cache);
  assert.deepEqual([verified.damaged, verified.otherVersions], [[], keys.length]);
  await collect(opened);
  assert.deepEqual(await filesUnder(`${place.cache}/blobs`), before);
  assert.deepEqual(await filesUnder(`${place.cache}/quarantine`), []);
  assert.equal((await collect(opened, { now: Date.now() + 9e11 })).records, keys.length);
});

Deno.test("a run waits for a collection that does not end, says so, and is interrupted within a second", async () => {
  await using place = await smallCache();
  using file = await Deno.open(`${place.cache}/locks/collector`, { read: true, write: true });
  await file.lock(true);
  const controller = new AbortController();
  const said: string[] = [];
  const run = petals.with({ seed: 9 }).run({
    cache: place.cache,
    signal: controller.signal,
    onEvent(event) {
      if (event.type === "waiting") said.push(event.holder);
      if (event.type === "waiting") {
        setTimeout(() => controller.abort(new Interruption("interrupted")));
      }
    },
  });
  assert.equal((await run).ending, "interrupted");
  assert.match(said.join(), /^(process \d+|another process), which collects the cache$/);
});

Deno.test("a collection waits for a run that does not end, and says so", async () => {
  await using place = await smallCache();
  using file = await Deno.open(`${place.cache}/locks/collector`, { read: true, write: true });
  await file.lock(false);
  const controller = new AbortController();
  const opened = await openStoreFolder(place.cache);
  let waits = 0;
  const waiting = () => {
    waits++;
    controller.abort(new Error("enough"));
  };
  await assert.rejects(collect(opened, { signal: controller.signal, waiting }), /enough/);
  assert.equal(waits, 1);
});

Deno.test("verification beside collections finds nothing damaged", async () => {
  await using place = await smallCache();
  const opened = await openStoreFolder(place.cache);
  for (let round = 0; round < 6; round++) {
    await petals.with({ seed: round }).run({ cache: place.cache });
    const [verified] = await Promise.all([
      verifyStore(place.cache),
      collect(opened, { maxBytes: 0, now: Date.now() + 9e11 }),
    ]);
    assert.deepEqual(verified.damaged, [], `round ${round}`);
  }
});

Deno.test("a cache that is removed during a run is said in a sentence", async () => {
  await using place = await smallCache();
  let removed = false;
  const run = await petals.with({ seed: 3 }).run({
    cache: place.cache,
    onEvent(event) {
      if (event.type !== "started" || removed) return;
      removed = true;
      // deno-lint-ignore no-sync-fn-in-async-fn -- gone before the listener returns
      Deno.removeSync(place.cache, { recursive: true });
    },
  });
  assert.equal(run.ending, "failed");
  assert.match(
    run.problems[0]!.message,
    /The cache .* was removed while it was in use\. Run again/,
  );
});

Deno.test("on a full disk a run that is all hits succeeds, and a collection makes room", async () => {
  await using small = await disk("4m");
  if (small === undefined) return;
  const cache = `${small.root}/cache`;
  const first = await petals.run({ cache });
  await fill(`${small.root}/filler`);
  const said: string[] = [];
  const again = await petals.run({
    cache,
    onEvent: (event) => event.type === "noticed" && said.push(event.sentence),
  });
  assert.deepEqual([again.ending, digests(again)], ["done", digests(first)]);
  assert.deepEqual(said, ["the disk of the cache is full, no journal is kept"]);
  const other = await petals.with({ seed: 1 }).run({ cache });
  assert.deepEqual(other.problems.map(({ code }) => code), ["cache-full"]);
  for (const name of await filesUnder(`${cache}/runs`)) await Deno.remove(`${cache}/runs/${name}`);
  await fill(`${small.root}/filler`);
  const collected = await decant(["cache", "gc", "--max-size", "0B", "--cache", cache]);
  assert.equal(collected.code, 0, collected.err);
  assert.match(collected.out, /^[1-9]\d* records and [1-9]\d* blobs went.*; 0 records .* stay/);
  await Deno.remove(`${small.root}/filler`);
  assert.deepEqual(digests(await petals.run({ cache })), digests(first));
});

/** Writes until the disk refuses a single byte. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { append: true, create: true });
  for (let size = 65536; size >= 1; size >>= 4) {
    try {
      for (;;) await file.write(new Uint8Array(size));
    } catch {
      // Smaller pieces may still fit.
    }
  }
}

/** Root reads and writes what it likes; without these capabilities it is held to the bits of a file as others are. */
const HELD = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"] as const;

Deno.test("a cache that users share works for whoever may write the folder, and an unreadable record says so", async () => {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    // deno-lint-ignore no-console -- a skipped test says so
    return console.log("skipped: only root can make files of another user");
  }
  await using place = await smallCache();
  const { cache, folder } = place;
  await Deno.remove(cache, { recursive: true });
  await Deno.mkdir(cache, { mode: 0o777 });
  await Deno.chmod(cache, 0o777);
  const recipe = (seed: number) =>
    `decant: 1\nname: petals\ndata: iris\nseed: ${seed}\n` +
    "model: { use: mlp, hidden: [8], train: { epochs: 1 } }\n";
  const path = `${folder}/petals.yaml`;
  const run = async (seed: number) => {
    await Deno.writeTextFile(path, recipe(seed));
    const words = ["run", path, "--cache", cache, "--out", `${folder}/out`, "--quiet"];
    return await decant(words, HELD);
  };
  assert.equal((await run(0)).code, 0);
  await owned(cache, 4242);
  const second = await run(0);
  assert.deepEqual([second.code, second.err], [0, ""]);
  assert.match(second.out, /0 of \d+ steps ran/);
  const other = await run(1);
  assert.deepEqual([other.code, other.err], [0, ""]);
  const collected = await decant(["cache", "gc", "--cache", cache], HELD);
  assert.deepEqual([collected.code, collected.err], [0, ""]);
  for (const name of await filesUnder(`${cache}/outcomes`)) {
    await Deno.chmod(`${cache}/outcomes/${name}`, 0o600);
    await Deno.chown(`${cache}/outcomes/${name}`, 4242, 4242);
  }
  const unreadable = await run(0);
  assert.equal(unreadable.code, 1);
  assert.match(unreadable.err, /Cannot read .*\/outcomes\/.*who does not let others read it/);
});

/** Gives a folder and all in it to another user. */
async function owned(folder: string, uid: number): Promise<void> {
  await Deno.chown(folder, uid, uid);
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) await owned(`${folder}/${name}`, uid);
    else await Deno.chown(`${folder}/${name}`, uid, uid);
  }
}
