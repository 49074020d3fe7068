/** The folder for people: killed, shared, full, with files of somebody else in it. It is never of two runs at once. */
import assert from "node:assert/strict";
import { isInterrupted, openOut } from "../../engine/library/out/out_folder.ts";
import { points } from "../../engine/library/out/swap.ts";
import { verifyOut } from "../../engine/library/out/verify_out.ts";
import { takeLock, tryLock } from "../../engine/store/lock.ts";
import { disk } from "../engine/store/small_disk.ts";
import { writeVersion } from "./out_driver.ts";
import { assertOf, folderOf, FOREIGN, versionIn } from "./out_versions.ts";

const DRIVER = new URL("out_driver.ts", import.meta.url).pathname;

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

/** As a kill left it: where a lock is, all that it names is there. */
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
  using held = await takeLock(path, "exclusive");
  assert.ok(held);
  assert.equal(await tryLock(path, "exclusive"), undefined);
  await Deno.remove(folder, { recursive: true });
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
