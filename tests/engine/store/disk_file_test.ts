/** What stands where a file should be, said before anything is opened. */
import assert from "node:assert/strict";
import { readIfThere, StrangeFileError, strangeness } from "../../../engine/store/disk_file.ts";

async function folder(): Promise<{ root: string } & AsyncDisposable> {
  const root = await Deno.makeTempDir();
  await Deno.writeTextFile(`${root}/file`, "x");
  await Deno.mkdir(`${root}/folder`);
  await Deno.symlink("file", `${root}/link`);
  await Deno.symlink("nowhere", `${root}/dangling`);
  await Deno.symlink("loop", `${root}/loop`);
  return { root, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

Deno.test("a file, or nothing, is not strange; all else is named with its article", async () => {
  await using place = await folder();
  const of = (name: string, expected?: "file" | "folder") =>
    strangeness(`${place.root}/${name}`, expected);
  assert.deepEqual(
    await Promise.all(["file", "link", "nothing", "file/inside"].map((name) => of(name))),
    [undefined, undefined, undefined, undefined],
  );
  assert.equal(await of("folder"), "a folder");
  assert.equal(await of("dangling"), "a link to nothing");
  assert.equal(await of("loop"), "a loop of links");
  assert.equal(await of("folder", "folder"), undefined);
  assert.equal(await of("file", "folder"), "a file");
  assert.equal(await strangeness("/dev/null"), "a device or a socket");
});

Deno.test("bytes are read where a file is, nothing where none is, and what is no file is refused", async () => {
  await using place = await folder();
  const { root } = place;
  assert.deepEqual(await readIfThere(`${root}/link`), new TextEncoder().encode("x"));
  assert.equal(await readIfThere(`${root}/nothing`), undefined);
  assert.equal(await readIfThere(`${root}/file/inside`), undefined);
  await assert.rejects(readIfThere(`${root}/folder`), (error) => {
    assert.ok(error instanceof StrangeFileError);
    assert.equal(error.message, `${root}/folder is a folder, not a file`);
    return true;
  });
});
