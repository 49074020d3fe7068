import assert from "node:assert/strict";
import { digestOf } from "../../../../engine/digest.ts";
import { type Making, storedLibrary } from "../../../../engine/tensor/native/stored_library.ts";

const ignore = Deno.build.os === "windows";
const text = (value: string) => new TextEncoder().encode(value);

/** A folder, makers that count, and what lies in the folder. */
async function place() {
  const root = await Deno.makeTempDir();
  const folder = `${root}/private`;
  const did: string[] = [];
  const making = (bytes = "library", wrong: readonly string[] = []): Making => ({
    async make(into) {
      did.push("made");
      assert.match(into, /\/private\/making-[^/]+$/);
      await Deno.writeTextFile(`${into}/out`, bytes);
      return `${into}/out`;
    },
    test(path) {
      did.push("tested");
      assert.equal(Deno.readTextFileSync(path), bytes);
      return Promise.resolve(wrong);
    },
  });
  return {
    folder,
    did,
    making,
    library: `${folder}/${digestOf(text("library"))}.so`,
    record: `${folder}/name.json`,
    files: () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
    async [Symbol.asyncDispose]() {
      await Deno.remove(root, { recursive: true });
    },
  };
}

Deno.test("a library is made and tested once, and found again by what it is made of", {
  ignore,
}, async () => {
  await using it = await place();
  for (const _ of [1, 2]) {
    const { path, wrong } = await storedLibrary(it.folder, "name", it.making());
    assert.deepEqual([path, wrong], [it.library, []]);
  }
  assert.deepEqual(it.did, ["made", "tested"]);
  assert.equal((await Deno.lstat(it.folder)).mode! & 0o777, 0o700);
  assert.equal((await Deno.lstat(it.library)).mode! & 0o777, 0o600);
  assert.equal((await Deno.lstat(`${it.folder}/name.lock`)).mode! & 0o777, 0o600);
  assert.deepEqual(it.files(), [it.library.split("/").at(-1), "name.json", "name.lock"].sort());
  await Deno.remove(`${it.folder}/name.lock`);
  await storedLibrary(it.folder, "name", it.making());
  assert.ok(!it.files().includes("name.lock"), "who finds one waits for nobody");
  const { wrong } = await storedLibrary(it.folder, "other", it.making("others", ["a", "b"]));
  assert.deepEqual(wrong, ["a", "b"]);
  assert.deepEqual((await storedLibrary(it.folder, "other", it.making("others"))).wrong, wrong);
  assert.deepEqual(it.did, ["made", "tested", "made", "tested"]);
});

Deno.test("a folder that others can change, or made, is refused", { ignore }, async () => {
  await using it = await place();
  const refused = (pattern: RegExp) =>
    assert.rejects(storedLibrary(it.folder, "name", it.making()), pattern);
  await Deno.mkdir(it.folder, { mode: 0o700 });
  for (const mode of [0o770, 0o707, 0o755, 0o711]) {
    await Deno.chmod(it.folder, mode);
    await refused(/^Error: others may look into .*\/private: chmod 700 makes it private$/);
  }
  await Deno.chmod(it.folder, 0o700);
  await Deno.rename(it.folder, `${it.folder}-elsewhere`);
  await Deno.symlink(`${it.folder}-elsewhere`, it.folder);
  await refused(/private is not a folder$/);
  await Deno.remove(it.folder);
  await Deno.mkdir(it.folder, { mode: 0o700 });
  const { uid } = Deno;
  try {
    Deno.uid = () => uid()! + 1;
    await refused(/private belongs to somebody else$/);
  } finally {
    Deno.uid = uid;
  }
  assert.deepEqual(it.did, []);
});

Deno.test("bytes without their digest, and files that others could have written, are made again", {
  ignore,
}, async () => {
  await using it = await place();
  const { library, record } = it;
  const written = JSON.stringify({ library: digestOf(text("evil")), begun: 1, wrong: [] });
  const doubts: Readonly<Record<string, () => Promise<void>>> = {
    "other bytes": () => Deno.writeTextFile(library, "evil"),
    "no bytes": () => Deno.remove(library),
    "no record": () => Deno.remove(record),
    "half a record": () => Deno.writeTextFile(record, written.slice(0, 30)),
    "a record of other bytes": () => Deno.writeTextFile(record, written),
    "a record that leads elsewhere": () =>
      Deno.writeTextFile(record, JSON.stringify({ library: "../out", begun: 1, wrong: [] })),
    "a record that others may write": () => Deno.chmod(record, 0o622),
    "a library that others may write": () => Deno.chmod(library, 0o660),
    "a link to a library": async () => {
      await Deno.rename(library, `${it.folder}/moved`);
      await Deno.symlink(`${it.folder}/moved`, library);
    },
    "a link to a record": async () => {
      await Deno.rename(record, `${it.folder}/moved`);
      await Deno.symlink(`${it.folder}/moved`, record);
    },
  };
  await storedLibrary(it.folder, "name", it.making());
  for (const [doubt, arise] of Object.entries(doubts)) {
    await arise();
    it.did.length = 0;
    const { path } = await storedLibrary(it.folder, "name", it.making());
    assert.deepEqual(it.did, ["made", "tested"], doubt);
    assert.equal(await Deno.readTextFile(path), "library", doubt);
    assert.ok((await Deno.lstat(path)).isFile, doubt);
  }
});

Deno.test("of several at once one makes it, the others wait and find it", { ignore }, async () => {
  await using it = await place();
  const all = await Promise.all(
    Array.from({ length: 5 }, () => storedLibrary(it.folder, "name", it.making())),
  );
  assert.deepEqual(it.did, ["made", "tested"]);
  assert.deepEqual(new Set(all.map(({ path }) => path)), new Set([it.library]));
});

