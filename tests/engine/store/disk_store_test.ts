import assert from "node:assert/strict";
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
