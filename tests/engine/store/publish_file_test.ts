/** One file, all or nothing. */
import assert from "node:assert/strict";
import {
  publishFile,
  type PublishInstant,
  renameInto,
} from "../../../engine/store/publish_file.ts";
import { storeFolder } from "./folder.ts";

const bytes = new TextEncoder().encode("new");
const count = async (path: string) => (await Array.fromAsync(Deno.readDir(path))).length;

Deno.test("a file is put in its place, or in that of an older one, by way of its instants in order", async () => {
  await using cache = await storeFolder();
  const path = cache.folder.spread("blobs", "ab".repeat(32));
  for (const word of ["old", "new"]) {
    const passed: PublishInstant[] = [];
    await publishFile(cache.folder, path, new TextEncoder().encode(word), {
      kind: "blob",
      at: (instant) => void passed.push(instant),
    });
    assert.equal(await Deno.readTextFile(path), word);
    assert.deepEqual(passed, ["blob-begun", "blob-written", "blob-flushed", "blob-published"]);
  }
  assert.equal(await count(`${cache.root}/tmp`), 0);
});

Deno.test("where it fails on the way the old file stands as it was, and nothing lies about", async () => {
  for (const failing of ["record-begun", "record-written", "record-flushed"]) {
    await using cache = await storeFolder();
    const path = cache.folder.spread("outcomes", "cd".repeat(32));
    const file = { kind: "record", at: () => {} } as const;
    await publishFile(cache.folder, path, new TextEncoder().encode("old"), file);
    const at = (instant: PublishInstant) => {
      if (instant === failing) throw new Error("no");
    };
    await assert.rejects(
      publishFile(cache.folder, path, bytes, { kind: "record", at }),
      /^Error: no/,
    );
    assert.equal(await Deno.readTextFile(path), "old");
    assert.equal(await count(`${cache.root}/tmp`), 0);
  }
});

Deno.test("what is no file, or no folder, and stands in the way is set aside", async () => {
  await using cache = await storeFolder();
  const { folder, root } = cache;
  await folder.prepare();
  const from = `${root}/tmp/x`;
  const spread = folder.spread("blobs", "ef".repeat(32));
  for (
    const make of [
      () => Deno.writeTextFile(`${root}/blobs/ef`, "a file where the folder should be"),
      async () => {
        await Deno.remove(spread);
        await Deno.mkdir(`${spread}/inside`, { recursive: true });
      },
    ]
  ) {
    await make();
    await Deno.writeFile(from, bytes);
    await renameInto(folder, from, spread);
    assert.equal(await Deno.readTextFile(spread), "new");
  }
  assert.equal(await count(`${root}/quarantine`), 2);
  assert.equal(cache.said.length, 2);
});

Deno.test("each kind of file passes its own instants, and the file is flushed before it has its name", async () => {
  await using cache = await storeFolder();
  const passed: string[] = [];
  const at = (instant: PublishInstant) => void passed.push(instant);
  const { rename, open } = Deno;
  Deno.rename = (from, to) => {
    passed.push("rename");
    return rename(from, to);
  };
  Deno.open = async (path, options) => {
    const file = await open(path, options);
    const { syncData } = file;
    file.syncData = () => {
      passed.push("flush");
      return syncData.call(file);
    };
    return file;
  };
  try {
    await cache.folder.prepare();
    passed.length = 0;
    const put = (folder: "blobs" | "outcomes" | "checkpoints" | "memo", letter: string) =>
      cache.folder.spread(folder, letter.repeat(64));
    await Deno.mkdir(`${cache.root}/checkpoints/aa`);
    await Deno.mkdir(`${cache.root}/memo/bb`);
    await Deno.mkdir(`${cache.root}/outcomes/cc`);
    await publishFile(cache.folder, put("checkpoints", "a"), bytes, { kind: "checkpoint", at });
    await publishFile(cache.folder, put("memo", "b"), bytes, { kind: "other", at });
    await publishFile(cache.folder, put("outcomes", "c"), bytes, { kind: "record", at });
  } finally {
    Object.assign(Deno, { rename, open });
  }
  assert.deepEqual(passed, [
    ...["checkpoint-written", "flush", "rename", "checkpoint-published", "flush", "rename"],
    ...["record-begun", "record-written", "flush", "record-flushed", "rename", "record-published"],
  ]);
});

Deno.test("where nothing stands in the way, and a folder is there, the error is told as it is", async () => {
  await using cache = await storeFolder();
  await cache.folder.prepare();
  const odd = new Error("odd");
  const { rename } = Deno;
  Deno.rename = () => Promise.reject(odd);
  try {
    const to = cache.folder.flat("tmp", "x");
    await assert.rejects(renameInto(cache.folder, "from", to), (error) => error === odd);
  } finally {
    Deno.rename = rename;
  }
  assert.deepEqual(cache.said, []);
});