Deno.test(
  "a maker that fails or is killed leaves nothing that is believed",
  { ignore },
  async () => {
    await using it = await place();
    const broken: Making = {
      ...it.making(),
      async make(into) {
        await Deno.writeTextFile(`${into}/out`, "half");
        throw new Error("`cc` fails: no disk");
      },
    };
    await assert.rejects(storedLibrary(it.folder, "name", broken), /^Error: `cc` fails: no disk$/);
    assert.deepEqual(it.files(), ["name.lock"]);
    await Deno.writeTextFile(it.library, "half");
    await storedLibrary(it.folder, "name", it.making());
    assert.deepEqual(it.did, ["made", "tested"]);
  },
);

Deno.test("what killed makers left is removed after an hour, and nothing else", {
  ignore,
}, async () => {
  await using it = await place();
  await storedLibrary(it.folder, "other", it.making("others"));
  const others = it.files();
  const then = new Date(1_700_000_000_000);
  for (const name of ["making-full", "making-empty"]) {
    await Deno.mkdir(`${it.folder}/${name}`);
    await Deno.writeTextFile(`${it.folder}/making-full/out`, "half");
  }
  for (const name of it.files()) await Deno.utime(`${it.folder}/${name}`, then, then);
  const { now } = Date;
  const { remove } = Deno;
  const left = async (passed: number) => {
    Date.now = () => then.getTime() + passed;
    await Deno.remove(it.record).catch(() => {});
    await storedLibrary(it.folder, "name", it.making());
    return it.files().filter((name) => name.startsWith("making-"));
  };
  try {
    assert.deepEqual(await left(3_599_999), ["making-empty", "making-full"]);
    // What cannot be removed stays, and hinders nobody.
    Deno.remove = (path, options) =>
      `${path}`.endsWith("making-full") ? Promise.reject(new Error("no")) : remove(path, options);
    assert.deepEqual(await left(3_600_000), ["making-full"]);
    Deno.remove = remove;
    assert.deepEqual(await left(3_600_000), []);
  } finally {
    Date.now = now;
    Deno.remove = remove;
  }
  assert.deepEqual(it.files().filter((name) => others.includes(name)), others);
});

Deno.test("a record of a maker that was killed is swept like a library of one", {
  ignore,
}, async () => {
  await using it = await place();
  const { rename } = Deno;
  try {
    Deno.rename = (from, to) =>
      `${to}`.endsWith(".json") ? Promise.reject(new Error("killed")) : rename(from, to);
    await assert.rejects(storedLibrary(it.folder, "name", it.making()), /^Error: killed$/);
  } finally {
    Deno.rename = rename;
  }
  assert.equal(it.files().filter((name) => name.startsWith("making-")).length, 1);
});

Deno.test("files that others can read are believed, those of somebody else are not", {
  ignore,
}, async () => {
  await using it = await place();
  await storedLibrary(it.folder, "name", it.making());
  for (const path of [it.library, it.record]) await Deno.chmod(path, 0o755);
  it.did.length = 0;
  await storedLibrary(it.folder, "name", it.making());
  assert.deepEqual(it.did, []);
  const { uid } = Deno;
  let asked = 0;
  try {
    // The folder is this user's, the files are not.
    Deno.uid = () => uid()! + (asked++ === 0 ? 0 : 1);
    await storedLibrary(it.folder, "name", it.making());
  } finally {
    Deno.uid = uid;
  }
  assert.deepEqual(it.did, ["made", "tested"]);
});

Deno.test("a test that ends the process is begun three times and no more", { ignore }, async () => {
  await using it = await place();
  const killed: Making = { ...it.making(), test: () => Promise.reject(new Error("killed")) };
  for (const _ of [1, 2, 3]) {
    await assert.rejects(storedLibrary(it.folder, "name", killed), /^Error: killed$/);
  }
  const { wrong } = await storedLibrary(it.folder, "name", it.making());
  assert.deepEqual(wrong, ["its self-test does not come to an end"]);
  assert.deepEqual(it.did, ["made"]);
});

Deno.test(
  "what no run took for 30 days goes when another library is made, and what is in use stays",
  {
    ignore,
  },
  async () => {
    await using it = await place();
    const age = async (path: string, days: number) => {
      const then = Date.now() / 1000 - days * 24 * 3600;
      await Deno.utime(path, then, then);
    };
    const days = async (path: string) =>
      Math.round((Date.now() - (await Deno.lstat(path)).mtime!.getTime()) / 24 / 3_600_000);
    const others = ["unused", "young", "taken"];
    const paths = new Map<string, string>();
    for (const name of others) {
      const { path } = await storedLibrary(it.folder, name, it.making(name));
      paths.set(name, path);
    }
    for (const [name, path] of paths) {
      await age(path, 31);
      await age(`${it.folder}/${name}.json`, name === "young" ? 29 : 31);
      await age(`${it.folder}/${name}.lock`, 31);
    }
    await storedLibrary(it.folder, "taken", it.making("taken"));
    assert.equal(await days(`${it.folder}/taken.json`), 0);
    assert.equal(await days(`${it.folder}/unused.json`), 31);
    await storedLibrary(it.folder, "name", it.making());
    const left = it.files();
    for (const name of others) {
      const stays = name !== "unused";
      assert.equal(left.includes(`${name}.json`), stays, name);
      assert.equal(left.includes(paths.get(name)!.split("/").at(-1)!), stays, name);
      assert.ok(left.includes(`${name}.lock`), "who waits for a lock holds its file");
    }
    assert.equal(await days(`${it.folder}/young.json`), 29);
  },
);
