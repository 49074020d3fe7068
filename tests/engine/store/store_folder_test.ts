/** The folder of a store: what lies where, what is a store's and what is not. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { StoreError } from "../../../engine/store/store.ts";
import {
  entries,
  makeFolder,
  namesIn,
  onDisk,
  openStoreFolder,
  strangers,
} from "../../../engine/store/store_folder.ts";
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
  assert.deepEqual(cache.said, [
    `${path} is a folder, not a file of the cache; it was moved to ${root}/quarantine/${
      aside!.name
    }`,
  ]);
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

const FOLDERS = [
  ...["blobs", "outcomes", "checkpoints", "memo", "runs", "roots", "locks", "tmp", "quarantine"],
];

/** What opening this folder is refused with. */
const refused = (root: string, existing = false) =>
  openStoreFolder(root, { existing }).then(() => undefined, ({ code, message }) => [code, message]);

Deno.test("a folder whose version is another, or none of a cache, is refused with a way out", async () => {
  await using cache = await storeFolder();
  const { root } = cache;
  for (const version of ["2", "123456789"]) {
    await Deno.writeTextFile(`${root}/VERSION`, `${version}\n`);
    assert.deepEqual(await refused(root), [
      "cache-version",
      `Cannot use the cache ${root}: its layout is version ${version}, this is made for 1. ` +
      "Give another folder with --cache, or use the newer Decant",
    ]);
  }
  await Deno.mkdir(`${root}/blobs`);
  await Deno.writeTextFile(`${root}/outcomes`, "a file");
  for (const text of ["", "0\n", "1", "1234567890\n", "x1\n"]) {
    await Deno.writeTextFile(`${root}/VERSION`, text);
    assert.deepEqual(await refused(root), [
      "cache-place",
      `Cannot use ${root} as a cache: its file VERSION is not one of a cache, and it has no ` +
      "folder outcomes. Give another folder with --cache",
    ]);
  }
});

Deno.test("a folder that holds other things is refused, where a cache must be there with another way out", async () => {
  await using cache = await storeFolder();
  const { root } = cache;
  await Deno.writeTextFile(`${root}/.version-1`, "");
  await openStoreFolder(root);
  const holds = `Cannot use ${root} as a cache: it is not one, and it holds other things`;
  assert.deepEqual(await refused(root, true), [
    "cache-place",
    `${holds} (.version-1). Name the cache with --cache`,
  ]);
  await Deno.writeTextFile(`${root}/thesis.tex`, "");
  assert.deepEqual(await refused(root), [
    "cache-place",
    `${holds} (thesis.tex). Give a new or empty folder with --cache`,
  ]);
  await Deno.remove(`${root}/thesis.tex`);
  await Deno.remove(`${root}/.version-1`);
  const nothing = `There is no cache in ${root}. A run makes one; name another with --cache`;
  assert.deepEqual(await refused(root, true), ["cache-place", nothing]);
});

Deno.test("a cache that another process makes meanwhile is taken for what it is", async () => {
  await using cache = await storeFolder();
  await cache.folder.prepare();
  const { readTextFile } = Deno;
  let looks = 0;
  Deno.readTextFile = (path) =>
    looks++ === 0 ? Promise.reject(new Deno.errors.NotFound("not yet")) : readTextFile(path);
  try {
    await openStoreFolder(cache.root);
  } finally {
    Deno.readTextFile = readTextFile;
  }
  assert.equal(looks, 2);
});

