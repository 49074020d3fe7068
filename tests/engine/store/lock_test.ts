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
  using again = await takeLock(place.path, "exclusive");
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
  using found = await takeLock(place.path, "exclusive");
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

/** Runs `body` with timers that end at once, and returns how long each would have been. */
async function pauses(body: () => Promise<unknown>): Promise<number[]> {
  const { setTimeout } = globalThis;
  const found: number[] = [];
  globalThis.setTimeout = ((work: () => void, milliseconds: number) => {
    found.push(milliseconds);
    return setTimeout(work, 0);
  }) as typeof setTimeout;
  try {
    await body();
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  return found;
}

Deno.test("a lock is tried again after 5 ms, then after twice as long, at most 200, and the wait is said after the second", async () => {
  await using place = await lockPath();
  let tries = 0;
  const said: number[] = [];
  const found = await pauses(() =>
    takeLock(place.path, "exclusive", {
      attempt: (take) => ++tries === 10 ? take() : Promise.resolve(undefined),
      waiting: () => void said.push(tries),
    }).then((held) => held[Symbol.dispose]())
  );
  assert.deepEqual(found, [5, 10, 20, 40, 80, 160, 200, 200, 200]);
  assert.deepEqual(said, [2]);
});

Deno.test("whoever shares a lock does not sign it, and who cannot be told is another process", async () => {
  await using place = await lockPath();
  await Deno.writeTextFile(place.path, "somebody's longer note\n");
  const told: string[] = [];
  const wait = async () => {
    let tries = 0;
    const held = await takeLock(place.path, "shared", {
      attempt: (take) => ++tries === 3 ? take() : Promise.resolve(undefined),
      waiting: (holder) => void told.push(holder),
    });
    held[Symbol.dispose]();
  };
  await wait();
  assert.equal(await Deno.readTextFile(place.path), "somebody's longer note\n");
  (await tryLock(place.path, "exclusive"))![Symbol.dispose]();
  assert.equal(await Deno.readTextFile(place.path), `${Deno.pid}\n`);
  await wait();
  assert.deepEqual(told, ["another process", `process ${Deno.pid}`]);
});

/** Runs `body` with another `Deno.open`. */
async function opening<T>(open: typeof Deno.open, body: () => Promise<T>): Promise<T> {
  const before = Deno.open;
  Deno.open = open;
  try {
    return await body();
  } finally {
    Deno.open = before;
  }
}

Deno.test("another user's lock file need only be readable; one that is not is refused with the first error", async () => {
  await using place = await lockPath();
  await Deno.writeTextFile(place.path, "");
  const { open } = Deno;
  for (const code of ["EACCES", "EPERM"]) {
    const refused = Object.assign(new Error("no"), { code });
    const readable: typeof Deno.open = (path, options) =>
      options!.write ? Promise.reject(refused) : open(path, options);
    const held = await opening(readable, () => tryLock(place.path, "exclusive"));
    // It cannot be signed, and is held all the same.
    assert.notEqual(held, undefined);
    assert.equal(await tryLock(place.path, "exclusive"), undefined);
    held![Symbol.dispose]();
    const nothing: typeof Deno.open = (_path, options) =>
      Promise.reject(options!.write ? refused : new Error("neither"));
    await assert.rejects(
      opening(nothing, () => tryLock(place.path, "exclusive")),
      (error) => error === refused,
    );
  }
  const odd = Object.assign(new Error("odd"), { code: "EIO" });
  const oddly: typeof Deno.open = (path, options) =>
    options!.write ? Promise.reject(odd) : open(path, options);
  await assert.rejects(
    opening(oddly, () => tryLock(place.path, "exclusive")),
    (error) => error === odd,
  );
});

Deno.test("where it cannot be told whether a lock still stands there it is let go, and the error told", async () => {
  await using place = await lockPath();
  const { stat } = Deno;
  const odd = new Error("odd");
  Deno.stat = () => Promise.reject(odd);
  try {
    await assert.rejects(tryLock(place.path, "exclusive"), (error) => error === odd);
    Deno.stat = () => Promise.reject(new Deno.errors.NotFound("gone"));
    assert.equal(await tryLock(place.path, "exclusive"), undefined);
  } finally {
    Deno.stat = stat;
  }
  // Not tried once: a process that is being started elsewhere holds copies of all open files until it runs its program.
  using _held = await takeLock(place.path, "exclusive");
});
