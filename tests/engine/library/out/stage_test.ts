/** New contents beside the old ones: complete and flushed, and nothing of the old ones moved. */
import assert from "node:assert/strict";
import {
  type OutPlace,
  removeStaged,
  stageContents,
  stageFile,
  swapTo,
} from "../../../../engine/library/out/stage.ts";
import { filesUnder } from "../../../faults/small_cache.ts";

const bytes = (...values: number[]) => new Uint8Array(values);

/** A folder, and what was told while it was written. */
async function place(more: Partial<OutPlace> = {}) {
  const root = await Deno.makeTempDir();
  const told: string[] = [];
  const out: OutPlace = { root, at: (point) => void told.push(point), ...more };
  return {
    root,
    told,
    out,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

const contents = {
  folders: { tfjs: { "a.json": bytes(1), "b/c.bin": bytes(2, 3) }, "x=1/packed": {} },
  files: { "report.json": bytes(4), "recipe.lock.json": bytes(5) },
  goes: { "y=2/onnx": ["model.onnx"] },
  drops: ["report.html"],
};

Deno.test("the swap to contents names what comes, file by file, what goes and what is dropped", () => {
  assert.deepEqual(swapTo(contents), {
    format: 1,
    goes: { "y=2/onnx": ["model.onnx"] },
    comes: { tfjs: ["a.json", "b/c.bin"], "x=1/packed": [] },
    files: ["report.json", "recipe.lock.json"],
    drops: ["report.html"],
  });
});

Deno.test("everything that comes is staged, with the folders that the swap moves things to", async () => {
  await using it = await place();
  await stageContents(it.out, contents, swapTo(contents));
  const files = await filesUnder(it.root);
  assert.deepEqual(files, [
    ".decant-out/new/files/recipe.lock.json",
    ".decant-out/new/files/report.json",
    ".decant-out/new/folders/tfjs/a.json",
    ".decant-out/new/folders/tfjs/b/c.bin",
  ]);
  const held = await Promise.all(files.map((path) => Deno.readFile(`${it.root}/${path}`)));
  assert.deepEqual(held, [bytes(5), bytes(4), bytes(1), bytes(2, 3)]);
  assert.deepEqual(it.told, Array(4).fill("file-staged"));
  const work = `${it.root}/.decant-out`;
  for (const folder of ["new/folders/x=1/packed", "old/folders/x=1", "old/folders/y=2"]) {
    assert.ok((await Deno.lstat(`${work}/${folder}`)).isDirectory, folder);
  }
  await assert.rejects(Deno.lstat(`${work}/old/folders/y=2/onnx`), Deno.errors.NotFound);
});

Deno.test("a file that cannot be written keeps the others from being begun", async () => {
  let told = 0;
  const at = () => {
    if (++told === 1) throw new Error("no more");
  };
  await using it = await place({ at });
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}`, bytes(i)]));
  const many = { folders: {}, files, goes: {}, drops: [] };
  await assert.rejects(stageContents(it.out, many, swapTo(many)), new Error("no more"));
  assert.ok(told <= 8, `${told} files were staged all the same`);
});

Deno.test("a file is written in pieces of 4 MiB, then flushed, then told of", async () => {
  const { write, syncData } = Deno.FsFile.prototype;
  await using it = await place();
  const done: unknown[] = it.told;
  const large = new Uint8Array((1 << 22) + 3).fill(7);
  try {
    Deno.FsFile.prototype.write = function (part) {
      done.push(part.length);
      return write.call(this, part);
    };
    Deno.FsFile.prototype.syncData = function () {
      done.push("flushed");
      return syncData.call(this);
    };
    await stageFile(it.out, `${it.root}/sub/large`, large);
  } finally {
    Object.assign(Deno.FsFile.prototype, { write, syncData });
  }
  assert.deepEqual(done, [4_194_304, 3, "flushed", "file-staged"]);
  const found = await Deno.readFile(`${it.root}/sub/large`);
  assert.ok(found.length === large.length && found.every((each) => each === 7));
});

Deno.test("what is staged is never written over something, and an aborted signal stops it", async () => {
  await using it = await place();
  await stageFile(it.out, `${it.root}/a`, bytes(1));
  await assert.rejects(stageFile(it.out, `${it.root}/a`, bytes(2)), Deno.errors.AlreadyExists);
  assert.deepEqual(await Deno.readFile(`${it.root}/a`), bytes(1));
  const reason = new Error("enough");
  const aborted = { ...it.out, signal: AbortSignal.abort(reason) };
  await assert.rejects(stageFile(aborted, `${it.root}/b`, bytes(2)), reason);
  assert.equal((await Deno.stat(`${it.root}/b`)).size, 0);
});

Deno.test("what was staged and moved away goes; the lock, the journal and everything else stay", async () => {
  await using it = await place();
  const work = `${it.root}/.decant-out`;
  await removeStaged(it.root);
  const gone = ["new/files/a", "old/folders/b/c", "swap.json.part"];
  for (const path of [...gone, "lock", "swap.json"]) {
    await stageFile(it.out, `${work}/${path}`, bytes(1));
  }
  await removeStaged(it.root);
  assert.deepEqual(await filesUnder(work), ["lock", "swap.json"]);
  await Deno.remove(work, { recursive: true });
  await Deno.writeTextFile(work, "a file");
  await assert.rejects(removeStaged(it.root), (error) => !(error instanceof Deno.errors.NotFound));
});