Deno.test("a damaged version of a whole cache is written again, or where that cannot be, said", async () => {
  await using cache = await storeFolder();
  const { root, said } = cache;
  await cache.folder.prepare();
  const path = `${root}/VERSION`;
  const reopen = () => openStoreFolder(root, { notice: (sentence) => void said.push(sentence) });
  await Deno.writeTextFile(path, "damaged");
  const { rename } = Deno;
  Deno.rename = () => Promise.reject(new Error("read-only"));
  try {
    await reopen();
  } finally {
    Deno.rename = rename;
  }
  assert.deepEqual(said.splice(0), [`${path} is damaged and cannot be written again: read-only`]);
  await reopen();
  const [aside] = await all(Deno.readDir(`${root}/quarantine`));
  assert.match(aside!.name, /^version-[0-9a-f-]{36}$/);
  assert.deepEqual(said.splice(0), [
    `${path} was damaged and is written again; the damaged one is ${root}/quarantine/${
      aside!.name
    }`,
  ]);
  assert.equal(await Deno.readTextFile(path), "1\n");
  assert.equal(await Deno.readTextFile(`${root}/quarantine/${aside!.name}`), "damaged");
  // A folder in its place is damage as well.
  await Deno.remove(path);
  await Deno.mkdir(path);
  await reopen();
  assert.equal(await Deno.readTextFile(path), "1\n");
  assert.deepEqual(await all(strangers(cache.folder)), [
    `${root}/quarantine/${
      (await all(Deno.readDir(`${root}/quarantine`))).find(({ isDirectory }) => isDirectory)!.name
    } is a folder, not a file of the cache`,
  ]);
});

Deno.test("folders are made once, and what is there stays as it is", async () => {
  await using cache = await storeFolder();
  const { folder, root } = cache;
  await Deno.mkdir(`${root}/locks`);
  await Deno.writeTextFile(`${root}/locks/collector`, "signed");
  const other = await openStoreFolder(root).catch((error: Error) => error.message);
  assert.match(String(other), /it holds other things \(locks\)/);
  await folder.prepare();
  assert.equal(await Deno.readTextFile(`${root}/locks/collector`), "signed");
  await Deno.remove(`${root}/memo`);
  await folder.prepare();
  assert.equal(existsSync(`${root}/memo`), false);
  const again = await openStoreFolder(root);
  await again.prepare();
  for (const name of FOLDERS) assert.ok((await Deno.stat(`${root}/${name}`)).isDirectory, name);
  const leftovers = (await all(Deno.readDir(root))).filter(({ name }) => name.startsWith("."));
  assert.deepEqual(leftovers, []);
});

Deno.test("in a folder that others may write to they may write to every folder of the cache", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const mode = async (path: string) => (await Deno.stat(path)).mode! & 0o7777;
  for (const [given, expected] of [[0o777, 0o777], [0o770, 0o770], [0o707, 0o707]] as const) {
    await using cache = await storeFolder();
    await Deno.chmod(cache.root, given);
    await cache.folder.prepare();
    assert.equal(await mode(`${cache.root}/blobs`), expected);
  }
  await using cache = await storeFolder();
  await Deno.chmod(cache.root, 0o700);
  await Deno.mkdir(`${cache.root}/plain`);
  await makeFolder(cache.root, `${cache.root}/made/deep`);
  assert.equal(await mode(`${cache.root}/made/deep`), await mode(`${cache.root}/plain`));
  await Deno.chmod(cache.root, 0o777);
  const { chmod } = Deno;
  Deno.chmod = () => Promise.reject(new Error("not ours"));
  try {
    await makeFolder(cache.root, `${cache.root}/theirs`);
  } finally {
    Deno.chmod = chmod;
  }
  assert.ok(existsSync(`${cache.root}/theirs`));
});

Deno.test("each folder takes names of its own form and no others", async () => {
  await using cache = await storeFolder();
  const { folder, root } = cache;
  await folder.prepare();
  const id = crypto.randomUUID();
  const good: Record<string, readonly string[]> = {
    runs: ["20260101T000000Z-0123abcd.jsonl"],
    roots: ["a.json", `a-0${"z".repeat(61)}.json`],
    locks: [name("0"), "collector"],
    tmp: [id],
    quarantine: [
      `blob-${name("0")}-${id}`,
      "checkpoint-1",
      "disputed-2",
      "foreign-3",
      "outcome-4",
      "version-5",
    ],
  };
  const bad: Record<string, readonly string[]> = {
    runs: ["20260101T000000Z-0123abcd.json", "x20260101T000000Z-0123abcd.jsonl"],
    roots: ["A.json", "0.json", `a${"z".repeat(64)}.json`, "a.jsonl", "a_b.json"],
    locks: [name("g"), "0".repeat(63), "0".repeat(65), "collector2"],
    tmp: [`${id}0`, id.slice(1)],
    quarantine: ["odd-1", "blob-", "blob-x"],
  };
  for (const [kind, names] of [...Object.entries(good), ...Object.entries(bad)]) {
    for (const each of names) await Deno.writeTextFile(`${root}/${kind}/${each}`, "");
  }
  for (const [kind, names] of Object.entries(good)) {
    assert.deepEqual(await all(namesIn(folder, kind as "runs")), [...names].sort(), kind);
  }
  const expected = Object.entries(bad).flatMap(([kind, names]) =>
    names.map((each) => `${root}/${kind}/${each} is not a file of the cache`)
  );
  assert.deepEqual((await all(strangers(folder))).sort(), expected.sort());
  // Of what is spread, the prefix counts with the rest, and has two letters.
  await Deno.mkdir(`${root}/memo/a`);
  await Deno.writeTextFile(`${root}/memo/a/${"b".repeat(63)}`, "");
  await Deno.mkdir(`${root}/memo/zz`);
  await Deno.writeTextFile(`${root}/memo/zz/${"b".repeat(62)}`, "");
  assert.deepEqual(await all(namesIn(folder, "memo")), []);
});

