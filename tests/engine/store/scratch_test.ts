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
