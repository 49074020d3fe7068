/** Names under which records are kept. */
import assert from "node:assert/strict";
import type { Key } from "../../../engine/digest.ts";
import { pin, pinnedKeys, pins, unpin } from "../../../engine/store/pin.ts";
import { storeFolder } from "./folder.ts";

const keys = ["a", "b"].map((letter) => letter.repeat(64) as Key);

Deno.test("a pin holds its keys until it is replaced or let go", async () => {
  await using cache = await storeFolder();
  assert.deepEqual(await pins(cache.folder), []);
  await pin(cache.folder, "thesis", keys);
  await pin(cache.folder, "other", [keys[0]!]);
  const found = await pins(cache.folder);
  assert.deepEqual(found.map(({ name, keys }) => [name, keys]), [
    ["other", [keys[0]]],
    ["thesis", keys],
  ]);
  assert.deepEqual(pinnedKeys(found), [keys[0], ...keys]);
  await pin(cache.folder, "thesis", []);
  assert.deepEqual(pinnedKeys(await pins(cache.folder)), [keys[0]]);
  assert.deepEqual([await unpin(cache.folder, "other"), await unpin(cache.folder, "other")], [
    true,
    false,
  ]);
});

Deno.test("a damaged pin holds nobody knows what: it is named, with the ways out", async () => {
  await using cache = await storeFolder();
  await pin(cache.folder, "thesis", keys);
  const path = `${cache.root}/roots/thesis.json`;
  await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace(/a(?=a*")/, "c"));
  const found = await pins(cache.folder);
  assert.deepEqual(found, [{ name: "thesis", path, keys: undefined }]);
  assert.throws(() => pinnedKeys(found), {
    message: `Nothing was removed: the pin ${path} is damaged, so what it holds is not known. ` +
      "Pin the recipe again (decant cache pin RECIPE), or let it go (decant cache unpin thesis)",
  });
});

Deno.test("a pin under another's name is damaged: it is sealed under its own", async () => {
  await using cache = await storeFolder();
  await pin(cache.folder, "one", keys);
  await Deno.rename(`${cache.root}/roots/one.json`, `${cache.root}/roots/two.json`);
  assert.deepEqual((await pins(cache.folder)).map(({ name, keys }) => [name, keys]), [
    ["two", undefined],
  ]);
});

Deno.test("a pin that cannot be read is damaged, and letting go of one the disk refuses is said", async () => {
  await using cache = await storeFolder();
  await pin(cache.folder, "thesis", keys);
  const path = `${cache.root}/roots/thesis.json`;
  const { remove } = Deno;
  Deno.remove = () => Promise.reject(Object.assign(new Error("no"), { code: "EROFS" }));
  try {
    await assert.rejects(unpin(cache.folder, "thesis"), { code: "cache-read-only" });
  } finally {
    Deno.remove = remove;
  }
  await Deno.remove(path);
  await Deno.mkdir(path);
  assert.deepEqual(await pins(cache.folder), [{ name: "thesis", path, keys: undefined }]);
});
