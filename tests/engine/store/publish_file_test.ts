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
