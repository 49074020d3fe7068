/** The folder of a store: what lies where, what is a store's and what is not. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { namesIn, onDisk, openStoreFolder, strangers } from "../../../engine/store/store_folder.ts";
import { storeFolder } from "./folder.ts";

const name = (letter: string) => letter.repeat(64);
const all = async <T>(values: AsyncIterable<T>): Promise<T[]> => await Array.fromAsync(values);

Deno.test("names are spread over folders by their first two letters, others lie flat", async () => {
  await using cache = await storeFolder();
  const { folder, root } = cache;
  assert.equal(folder.spread("blobs", "abcdef"), `${root}/blobs/ab/cdef`);
  assert.equal(folder.flat("locks", "collector"), `${root}/locks/collector`);
});

Deno.test("nothing is made by opening; preparing makes all folders, and the version", async () => {
  await using cache = await storeFolder();
  const { folder, root } = cache;
  assert.equal(existsSync(`${root}/VERSION`), false);
  await folder.prepare();
  assert.equal(await Deno.readTextFile(`${root}/VERSION`), "1\n");
  const made = (await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name).sort();
  assert.deepEqual(made, [
    "VERSION",
    "blobs",
    "checkpoints",
    "locks",
    "memo",
    "outcomes",
    "quarantine",
    "roots",
    "runs",
    "tmp",
  ]);
  await openStoreFolder(root, { existing: true });
});

Deno.test("only names of the store's form are its own; all else is named, and left", async () => {
  await using cache = await storeFolder();
  const { folder, root } = cache;
  await folder.prepare();
  const own = folder.spread("blobs", name("a"));
  await Deno.mkdir(`${root}/blobs/aa`);
  await Deno.mkdir(`${root}/blobs/abc`);
  await Deno.writeTextFile(own, "");
  await Deno.writeTextFile(`${root}/blobs/aa/notes.txt`, "");
  await Deno.writeTextFile(`${root}/blobs/readme`, "");
  await Deno.writeTextFile(`${root}/locks/${name("b")}`, "");
  await Deno.mkdir(`${root}/roots/thesis.json`);
  assert.deepEqual(await all(namesIn(folder, "blobs")), [name("a")]);
  assert.deepEqual(await all(namesIn(folder, "locks")), [name("b"), "collector"]);
  assert.deepEqual((await all(strangers(folder))).sort(), [
    `${root}/blobs/aa/notes.txt is not a file of the cache`,
    `${root}/blobs/abc is not a folder of the cache`,
    `${root}/blobs/readme is not a folder of the cache`,
    `${root}/roots/thesis.json is a folder, not a file of the cache`,
  ]);
});

Deno.test("where a cache must be there, an empty or absent folder is refused", async () => {
  await using cache = await storeFolder();
  for (const root of [cache.root, `${cache.root}/nothing`]) {
    await assert.rejects(openStoreFolder(root, { existing: true }), {
      message: `There is no cache in ${root}. A run makes one; name another with --cache`,
    });
  }
});

Deno.test("what is set aside is in quarantine, whole, and its going is said", async () => {
  await using cache = await storeFolder();
  const { folder, root } = cache;
  await folder.prepare();
  const path = folder.flat("tmp", "odd");
  await Deno.mkdir(`${path}/inside`, { recursive: true });
  await folder.setAside(path, "a folder");
  const [aside] = await all(Deno.readDir(`${root}/quarantine`));
  assert.match(aside!.name, /^foreign-/);
  assert.ok(existsSync(`${root}/quarantine/${aside!.name}/inside`));
  assert.equal(existsSync(path), false);
  assert.equal(cache.said.length, 1);
});

Deno.test("what the disk refuses is a sentence with a way out; other errors are left alone", async () => {
  const refused = (code: string) =>
    onDisk("/cache", () => Promise.reject(Object.assign(new Error("refused"), { code })));
  await assert.rejects(refused("ENOSPC"), /the disk is full\. Make room \(decant cache gc\)/);
  await assert.rejects(refused("EDQUOT"), /the disk is full/);
  for (const code of ["EROFS", "EACCES", "EPERM"]) {
    await assert.rejects(refused(code), /it is read-only\. Give another folder with --cache/);
  }
  await assert.rejects(refused("ENOTDIR"), /there is a file in the way/);
  const odd = new Error("odd");
  await assert.rejects(onDisk("/cache", () => Promise.reject(odd)), (error) => error === odd);
  const gone = new Deno.errors.NotFound("x");
  await assert.rejects(
    onDisk("/cache", () => Promise.reject(gone)),
    /was removed while it was in use\. Run again/,
  );
});
