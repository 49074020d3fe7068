import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import type { Digest } from "../../../../engine/digest.ts";
import { canonicalBytes, digestOf } from "../../../../engine/digest.ts";
import {
  isAbsent,
  readLocal,
  resolveLocal,
} from "../../../../engine/graph/sources/local_source.ts";
import { SourceError } from "../../../../engine/graph/sources/source_error.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";

/** A folder with these files, removed with it. */
async function folder(files: Readonly<Record<string, string>>) {
  const path = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(files)) {
    await Deno.mkdir(`${path}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${path}/${name}`, text);
  }
  return {
    path,
    at: (name = "") => pathToFileURL(`${path}/${name}`),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

const digest = (text: string): Digest => digestOf(new TextEncoder().encode(text));
const refusal = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof SourceError, String(error));
    return error;
  }
  return undefined;
};

Deno.test("a file is known by the digest of its bytes, and by its ending", async () => {
  await using here = await folder({ "a.TXT": "abc" });
  assert.deepEqual(await resolveLocal("./a.TXT", here.at("a.TXT"), memoryStore()), {
    written: "./a.TXT",
    digest: digest("abc"),
    extension: ".txt",
    files: [{ path: "", url: here.at("a.TXT").href, digest: digest("abc") }],
  });
});

Deno.test("a folder is known by the paths and digests of all that lies in it, hidden files apart", async () => {
  await using here = await folder({
    "b.txt": "b",
    "a/c #1.txt": "c",
    ".hidden": "x",
    "a/.hidden/d": "x",
  });
  const rows = [["a/c #1.txt", digest("c")], ["b.txt", digest("b")]] as const;
  for (const url of [here.at(), new URL(here.at().href.replace(/\/$/, ""))]) {
    const found = await resolveLocal("./data/", url, memoryStore());
    assert.deepEqual(found, {
      written: "./data/",
      digest: digestOf(canonicalBytes(rows)),
      extension: "/",
      files: rows.map(([path, digest]) => ({
        path,
        url: here.at(path.replace("#", "%23").replace(" ", "%20")).href.replaceAll("%25", "%"),
        digest,
      })),
    });
  }
});

Deno.test("a file that has not changed is not read again, and one that has is", async () => {
  await using here = await folder({ "a.txt": "abc" });
  const store = memoryStore();
  const old = new Date(Date.now() - 60_000);
  await Deno.utime(`${here.path}/a.txt`, old, old);
  const resolve = async () => (await resolveLocal("a.txt", here.at("a.txt"), store)).digest;
  assert.equal(await resolve(), digest("abc"));
  await Deno.writeTextFile(`${here.path}/a.txt`, "abcd");
  assert.equal(await resolve(), digest("abcd"));
  const { size } = await Deno.stat(`${here.path}/a.txt`);
  assert.equal(size, 4);
  const known = { ...store, recall: () => Promise.resolve("remembered") };
  assert.equal((await resolveLocal("a.txt", here.at("a.txt"), known)).digest, "remembered");
});

Deno.test("what was read a moment after it was written is not remembered: it may change again", async () => {
  await using here = await folder({ "a.txt": "abc" });
  const remembered: unknown[] = [];
  const store = {
    ...memoryStore(),
    remember: (name: string) => Promise.resolve(void remembered.push(name)),
  };
  await resolveLocal("a.txt", here.at("a.txt"), store);
  assert.deepEqual(remembered, []);
});

Deno.test("where nothing can be remembered a file is read all the same", async () => {
  await using here = await folder({ "a.txt": "abc" });
  const store = { ...memoryStore(), remember: () => Promise.reject(new Error("read-only")) };
  assert.equal((await resolveLocal("a.txt", here.at("a.txt"), store)).digest, digest("abc"));
});

Deno.test("the bytes of a file must be what they were", async () => {
  await using here = await folder({ "a.txt": "abc" });
  const file = (of: string) => ({ path: "", url: here.at("a.txt").href, digest: digest(of) });
  assert.deepEqual(await readLocal("a.txt", file("abc")), new TextEncoder().encode("abc"));
  const changed = await refusal(readLocal("a.txt", file("abd")));
  assert.deepEqual([changed?.message, changed?.help], [
    "`a.txt` changed while it was in use",
    "run again",
  ]);
});

