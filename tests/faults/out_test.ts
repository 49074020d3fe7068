/** The folder for people: killed, shared, full, with files of somebody else in it. It is never of two runs at once. */
import type { DecantError } from "../../engine/error.ts";
import assert from "node:assert/strict";
import { canonicalBytes } from "../../engine/digest.ts";
import { isInterrupted, openOut } from "../../engine/library/out/out_folder.ts";
import { points } from "../../engine/library/out/swap.ts";
import { verifyOut } from "../../engine/library/out/verify_out.ts";
import { writeFiles } from "../../engine/library/write_out.ts";
import { tryLock } from "../../engine/store/lock.ts";
import { disk } from "../engine/store/small_disk.ts";
import { exportsOf, writeVersion } from "./out_driver.ts";
import { filesUnder } from "./small_cache.ts";

const DRIVER = new URL("out_driver.ts", import.meta.url).pathname;

/** Files of somebody else, in and beside the exports. */
const FOREIGN = [
  "thesis.txt",
  "tfjs/notes.txt",
  "tfjs/mine/a.txt",
  "x=1/packed/b.txt",
  "x=1/c.txt",
];

function driver(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--cached-only", DRIVER, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

async function ended(child: Deno.ChildProcess): Promise<{ killed: boolean; wrote: string }> {
  const { signal, code, stdout } = await child.output();
  assert.ok(signal === "SIGKILL" || code === 0, `the driver ended with ${code} ${signal}`);
  return { killed: signal === "SIGKILL", wrote: new TextDecoder().decode(stdout) };
}

/** A folder that holds version `a`, and files of somebody else. */
async function folderOf(foreign: readonly string[] = []) {
  const home = await Deno.makeTempDir();
  const root = `${home}/out`;
  await writeVersion(root, "a");
  for (const path of foreign) {
    await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]+$/, ""), { recursive: true });
    await Deno.writeTextFile(`${root}/${path}`, path);
  }
  return { root, [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }) };
}

/** Every file of a version and of somebody else, by path. */
function expected(version: string, foreign: readonly string[]): string[] {
  const files = exportsOf(version).flatMap(({ folder, files }) =>
    Object.keys(files).map((path) => `${folder}/${path}`)
  );
  return [...files, ...foreign, "report.html", "report.json", "recipe.lock.json"].sort();
}

/** Which version a folder holds; it holds that alone, whole, and what is somebody else's. */
async function versionIn(root: string, foreign: readonly string[] = []): Promise<string> {
  const version = await Deno.readTextFile(`${root}/recipe.lock.json`);
  assert.deepEqual(await filesUnder(root), expected(version, foreign));
  await assertOf(root, version);
  for (const path of foreign) assert.equal(await Deno.readTextFile(`${root}/${path}`), path);
  return version;
}

async function assertOf(root: string, version: string): Promise<void> {
  for (const { folder, files } of exportsOf(version)) {
    for (const [path, bytes] of Object.entries(files)) {
      const found = await Deno.readFile(`${root}/${folder}/${path}`);
      assert.ok(found.length === bytes.length && found.every((each, i) => each === bytes[i]), path);
    }
  }
  assert.equal(await Deno.readTextFile(`${root}/report.html`), version);
  assert.equal(JSON.parse(await Deno.readTextFile(`${root}/report.json`)).version, version);
}

/** As a kill left it: where a lock is, all that it speaks for is there. */
async function assertUnmixed(root: string): Promise<void> {
  const version = await Deno.readTextFile(`${root}/recipe.lock.json`).catch(() => undefined);
  if (version !== undefined) await assertOf(root, version);
}

Deno.test("killed at any instant, the folder holds the old export or the new one once it is opened again", async () => {
  const kills = points.flatMap((point) =>
    (/^(file|folder)-/.test(point) ? [1, 2] : [1]).map((nth) => [point, nth] as const)
  );
  const versions = new Set<string>();
  const work = async (queue: typeof kills) => {
    for (const [point, nth] of queue) {
      const when = `${point} ${nth}`;
      await using place = await folderOf(FOREIGN);
      const { root } = place;
      const { killed } = await ended(driver(root, "b", point, String(nth)));
      assert.ok(killed || point.startsWith("folder-") && nth > 1, `${when} was not reached`);
      await assertUnmixed(root);
      const committed = await isInterrupted(root);
      await (await openOut(root))[Symbol.asyncDispose]();
      const version = await versionIn(root, FOREIGN);
      versions.add(version);
      if (committed) assert.equal(version, "b", when);
      // Killed once more while it is finished, it is finished by the next.
      await writeVersion(root, "c");
      assert.equal(await versionIn(root, FOREIGN), "c", when);
    }
  };
  const half = kills.length >> 1;
  await Promise.all([work(kills.slice(0, half)), work(kills.slice(half))]);
  assert.deepEqual([...versions].sort(), ["a", "b"]);
});

