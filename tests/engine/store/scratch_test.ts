/** Folders for as long as a process needs them. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { tryLock } from "../../../engine/store/lock.ts";
import { scratchFolder } from "../../../engine/store/scratch.ts";

const prefix = () => `decant-test-${crypto.randomUUID()}-`;
const home = (path: string) => path.replace(/\/files$/, "");

Deno.test("a folder is there for nobody else, and goes when it is let go with all that is in it", async () => {
  const name = prefix();
  let path;
  {
    await using one = await scratchFolder(name);
    await using two = await scratchFolder(name);
    path = one.path;
    assert.notEqual(path, two.path);
    assert.equal(existsSync(path), false);
    await Deno.mkdir(`${path}/deep/er`, { recursive: true });
    assert.equal(await tryLock(`${home(path)}/lock`, "exclusive"), undefined);
  }
  assert.equal(existsSync(home(path)), false);
});

Deno.test("what a killed process left goes with the next folder; what is being made, or another's, stays", async () => {
  const name = prefix();
  const killed = await Deno.makeTempDir({ prefix: name });
  await Deno.writeTextFile(`${killed}/lock`, "");
  await Deno.mkdir(`${killed}/files/x`, { recursive: true });
  const young = await Deno.makeTempDir({ prefix: name });
  const old = await Deno.makeTempDir({ prefix: name });
  const then = Date.now() / 1000 - 7200;
  await Deno.utime(old, then, then);
  const other = await Deno.makeTempDir({ prefix: prefix() });
  await Deno.writeTextFile(`${other}/lock`, "");
  {
    await using _mine = await scratchFolder(name);
    assert.deepEqual([killed, old, young, other].map((each) => existsSync(each)), [
      false,
      false,
      true,
      true,
    ]);
  }
  for (const path of [young, other]) await Deno.remove(path, { recursive: true });
});

Deno.test("a folder that another process takes while it is made is left to it", async () => {
  const name = prefix();
  const { makeTempDir } = Deno;
  const first = await makeTempDir({ prefix: name });
  const taken = (await tryLock(`${first}/lock`, "exclusive"))!;
  let made = 0;
  Deno.makeTempDir = (options) => made++ === 0 ? Promise.resolve(first) : makeTempDir(options);
  try {
    await using mine = await scratchFolder(name);
    assert.equal(made, 2);
    assert.notEqual(home(mine.path), first);
    assert.ok(existsSync(first));
  } finally {
    Deno.makeTempDir = makeTempDir;
    taken[Symbol.dispose]();
    await Deno.remove(first, { recursive: true });
  }
});

Deno.test("a folder of an hour without a lock goes, a younger one and what is in use stay", async () => {
  const name = prefix();
  const [old, young, full] = await Promise.all(
    [1, 2, 3].map(() => Deno.makeTempDir({ prefix: name })),
  );
  const now = Date.now();
  const { now: clock } = Date;
  Date.now = () => now;
  try {
    const hour = 3_600_000;
    await Deno.writeTextFile(`${full}/somebody's`, "");
    await Deno.utime(old!, (now - hour - 1) / 1000, (now - hour - 1) / 1000);
    await Deno.utime(full!, (now - 2 * hour) / 1000, (now - 2 * hour) / 1000);
    await Deno.utime(young!, (now - hour) / 1000, (now - hour) / 1000);
    await using _mine = await scratchFolder(name);
    assert.deepEqual([old, young, full].map((path) => existsSync(path!)), [false, true, true]);
  } finally {
    Date.now = clock;
    for (const path of [young, full]) await Deno.remove(path!, { recursive: true });
  }
});

Deno.test("where it may not look for others it still works in its own", async () => {
  const { readDir } = Deno;
  Deno.readDir = () => {
    throw new Error("denied");
  };
  try {
    await using mine = await scratchFolder(prefix());
    assert.ok(mine.path.endsWith("/files"));
  } finally {
    Deno.readDir = readDir;
  }
});

Deno.test("who takes a folder's lock anew while it is removed removes the folder, and nobody fails", async () => {
  const name = prefix();
  const { remove } = Deno;
  const removedWhile = async (meanwhile: (lock: string) => Promise<void>) => {
    const folder = await scratchFolder(name);
    Deno.remove = async (path, options) => {
      await remove(path, options);
      if (`${path}` === `${home(folder.path)}/lock`) await meanwhile(`${path}`);
    };
    try {
      await folder[Symbol.asyncDispose]();
    } finally {
      Deno.remove = remove;
    }
    return home(folder.path);
  };
  const left = await removedWhile((lock) => Deno.writeTextFile(lock, ""));
  assert.ok(existsSync(`${left}/lock`));
  {
    await using _next = await scratchFolder(name);
    assert.ok(!existsSync(left));
  }
  const gone = await removedWhile((lock) => remove(lock.slice(0, -"/lock".length)));
  assert.ok(!existsSync(gone));
  let strange = "";
  await assert.rejects(
    removedWhile((lock) => Deno.writeTextFile(strange = lock.replace(/lock$/, "strange"), "")),
    /not empty/,
  );
  await remove(strange.slice(0, -"/strange".length), { recursive: true });
});