Deno.test("what lies under no folder, or a file, or a loop of links, are no entries", async () => {
  await using cache = await storeFolder();
  await Deno.symlink("loop", `${cache.root}/loop`);
  await Deno.writeTextFile(`${cache.root}/file`, "");
  for (const path of ["nothing", "file", "loop"]) {
    assert.deepEqual(await entries(`${cache.root}/${path}`), []);
  }
  assert.deepEqual(await entries(cache.root), ["file", "loop"]);
  const { readDir } = Deno;
  const odd = Object.assign(new Error("odd"), { code: "EIO" });
  Deno.readDir = () => {
    throw odd;
  };
  try {
    await assert.rejects(entries(cache.root), (error) => error === odd);
  } finally {
    Deno.readDir = readDir;
  }
});

Deno.test("each refusal of the disk has its code and its sentence", async () => {
  const said = (error: unknown) =>
    onDisk("/c", () => Promise.reject(error)).catch(({ code, message }) => [code, message]);
  const coded = (code: string) => Object.assign(new Error("refused"), { code });
  const full = "Cannot write to the cache /c: the disk is full. " +
    "Make room (decant cache gc), or give another folder with --cache";
  const readOnly =
    "Cannot write to the cache /c: it is read-only. Give another folder with --cache";
  const place = "Cannot use the cache /c: there is a file in the way";
  assert.deepEqual(await said(coded("ENOSPC")), ["cache-full", full]);
  assert.deepEqual(await said(coded("EDQUOT")), ["cache-full", full]);
  for (const code of ["EROFS", "EACCES", "EPERM"]) {
    assert.deepEqual(await said(coded(code)), ["cache-read-only", readOnly]);
  }
  assert.deepEqual(await said(coded("ENOTDIR")), ["cache-place", place]);
  assert.deepEqual(await said(new Deno.errors.NotADirectory("x")), ["cache-place", place]);
  assert.deepEqual(await said(new Deno.errors.NotCapable("x")), [
    "cache-denied",
    "Cannot use the cache /c: Deno was not allowed to. Add --allow-read=/c --allow-write=/c",
  ]);
  assert.deepEqual(await said(new Deno.errors.NotFound("x")), [
    "cache-place",
    "The cache /c was removed while it was in use. Run again: a run makes a new one",
  ]);
  const own = new StoreError("pin", "said already");
  await assert.rejects(onDisk("/c", () => Promise.reject(own)), (error) => error === own);
  await assert.rejects(onDisk("/c", () => Promise.reject("odd")), (error) => error === "odd");
  assert.equal(await onDisk("/c", () => Promise.resolve(7)), 7);
});

Deno.test("a version that the disk does not let be read is refused with its sentence", async () => {
  await using cache = await storeFolder();
  await cache.folder.prepare();
  const { readTextFile } = Deno;
  const odd = new Error("odd");
  try {
    Deno.readTextFile = () => Promise.reject(Object.assign(new Error("no"), { code: "EACCES" }));
    assert.equal((await refused(cache.root))?.[0], "cache-read-only");
    Deno.readTextFile = () => Promise.reject(odd);
    await assert.rejects(openStoreFolder(cache.root), (error) => error === odd);
  } finally {
    Deno.readTextFile = readTextFile;
  }
});