Deno.test("a file larger than the memory of a run is refused before it is read", async () => {
  await using here = await folder({ "a.txt": "abc" });
  const file = { path: "", url: here.at("a.txt").href, digest: digest("abc") };
  assert.equal((await readLocal("a.txt", file, { memory: 3 })).length, 3);
  const refused = await refusal(readLocal("a.txt", file, { memory: 2 }));
  assert.deepEqual([refused?.source, refused?.message, refused?.help], [
    "a.txt",
    "`a.txt` has 3 bytes, and the memory that a run may use is 2",
    "a smaller file, or several, can be read",
  ]);
  const folderFile = { path: "", url: here.at().href, digest: digest("abc") };
  const neither = await refusal(readLocal("x", folderFile));
  assert.deepEqual([neither?.message, neither?.help], [
    "`x` is neither a file nor a folder",
    "save what comes out of it in a file",
  ]);
});

Deno.test("a signal ends the reading of a file, and what it says is thrown", async () => {
  await using here = await folder({ "a.txt": "abc" });
  const signal = AbortSignal.abort(new TypeError("stop"));
  await assert.rejects(
    resolveLocal("a.txt", here.at("a.txt"), memoryStore(), { signal }),
    TypeError,
  );
  const file = { path: "", url: here.at("a.txt").href, digest: digest("abc") };
  await assert.rejects(readLocal("a.txt", file, { signal }), TypeError);
});

Deno.test("a file that is not there is said to be, also behind one that should be a folder", async () => {
  await using here = await folder({ "a.txt": "abc" });
  for (const name of ["b.txt", "a.txt/c"]) {
    const error = await refusal(resolveLocal(name, here.at(name), memoryStore()));
    assert.equal(error?.message, `\`${name}\` is not there (${here.path}/${name})`);
  }
  assert.equal(isAbsent(new Deno.errors.NotFound()), true);
  assert.equal(isAbsent(new Deno.errors.NotADirectory()), true);
  assert.equal(isAbsent(new Deno.errors.PermissionDenied()), false);
});

Deno.test({
  name: "a file that Deno may not read says which permission is missing",
  permissions: { read: false },
  async fn() {
    const error = await refusal(resolveLocal("a", new URL("file:///etc/a"), memoryStore()));
    assert.deepEqual([error?.message, error?.help], [
      "`a` may not be read: Deno was not allowed to",
      "add --allow-read=/etc/a",
    ]);
  },
});

Deno.test("what was settled when it was read is remembered by its place, size and times", async () => {
  await using here = await folder({ "a.txt": "abc" });
  const url = here.at("a.txt");
  const { size, mtime, ctime, ino, dev } = await Deno.stat(url);
  const name = `file ${url.href} ${size} ${mtime!.getTime()} ${ctime!.getTime()} ${ino} ${dev}`;
  const [recalled, remembered]: [string[], unknown[]] = [[], []];
  const store = {
    ...memoryStore(),
    recall: (asked: string) => Promise.resolve(void recalled.push(asked)),
    remember: (...told: unknown[]) => Promise.resolve(void remembered.push(told)),
  };
  const { now } = Date;
  const latest = Math.max(mtime!.getTime(), ctime!.getTime());
  try {
    Date.now = () => latest + 2000;
    await resolveLocal("a.txt", url, store);
    assert.deepEqual([recalled, remembered], [[name], []]);
    Date.now = () => latest + 2001;
    await resolveLocal("a.txt", url, store);
    assert.deepEqual(remembered, [[name, digest("abc")]]);
  } finally {
    Date.now = now;
  }
});

Deno.test("a file of more than one buffer has the digest of all of it", async () => {
  const text = "0123456789abcdef".repeat((1 << 17) + 1);
  await using here = await folder({ "a.txt": text });
  const found = await resolveLocal("a.txt", here.at("a.txt"), memoryStore());
  assert.equal(found.digest, digest(text));
});

Deno.test("what the system will not open is said with its path, and a fault of ours is thrown as it is", async () => {
  await using here = await folder({ "a.txt": "abc" });
  const failing = async (error: Error) => {
    const { stat } = Deno;
    Deno.stat = () => Promise.reject(error);
    try {
      await resolveLocal("a.txt", here.at("a.txt"), memoryStore());
    } catch (found) {
      return found as Error;
    } finally {
      Deno.stat = stat;
    }
    return undefined;
  };
  const denied = await failing(new Deno.errors.PermissionDenied("no"));
  assert.deepEqual(
    denied,
    new SourceError("a.txt", `\`a.txt\` may not be read (${here.path}/a.txt)`),
  );
  const strange = Object.assign(new Error("Input/output error (os error 5)"), { code: "EIO" });
  assert.deepEqual(
    await failing(strange),
    new SourceError("a.txt", "`a.txt` cannot be read: Input/output error (os error 5)"),
  );
  const odd = new Error("odd");
  assert.equal(await failing(odd), odd);
  const coded = Object.assign(new Error("odd"), { code: 5 });
  assert.equal(await failing(coded), coded);
});