Deno.test("killed while it finishes what a kill left, a write is finished by the next", async () => {
  for (const point of ["file-away", "folder-in", "kept-back", "file-in"] as const) {
    await using place = await folderOf(FOREIGN);
    const { root } = place;
    await ended(driver(root, "b", "committed", "1"));
    assert.equal(await isInterrupted(root), true);
    const { killed } = await ended(driver(root, "c", point, "1"));
    assert.ok(killed, point);
    await assertUnmixed(root);
    await (await openOut(root))[Symbol.asyncDispose]();
    assert.equal(await versionIn(root, FOREIGN), "b", point);
  }
});

Deno.test("25 kills at random times while an export of several shards is replaced: never mixed, nothing left", async () => {
  await using place = await folderOf(FOREIGN);
  const { root } = place;
  // Numerical Recipes' linear congruential generator: the moments are the same in every run.
  let state = 20_240_229;
  for (let kill = 0; kill < 25; kill++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const child = driver(root, "ab…");
    const reader = child.stdout.getReader();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, state % 40));
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    await assertUnmixed(root);
    await (await openOut(root))[Symbol.asyncDispose]();
    await versionIn(root, FOREIGN);
  }
});

Deno.test("two processes with one folder leave what one of them wrote last, whole", async () => {
  await using place = await folderOf(FOREIGN);
  const { root } = place;
  const [b, c] = await Promise.all([driver(root, "bbbbbbbb"), driver(root, "cccccccc")].map(ended));
  assert.deepEqual([b!.wrote, c!.wrote], ["bbbbbbbb", "cccccccc"]);
  assert.match(await versionIn(root, FOREIGN), /[bc]/);
});

Deno.test("a lock file that is removed between being opened and being locked is not held", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/lock`;
  const { tryLock: lock } = Deno.FsFile.prototype;
  try {
    Deno.FsFile.prototype.tryLock = async function (exclusive) {
      await Deno.remove(path);
      return await lock.call(this, exclusive);
    };
    assert.equal(await tryLock(path, "exclusive"), undefined);
  } finally {
    Deno.FsFile.prototype.tryLock = lock;
  }
  using held = await tryLock(path, "exclusive");
  assert.ok(held);
  assert.equal(await tryLock(path, "exclusive"), undefined);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("who finds another writing says so, waits, and can give up; who was interrupted before does not wait", async () => {
  await using place = await folderOf();
  const { root } = place;
  const held = await openOut(root);
  const said: string[] = [];
  const stop = new AbortController();
  const reason = new Error("enough");
  const waiting = (holder: string) => {
    said.push(holder);
    stop.abort(reason);
  };
  await assert.rejects(writeVersion(root, "b", { signal: stop.signal, waiting }), reason);
  assert.deepEqual(said, [`process ${Deno.pid}`]);
  await assert.rejects(writeVersion(root, "b", { signal: stop.signal }), reason);
  await held[Symbol.asyncDispose]();
  assert.equal(await versionIn(root), "a");
  await writeVersion(root, "b", { signal: stop.signal });
  assert.equal(await versionIn(root), "b");
});

Deno.test("interrupted before everything is written, a write leaves the folder as it was; after that it ends", async () => {
  for (const [point, version] of [["file-staged", "a"], ["staged", "a"], ["committed", "b"]]) {
    await using place = await folderOf(FOREIGN);
    const stop = new AbortController();
    const reason = new Error("enough");
    const at = (reached: string) => void (reached === point && stop.abort(reason));
    const wrote = writeVersion(place.root, "b", { signal: stop.signal, at });
    if (version === "a") await assert.rejects(wrote, reason);
    else await wrote;
    assert.equal(await versionIn(place.root, FOREIGN), version);
  }
});

Deno.test("what stands in the way is named, and nothing is changed", async () => {
  const ways: Readonly<Record<string, (root: string) => Promise<void>>> = {
    "tfjs": async (root) => {
      await Deno.rename(`${root}/tfjs`, `${root}/elsewhere`);
      await Deno.symlink("elsewhere", `${root}/tfjs`);
    },
    "tfjs/model.json": async (root) => {
      await Deno.remove(`${root}/tfjs/model.json`);
      await Deno.mkdir(`${root}/tfjs/model.json/mine`, { recursive: true });
    },
    "report.html": async (root) => {
      await Deno.remove(`${root}/report.html`);
      await Deno.mkdir(`${root}/report.html`);
    },
    ".decant-out/lock": async (root) => {
      await Deno.mkdir(`${root}/.decant-out/lock`, { recursive: true });
    },
    ".decant-out": (root) => Deno.symlink("..", `${root}/.decant-out`),
    ".decant-out/swap.json": async (root) => {
      await Deno.mkdir(`${root}/.decant-out`);
      await Deno.writeTextFile(`${root}/.decant-out/swap.json`, '{"format":1,"goes":{"../x":[]}}');
    },
  };
  for (const [path, put] of Object.entries(ways)) {
    await using place = await folderOf();
    const { root } = place;
    await put(root);
    const before = await filesUnder(root);
    await assert.rejects(writeVersion(root, "b"), (error: DecantError) => {
      assert.equal(error.code, "out", path);
      assert.ok(error.message.includes(`${root}/${path}`), error.message);
      return true;
    });
    // Beside a journal that nobody can read the lock file stays too.
    const after = await filesUnder(root);
    assert.deepEqual(after.filter((each) => each !== ".decant-out/lock"), before, path);
  }
});

Deno.test("what was made in the place of an export while it was away is not lost", async () => {
  await using place = await folderOf();
  const { root } = place;
  await ended(driver(root, "b", "folder-away", "1"));
  await Deno.mkdir(`${root}/tfjs`);
  await Deno.writeTextFile(`${root}/tfjs/thesis.txt`, "mine");
  await assert.rejects(openOut(root), /`.*\/out\/tfjs` cannot be written: it was made while/);
  await Deno.rename(`${root}/tfjs`, `${root}/../mine`);
  await (await openOut(root))[Symbol.asyncDispose]();
  assert.equal(await versionIn(root), "b");
});

Deno.test("temporary files of our own form go, others stay", async () => {
  await using place = await folderOf();
  const { root } = place;
  const ours = `.${crypto.randomUUID()}.tmp`;
  for (const path of [ours, `tfjs/${ours}`, "mine.tmp"]) {
    await Deno.writeTextFile(`${root}/${path}`, "");
  }
  await writeVersion(root, "b");
  assert.deepEqual(await filesUnder(root), expected("b", ["mine.tmp"]));
});

Deno.test("on a full disk the old export stays whole, and with room the new one comes", async () => {
  await using small = await disk("600k");
  if (small === undefined) return;
  const root = `${small.root}/out`;
  await writeVersion(root, "a");
  await assert.rejects(writeVersion(root, "b"), /\/out` cannot be written: the disk is full\./);
  assert.equal(await versionIn(root), "a");
  for (const point of ["staged", "committed"] as const) {
    await small.remount("size=4m");
    const filler = `${small.root}/filler`;
    // Full to the last block once everything is written: the rest has to do without.
    const fill = async (reached: string) => {
      if (reached !== point) return;
      using file = await Deno.open(filler, { append: true, create: true });
      try {
        for (;;) await file.write(new Uint8Array(4096));
      } catch {
        // Now it is full.
      }
    };
    const wrote = writeVersion(root, "b", { at: fill });
    if (point === "staged") await assert.rejects(wrote, /the disk is full/);
    else await wrote;
    assert.equal(await versionIn(root), point === "staged" ? "a" : "b");
    await Deno.remove(filler);
  }
});

