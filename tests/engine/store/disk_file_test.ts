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

Deno.test("a FIFO is told apart from devices, and is not opened to be read", async () => {
  await using place = await folder();
  const path = `${place.root}/fifo`;
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  if (!success) return;
  assert.equal(await strangeness(path), "a FIFO");
  await assert.rejects(readIfThere(path), {
    name: "StrangeFileError",
    message: `${path} is a FIFO, not a file`,
  });
});

/** Runs `body` while a function of Deno's fails with this error. */
async function failing<T>(
  name: "readFile" | "lstat",
  error: unknown,
  body: () => Promise<T>,
): Promise<T> {
  const before = Deno[name];
  Object.assign(Deno, { [name]: () => Promise.reject(error) });
  try {
    return await body();
  } finally {
    Object.assign(Deno, { [name]: before });
  }
}

Deno.test("who may not read a file is told whom to ask; other errors stay what they are", async () => {
  await using place = await folder();
  const path = `${place.root}/file`;
  for (const code of ["EACCES", "EPERM"]) {
    const error = Object.assign(new Error("no"), { code });
    await assert.rejects(failing("readFile", error, () => readIfThere(path)), {
      name: "StoreError",
      code: "cache-unreadable",
      message: `Cannot read ${path}: it belongs to somebody who does not let others read it. ` +
        "Ask them (chmod go+r), or give another folder with --cache",
    });
  }
  const gone = Object.assign(new Error("no"), { code: "ENOTDIR" });
  assert.equal(await failing("readFile", gone, () => readIfThere(path)), undefined);
  const odd = Object.assign(new Error("odd"), { code: "EIO" });
  await assert.rejects(failing("readFile", odd, () => readIfThere(path)), (error) => error === odd);
  await assert.rejects(failing("lstat", odd, () => strangeness(path)), (error) => error === odd);
});

Deno.test("a file that was made since it was looked for is not strange", async () => {
  await using place = await folder();
  const { lstat } = Deno;
  let looks = 0;
  Deno.lstat = (path) => {
    return looks++ === 0 ? Promise.reject(new Deno.errors.NotFound("no")) : lstat(path);
  };
  try {
    assert.equal(await strangeness(`${place.root}/file`), undefined);
  } finally {
    Deno.lstat = lstat;
  }
  assert.equal(looks, 2);
});
