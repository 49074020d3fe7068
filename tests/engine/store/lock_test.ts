/** Kernel locks: who holds one, who waits, and what gives up. */
import assert from "node:assert/strict";
import { StrangeFileError } from "../../../engine/store/disk_file.ts";
import { takeLock, takeLockIn, tryLock } from "../../../engine/store/lock.ts";
import { storeFolder } from "./folder.ts";

async function lockPath(): Promise<{ path: string } & AsyncDisposable> {
  const root = await Deno.makeTempDir();
  return {
    path: `${root}/lock`,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

Deno.test("one holds it alone, or many share it; letting go lets others in", async () => {
  await using place = await lockPath();
  const alone = await tryLock(place.path, "exclusive");
  assert.notEqual(alone, undefined);
  assert.equal(await tryLock(place.path, "exclusive"), undefined);
  assert.equal(await tryLock(place.path, "shared"), undefined);
  alone![Symbol.dispose]();
  const first = await tryLock(place.path, "shared");
  const second = await tryLock(place.path, "shared");
  assert.ok(first && second);
  assert.equal(await tryLock(place.path, "exclusive"), undefined);
  first[Symbol.dispose]();
  second[Symbol.dispose]();
  using again = await tryLock(place.path, "exclusive");
  assert.notEqual(again, undefined);
});

Deno.test("who holds it alone has signed, and who waits is told so once", async () => {
  await using place = await lockPath();
  const held = await takeLock(place.path, "exclusive");
  assert.equal(await Deno.readTextFile(place.path), `${Deno.pid}\n`);
  const told: string[] = [];
  const waiting = takeLock(place.path, "exclusive", {
    waiting: (holder) => void told.push(holder),
  });
  setTimeout(() => held[Symbol.dispose](), 150);
  using _later = await waiting;
  assert.deepEqual(told, [`process ${Deno.pid}`]);
});

Deno.test("waiting is given up with the reason of the signal", async () => {
  await using place = await lockPath();
  using _held = await takeLock(place.path, "exclusive");
  const why = new Error("enough");
  const controller = new AbortController();
  setTimeout(() => controller.abort(why), 30);
  await assert.rejects(
    takeLock(place.path, "shared", { signal: controller.signal }),
    (error) => error === why,
  );
});

Deno.test("a file that was removed and made anew while it was locked is not held", async () => {
  await using place = await lockPath();
  const old = await tryLock(place.path, "exclusive");
  await Deno.remove(place.path);
  // The old file is locked and nobody finds it any more: the new one is free.
  using found = await tryLock(place.path, "exclusive");
  assert.notEqual(found, undefined);
  old![Symbol.dispose]();
});

Deno.test("every try is made inside of what is wrapped around it", async () => {
  await using place = await lockPath();
  const held = await takeLock(place.path, "exclusive");
  let tries = 0;
  const waiting = takeLock(place.path, "exclusive", {
    attempt(take) {
      tries++;
      return take();
    },
  });
  setTimeout(() => held[Symbol.dispose](), 40);
  using _later = await waiting;
  assert.ok(tries >= 2);
});

Deno.test("a folder in the place of a lock is refused, and in a store set aside", async () => {
  await using cache = await storeFolder();
  await cache.folder.prepare();
  const path = cache.folder.flat("locks", "0".repeat(64));
  await Deno.mkdir(path);
  await assert.rejects(tryLock(path, "exclusive"), StrangeFileError);
  using _held = await takeLockIn(cache.folder, path, "exclusive");
  assert.ok((await Deno.stat(path)).isFile);
  assert.match(
    cache.said.join(),
    /is a folder, not a file of the cache; it was moved to .*foreign-/,
  );
});