Deno.test("verification names what is changed, missing and added, and finishes what was interrupted", async () => {
  await using place = await folderOf();
  const { root } = place;
  await Deno.remove(`${root}/recipe.lock.json`);
  const sound = await verifyOut(root);
  assert.deepEqual(sound, { exports: 2, files: 7, locked: false, differences: [], added: [] });
  await Deno.writeTextFile(`${root}/tfjs/model.json`, "aaaaaaaab");
  await Deno.remove(`${root}/tfjs/group1-shard2of5.bin`);
  await Deno.remove(`${root}/x=1/packed/it.bin`);
  await Deno.mkdir(`${root}/x=1/packed/it.bin`);
  await Deno.writeTextFile(`${root}/tfjs/notes.txt`, "mine");
  const { differences, added } = (await verifyOut(root))!;
  assert.deepEqual(differences, [
    { path: "tfjs/group1-shard2of5.bin", what: "missing" },
    { path: "tfjs/model.json", what: "changed" },
    { path: "x=1/packed/it.bin", what: "changed" },
  ]);
  assert.deepEqual(added, ["tfjs/notes.txt"]);
  await Deno.remove(`${root}/x=1/packed/it.bin`);
  const lock = { format: 1, sources: [], steps: [] };
  await Deno.writeFile(`${root}/recipe.lock.json`, canonicalBytes(lock));
  assert.deepEqual(
    (await verifyOut(root))!.differences.filter(({ what }) => what === "unlocked"),
    [{ path: "tfjs/", what: "unlocked" }, { path: "x=1/packed/", what: "unlocked" }],
  );
  assert.equal(await verifyOut(`${root}/tfjs`), undefined);
  assert.equal(await verifyOut(`${root}/absent`), undefined);
});

Deno.test("a folder that may not be written is verified all the same, unless a write was interrupted", async () => {
  await using small = await disk("8m");
  if (small === undefined) return;
  const root = `${small.root}/out`;
  await writeVersion(root, "a");
  await Deno.remove(`${root}/recipe.lock.json`);
  await small.remount("ro");
  assert.deepEqual((await verifyOut(root))?.differences, []);
  await small.remount("rw");
  await ended(driver(root, "b", "folder-away", "1"));
  await small.remount("ro");
  await assert.rejects(verifyOut(root), /cannot be written: it is read-only/);
  await small.remount("rw");
  await assert.rejects(verifyOut(root), /is no lock/);
  assert.equal(await versionIn(root), "b");
});

Deno.test("a model is saved all or none, and what is beside it stays", async () => {
  await using place = await folderOf();
  const { root } = place;
  const before = await filesUnder(root);
  await writeFiles(root, { "weights.bin": new Uint8Array(3), "sub/model.json": new Uint8Array(1) });
  assert.deepEqual(await filesUnder(root), [...before, "sub/model.json", "weights.bin"].sort());
});
