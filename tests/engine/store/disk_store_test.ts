import assert from "node:assert/strict";
import { digestOf } from "../../../engine/digest.ts";
import { takeLock } from "../../../engine/store/lock.ts";
import { diskStore } from "../../../engine/store/disk_store.ts";
import { journalLines } from "../../../engine/store/journal.ts";
import { points, type PublishInstant } from "../../../engine/store/publish_file.ts";
import { StoreError } from "../../../engine/store/store.ts";
import { sample, testStore } from "./contract.ts";

async function folder(): Promise<{ root: string } & AsyncDisposable> {
  const root = await Deno.makeTempDir();
  return { root, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

const spread = (root: string, room: string, name: string): string =>
  `${root}/${room}/${name.slice(0, 2)}/${name.slice(2)}`;

testStore("disk", async () => {
  const { root, [Symbol.asyncDispose]: dispose } = await folder();
  async function change(path: string, by: (bytes: Uint8Array) => Uint8Array | undefined) {
    const changed = by(await Deno.readFile(path));
    if (changed === undefined) await Deno.remove(path);
    else await Deno.writeFile(path, changed);
  }
  return {
    store: await diskStore(root),
    another: () => diskStore(root),
    damageBlob: (digest, by) => change(spread(root, "blobs", digest), by),
    damageRecord: (key, by) => change(spread(root, "outcomes", key), by),
    damageCheckpoint: (key, by) => change(spread(root, "checkpoints", key), by),
    quarantined: () => count(`${root}/quarantine`),
    [Symbol.asyncDispose]: dispose,
  };
});

async function count(path: string): Promise<number> {
  let entries = 0;
  try {
    for await (const _ of Deno.readDir(path)) entries++;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return entries;
}

Deno.test("disk: reading makes nothing", async () => {
  await using place = await folder();
  const root = `${place.root}/not/yet`;
  const store = await diskStore(root);
  assert.equal(await store.outcome(sample().key), undefined);
  assert.equal(await store.has(sample().tensor), false);
  await assert.rejects(Deno.stat(root), Deno.errors.NotFound);
});

Deno.test("disk: nothing temporary is left behind", async () => {
  await using place = await folder();
  const store = await diskStore(place.root);
  const { key, outcome, blobs } = sample();
  await store.publish(key, outcome, blobs);
  await store.checkpoint(key).save(new Uint8Array(3));
  assert.equal(await count(`${place.root}/tmp`), 0);
});

Deno.test("disk: a layout of another version is refused with a way out", async () => {
  await using place = await folder();
  await Deno.writeTextFile(`${place.root}/VERSION`, "2\n");
  await assert.rejects(
    diskStore(place.root),
    (error) => error instanceof StoreError && /layout is version 2.*--cache/.test(error.message),
  );
});

Deno.test("disk: a folder that holds other things is not taken for a cache", async () => {
  await using place = await folder();
  await Deno.writeTextFile(`${place.root}/thesis.tex`, "…");
  await assert.rejects(diskStore(place.root), /holds other things \(thesis\.tex\)/);
});

Deno.test("disk: a file where the cache should be is a sentence", async () => {
  await using place = await folder();
  await Deno.writeTextFile(`${place.root}/file`, "");
  await assert.rejects(
    diskStore(`${place.root}/file`),
    (error) => error instanceof StoreError && /a file in the way/.test(error.message),
  );
});

Deno.test("disk: a full or read-only disk is a sentence, at each instant, and nothing half written shows", async () => {
  const instants: PublishInstant[] = [...points].filter((point) => /^(blob|record)-/.test(point));
  for (const [code, said] of [["ENOSPC", /disk is full/], ["EROFS", /read-only/]] as const) {
    for (const instant of instants) {
      await using place = await folder();
      const failing = await diskStore(place.root, {
        at(point) {
          if (point === instant) throw Object.assign(new Error("refused"), { code });
        },
      });
      const { key, outcome, blobs } = sample();
      await assert.rejects(
        failing.publish(key, outcome, blobs),
        (error) => error instanceof StoreError && said.test(error.message),
      );
      const store = await diskStore(place.root);
      const found = await store.outcome(key);
      if (found !== undefined) {
        assert.deepEqual(found, outcome);
        for (const [digest, bytes] of blobs) assert.deepEqual(await store.read(digest), bytes);
      }
      await store.publish(key, outcome, blobs);
      assert.deepEqual(await store.outcome(key), outcome);
      assert.equal(await count(`${place.root}/tmp`), 0);
    }
  }
});

Deno.test("disk: a lock held by a killed process is free", async () => {
  await using place = await folder();
  const { key } = sample();
  const script = `
    import { diskStore } from ${
    JSON.stringify(new URL("../../../engine/store/disk_store.ts", import.meta.url).href)
  };
    const store = await diskStore(${JSON.stringify(place.root)});
    await store.locked(${JSON.stringify(key)}, async () => {
      console.log("held");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  assert.match(new TextDecoder().decode((await reader.read()).value), /held/);
  const store = await diskStore(place.root);
  const said: string[] = [];
  const taken = store.locked(key, () => Promise.resolve("mine"), {
    waiting(holder) {
      said.push(holder);
      child.kill("SIGKILL");
    },
  });
  assert.equal(await taken, "mine");
  assert.deepEqual(said, [`process ${child.pid}, which is computing it`]);
  await child.status;
  await reader.cancel();
});

Deno.test("disk: a journal is one JSON line each, and a torn last line is ignored", async () => {
  await using place = await folder();
  const store = await diskStore(place.root);
  const journal = await store.journal();
  await journal.append({ event: "hit", step: "data" });
  await journal.append({ event: "ran", step: "teacher", seconds: 1.5 });
  await journal.close();
  const path = `${place.root}/runs/${journal.id}.jsonl`;
  const text = await Deno.readTextFile(path);
  assert.deepEqual(journalLines(text), {
    lines: [
      { event: "hit", step: "data" },
      { event: "ran", step: "teacher", seconds: 1.5 },
    ],
    damaged: [],
  });
  assert.deepEqual(journalLines(text.slice(0, -5)).lines.length, 1);
  assert.deepEqual(journalLines(text.slice(0, -5)).damaged, []);
});

const names = async (path: string): Promise<string[]> =>
  (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();

Deno.test("disk: other threads find its folder, unless somebody watches the instants", async () => {
  await using place = await folder();
  assert.equal((await diskStore(place.root)).folder, place.root);
  assert.ok(!("folder" in await diskStore(place.root, { at: () => {} })));
});

Deno.test("disk: every instant is passed, in order", async () => {
  await using place = await folder();
  const passed: PublishInstant[] = [];
  const store = await diskStore(place.root, { at: (point) => void passed.push(point) });
  const { key, outcome, blobs, manifest } = sample();
  await store.locked(
    key,
    () => store.publish(key, outcome, new Map([[manifest, blobs.get(manifest)!]])),
  );
  await store.checkpoint(key).save(new Uint8Array(1));
  await store.checkpoint(key).remove();
  await store.remember("a file", 1);
  assert.deepEqual(passed, points);
});

Deno.test("disk: bytes are kept under their digest, once, and what is recorded is not written again", async () => {
  await using place = await folder();
  const { key, outcome, blobs } = sample();
  const store = await diskStore(place.root);
  await store.publish(key, outcome, blobs);
  const watched: PublishInstant[] = [];
  const again = await diskStore(place.root, { at: (point) => void watched.push(point) });
  await again.publish(key, outcome, blobs);
  for (const [digest, bytes] of blobs) assert.equal(await again.keep(bytes), digest);
  assert.deepEqual(watched, []);
  const bytes = new TextEncoder().encode("fetched");
  const digest = await again.keep(bytes);
  assert.equal(digest, digestOf(bytes));
  assert.deepEqual(await again.read(digest), bytes);
});

Deno.test("disk: what is damaged is in quarantine under a name that says what it was", async () => {
  await using place = await folder();
  const store = await diskStore(place.root);
  const { key, outcome, blobs, tensor, manifest } = sample();
  await store.publish(key, outcome, blobs);
  await store.checkpoint(key).save(new Uint8Array(3));
  await store.remember("a file", 1);
  const other = sample("other");
  await store.dispute(key, { ...other.outcome, preimage: outcome.preimage }, other.blobs);
  const [memoPrefix] = await names(`${place.root}/memo`);
  const [memo] = await names(`${place.root}/memo/${memoPrefix}`);
  const paths = [
    ...[spread(place.root, "blobs", tensor), spread(place.root, "outcomes", key)],
    ...[spread(place.root, "checkpoints", key), `${place.root}/memo/${memoPrefix}/${memo}`],
  ];
  for (const path of paths) await Deno.writeTextFile(path, "torn");
  await assert.rejects(store.read(tensor), {
    message: `Cannot use blob ${tensor.slice(0, 12)}: its bytes have changed`,
  });
  assert.equal(await store.outcome(key), undefined);
  assert.equal(await store.checkpoint(key).load(), undefined);
  assert.equal(await store.recall("a file"), undefined);
  const found = await names(`${place.root}/quarantine`);
  const uuid = "[0-9a-f]{8}-[0-9a-f-]{27}";
  const expected = [
    ...[`blob-${tensor}-${uuid}`, `checkpoint-${key}-${uuid}`],
    ...[`disputed-${key}-${other.manifest}`, `outcome-${key}-${uuid}`],
  ];
  assert.equal(found.length, expected.length);
  found.forEach((name, i) => assert.match(name, new RegExp(`^${expected[i]}$`)));
  const { message } = await store.read("0".repeat(64) as typeof tensor).catch((error) => error);
  assert.equal(message, "Cannot use blob 000000000000: it is missing");
  assert.ok(await store.has(manifest));
});

Deno.test("disk: a folder in the place of a file is set aside, and then there is none", async () => {
  await using place = await folder();
  const said: string[] = [];
  const store = await diskStore(place.root, { notice: (sentence) => void said.push(sentence) });
  const { key, outcome, blobs, tensor } = sample();
  await store.publish(key, outcome, blobs);
  const path = spread(place.root, "blobs", tensor);
  await Deno.remove(path);
  await Deno.mkdir(path);
  await assert.rejects(store.read(tensor), /it is missing$/);
  assert.equal(said.length, 1);
  assert.ok(said[0]!.startsWith(`${path} is a folder, not a file of the cache; it was moved to `));
});

Deno.test("disk: who waits is told what the holder does, also where the cache is collected", async () => {
  await using place = await folder();
  const store = await diskStore(place.root);
  const { key, outcome, blobs } = sample();
  await store.publish(key, outcome, blobs);
  const collector = await takeLock(`${place.root}/locks/collector`, "exclusive");
  const said: string[] = [];
  const options = {
    waiting(holder: string) {
      said.push(holder);
      collector[Symbol.dispose]();
    },
  };
  await store.keep(new Uint8Array([1, 2]), options);
  assert.deepEqual(said, [`process ${Deno.pid}, which collects the cache`]);
  const stopped = AbortSignal.abort(new Error("enough"));
  await assert.rejects(store.keep(new Uint8Array([3]), { signal: stopped }), /^Error: enough$/);
  await assert.rejects(
    store.publish(key, outcome, blobs, { signal: stopped }),
    /^Error: enough$/,
  );
  await assert.rejects(store.dispute(key, outcome, blobs, { signal: stopped }), /^Error: enough$/);
  await assert.rejects(
    store.locked(key, () => Promise.resolve(), { signal: stopped }),
    /^Error: enough$/,
  );
});

Deno.test("disk: a checkpoint that cannot be removed is told, and one that is handed out is the caller's own", async () => {
  await using place = await folder();
  const store = await diskStore(place.root);
  const { key } = sample();
  await store.checkpoint(key).save(Uint8Array.of(1, 2, 3));
  const state = (await store.checkpoint(key).load())!;
  assert.equal(state.byteOffset, 0);
  assert.equal(state.buffer.byteLength, 3);
  const { remove } = Deno;
  const odd = new Error("odd");
  Deno.remove = () => Promise.reject(odd);
  try {
    await assert.rejects(store.checkpoint(key).remove(), (error) => error === odd);
  } finally {
    Deno.remove = remove;
  }
});

Deno.test("disk: a journal on a full disk is refused with its sentence", async () => {
  await using place = await folder();
  const store = await diskStore(place.root);
  const journal = await store.journal();
  await journal.close();
  const refused = Object.assign(new Error("no"), { code: "ENOSPC" });
  const { writeFile, open } = Deno;
  try {
    Deno.writeFile = () => Promise.reject(refused);
    await assert.rejects(journal.append({ late: 1 }), { code: "cache-full" });
    Deno.open = () => Promise.reject(refused);
    await assert.rejects(store.journal(), { code: "cache-full" });
  } finally {
    Object.assign(Deno, { writeFile, open });
  }
});

Deno.test("disk: damage that another process has moved already is no error", async () => {
  await using place = await folder();
  const store = await diskStore(place.root);
  const { key, outcome, blobs, tensor } = sample();
  await store.publish(key, outcome, blobs);
  await Deno.writeTextFile(spread(place.root, "blobs", tensor), "torn");
  const { rename } = Deno;
  const odd = new Error("odd");
  try {
    Deno.rename = () => Promise.reject(new Deno.errors.NotFound("moved"));
    await assert.rejects(store.read(tensor), /its bytes have changed$/);
    Deno.rename = () => Promise.reject(odd);
    await assert.rejects(store.read(tensor), (error) => error === odd);
  } finally {
    Deno.rename = rename;
  }
});
