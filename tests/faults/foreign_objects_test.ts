/** What is no file of the cache but stands in it: it is named, never waited for, and never removed. */
import assert from "node:assert/strict";
import { collect } from "../../engine/store/collect.ts";
import { strangeness } from "../../engine/store/disk_file.ts";
import { namesIn, openStoreFolder } from "../../engine/store/store_folder.ts";
import { diskStore } from "../../engine/store/disk_store.ts";
import { verifyStore } from "../../engine/store/verify.ts";
import { decant, digests, filesUnder, petals, smallCache, soundDigests } from "./small_cache.ts";

const kinds = {
  "a folder": (path: string) => Deno.mkdir(path),
  "a folder with a file": async (path: string) => {
    await Deno.mkdir(path);
    await Deno.writeTextFile(`${path}/thesis.txt`, "mine");
  },
  "a FIFO": async (path: string) => {
    const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
    assert.ok(success);
  },
  "a loop of links": (path: string) => Deno.symlink(path, path),
  "a link to nothing": (path: string) => Deno.symlink(`${path}-absent`, path),
  "a link to a folder": (path: string) => Deno.symlink(path.slice(0, path.lastIndexOf("/")), path),
} as const;

type Kind = keyof typeof kinds;

async function first(cache: string, folder: "blobs" | "outcomes"): Promise<string> {
  const place = await openStoreFolder(cache);
  for await (const name of namesIn(place, folder)) return place.spread(folder, name);
  throw new Error(`no ${folder}`);
}

/** Places of the layout where something else may stand. */
const places: Readonly<Record<string, (cache: string) => Promise<string> | string>> = {
  "a blob": (cache) => first(cache, "blobs"),
  "a record": (cache) => first(cache, "outcomes"),
  "a folder of blobs": async (cache) => (await first(cache, "blobs")).replace(/\/[^/]+$/, ""),
  "a checkpoint": (cache) => `${cache}/checkpoints/00/${"0".repeat(62)}`,
  "a memo": (cache) => `${cache}/memo/00/${"0".repeat(62)}`,
  "a lock": (cache) => `${cache}/locks/${"0".repeat(64)}`,
  "the collector's lock": (cache) => `${cache}/locks/collector`,
  "a journal": (cache) => `${cache}/runs/20200101T000000Z-00000000.jsonl`,
  "a temporary file": (cache) => `${cache}/tmp/${crypto.randomUUID()}`,
  "the version": (cache) => `${cache}/VERSION`,
  "a name of nobody": (cache) => `${cache}/outcomes/readme`,
};

/** Puts a thing of that kind where a file of the cache is, or could be. */
async function put(path: string, kind: Kind): Promise<void> {
  await Deno.mkdir(path.replace(/\/[^/]+$/, ""), { recursive: true });
  await Deno.remove(path, { recursive: true }).catch(() => {});
  await kinds[kind](path);
}

for (const kind of Object.keys(kinds) as Kind[]) {
  Deno.test(`${kind} in place of a file of the cache hangs nothing, changes nothing, and is named`, async () => {
    const whole = await soundDigests();
    await using place = await smallCache();
    const { cache } = place;
    let theses = 0;
    for (const [where, pathOf] of Object.entries(places)) {
      // A link to a folder is a folder of blobs like any other.
      if (kind === "a link to a folder" && where === "a folder of blobs") continue;
      if (kind.startsWith("a folder") && where === "a folder of blobs") continue;
      const what = `${kind} as ${where}`;
      const path = await pathOf(cache);
      await put(path, kind);
      const said: string[] = [];
      const opened = await openStoreFolder(cache, { notice: (sentence) => said.push(sentence) });
      await collect(opened, { days: 1e6 });
      const { notices, damaged } = await verifyStore(cache);
      const named = [...said, ...notices, ...damaged].join("\n");
      assert.ok(named.includes(path), `${what}: ${named}`);
      const run = await petals.run({ cache });
      assert.deepEqual([run.ending, digests(run)], ["done", whole], what);
      if (kind !== "a folder with a file") continue;
      assert.equal(await count(cache, "thesis.txt"), ++theses, `${what}: the file in it is gone`);
    }
  });
}

/** How many files of that name are under a folder. */
async function count(folder: string, name: string): Promise<number> {
  return (await filesUnder(folder)).filter((path) => path.endsWith(`/${name}`)).length;
}

Deno.test("a file that is made while it is looked for is no link to nothing", async () => {
  const path = await Deno.makeTempFile();
  const { lstat } = Deno;
  let looks = 0;
  try {
    Deno.lstat = (path) =>
      looks++ === 0 ? Promise.reject(new Deno.errors.NotFound("not yet")) : lstat(path);
    assert.equal(await strangeness(path), undefined);
    assert.equal(looks, 2);
  } finally {
    Deno.lstat = lstat;
  }
  await Deno.remove(path);
});

Deno.test("the commands end beside a FIFO in each place, and say what they found", async () => {
  await using place = await smallCache();
  const { cache } = place;
  for (const pathOf of Object.values(places)) await put(await pathOf(cache), "a FIFO");
  for (const action of ["ls", "gc", "verify", "gc"]) {
    const { code, err } = await decant(["cache", action, "--cache", cache]);
    assert.ok(
      code === 0 || code === 1 && action === "gc" || code === 4,
      `${action} ended with ${code}: ${err}`,
    );
    assert.doesNotMatch(err, /internal:/, action);
  }
});

Deno.test("a folder that is not a cache is neither collected nor made one", async () => {
  const folder = await Deno.makeTempDir();
  for (const room of ["runs", "tmp"]) await Deno.mkdir(`${folder}/${room}`);
  const mine = ["runs/exp1.log", "tmp/thesis.txt"].map((name) => `${folder}/${name}`);
  for (const path of mine) {
    await Deno.writeTextFile(path, "mine");
    await Deno.utime(path, 1, 1);
  }
  for (const action of ["gc", "verify", "ls", "unpin"]) {
    const words = action === "unpin" ? [action, "small"] : [action];
    const { code, err } = await decant(["cache", ...words, "--cache", folder]);
    assert.equal(code, 2, action);
    assert.match(err, /it is not one, and it holds other things \(runs\)/, action);
  }
  const absent = await decant(["cache", "gc", "--cache", `${folder}/absent`]);
  assert.equal(absent.code, 2);
  assert.match(absent.err, /There is no cache in .*absent\. A run makes one/);
  await assert.rejects(Deno.stat(`${folder}/absent`), Deno.errors.NotFound);
  await assert.rejects(diskStore(folder), /holds other things \(runs\)/);
  for (const path of mine) assert.equal(await Deno.readTextFile(path), "mine");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("in a cache a collection removes only files whose names have the store's form", async () => {
  await using place = await smallCache();
  const { cache } = place;
  const mine = ["runs/exp1.log", "tmp/thesis.txt", "quarantine/notes", "memo/00/x", "blobs/zz/y"];
  for (const name of mine) {
    const path = `${cache}/${name}`;
    await Deno.mkdir(path.replace(/\/[^/]+$/, ""), { recursive: true });
    await Deno.writeTextFile(path, "mine");
    await Deno.utime(path, 1, 1);
  }
  await collect(await openStoreFolder(cache), { days: 0, now: Date.now() + 9e11 });
  for (const name of mine) assert.equal(await Deno.readTextFile(`${cache}/${name}`), "mine");
  const { notices } = await verifyStore(cache);
  for (const name of mine) {
    const stranger = name.startsWith("blobs") ? "blobs/zz" : name;
    assert.ok(notices.some((sentence) => sentence.includes(stranger)), name);
  }
});
