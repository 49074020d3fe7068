/** Files of this machine that are none, or more than may be held. */
import assert from "node:assert/strict";
import { sourceReader, sourcesAt } from "../../../../engine/graph/sources/source.ts";
import { type Digest, digestOf } from "../../../../engine/digest.ts";
import { keyOf, preimageOf } from "../../../../engine/graph/key.ts";
import { SourceError, TrustError } from "../../../../engine/graph/sources/source_error.ts";
import { withBehind } from "../../../../engine/store/behind.ts";
import type { Store } from "../../../../engine/store/store.ts";
import { memoryStore } from "../../../../mod.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";

const { file } = fakeOps();

/** Looks at a source, and reads it. */
async function read(from: string, memory?: number): Promise<Uint8Array> {
  const { nodes: [node] } = graphOf([{ name: "n", op: file, params: { from } }], { base: "/" });
  const store = memoryStore();
  const sources = sourcesAt("/", store, { memory });
  return await sourceReader(await sources.of(node!), store, sources.trust).read(from);
}

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof SourceError && pattern.test(error.message);

Deno.test({
  name: "devices, pipes and sockets are neither files nor folders, and are not waited for",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    const listener = Deno.listen({ transport: "unix", path: `${folder}/socket` });
    for (const path of ["/dev/zero", "/dev/null", `${folder}/pipe`, `${folder}/socket`]) {
      await assert.rejects(read(path), refused(/is neither a file nor a folder/), path);
    }
    listener.close();
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("what the system says of a file is a sentence about it", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/n.txt`, "5");
  await assert.rejects(read(`${folder}/n.txt/x`), refused(/is not there/));
  await assert.rejects(read(`${folder}/${"n".repeat(300)}`), refused(/cannot be read: /));
  if (Deno.build.os !== "windows") {
    await Deno.symlink(`${folder}/b`, `${folder}/a`);
    await Deno.symlink(`${folder}/a`, `${folder}/b`);
    await assert.rejects(read(`${folder}/a`), refused(/cannot be read: /));
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a file is read where the memory of a run holds it", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "12345");
  assert.equal((await read(path, 5)).byteLength, 5);
  await assert.rejects(read(path, 4), refused(/has 5 bytes, and the memory .* is 4/));
  await Deno.remove(path);
});

Deno.test("a file that is not here, or is another, is read from the store by its digest", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "12345");
  const { nodes: [node] } = graphOf([{ name: "n", op: file, params: { from: path } }], {
    base: "/",
  });
  const local = memoryStore();
  const resolved = await sourcesAt("/", local).of(node!);
  const asked: number[] = [];
  const fetch = async (digest: Digest, bytes: number) => {
    asked.push(bytes);
    const content = new TextEncoder().encode("12345");
    if (bytes < 5 || digest !== digestOf(content)) return false;
    await local.keep(content);
    return true;
  };
  const behind = { fetch, state: () => Promise.resolve(undefined), saved: () => {} };
  const readFrom = (store: Store, memory: number) =>
    sourceReader(resolved, store, { base: "/", pins: {}, memory }).read(path);
  await Deno.writeTextFile(path, "123456");
  await assert.rejects(readFrom(local, 10), refused(/changed while it was in use/));
  await assert.rejects(readFrom(withBehind(local, behind), 4), refused(/has 6 bytes/));
  assert.equal((await readFrom(withBehind(local, behind), 10)).byteLength, 5);
  await Deno.remove(path);
  assert.equal((await readFrom(withBehind(local, behind), 10)).byteLength, 5);
  assert.deepEqual(asked, [4, 10]);
  local.contents.blobs.clear();
  await assert.rejects(readFrom(withBehind(local, behind), 4), refused(/is not there/));
  const broken = { ...local, behind, read: () => Promise.reject(new Error("a broken disk")) };
  await assert.rejects(readFrom(broken, 10), { message: "a broken disk" });
});

Deno.test("a file of another machine is had from the store alone, whatever lies here", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "12345");
    const op = graphOf([{ name: "n", op: file, params: { from: path } }], { base: "/" });
    const local = memoryStore();
    const resolved = await sourcesAt("/", local).of(op.nodes[0]!);
    const behind = {
      fetch: () => Promise.resolve(false),
      state: () => Promise.resolve(undefined),
      saved: () => {},
    };
    const readFrom = (store: Store) =>
      sourceReader(resolved, store, { base: "/", pins: {}, elsewhere: true }).read(path);
    const missing = refused(/is a file of the machine that asks for it, and no store has it/);
    await assert.rejects(readFrom(local), missing);
    await assert.rejects(readFrom(withBehind(local, behind)), missing);
    await local.keep(new TextEncoder().encode("12345"));
    assert.equal((await readFrom(withBehind(local, behind))).byteLength, 5);
  } finally {
    await Deno.remove(path);
  }
});

/** The sources of a step that names these, and what lies beside them. */
async function looked(
  from: string | readonly string[],
  base: string,
  beside?: (source: string, bytes: Uint8Array) => readonly string[],
) {
  const named = [from].flat();
  const op = { ...file, source: () => named, ...beside && { beside } };
  const { nodes: [node] } = graphOf([{ name: "n", op, params: { from: "" } }], { base });
  const store = memoryStore();
  const sources = sourcesAt(base, store);
  return { found: await sources.of(node!), sources, store };
}

/** A folder with these files. */
async function folder(files: Readonly<Record<string, string>>) {
  const path = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${path}/${name}`, text);
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("what is neither a file, a URL nor a package, and files of this machine from elsewhere, are refused", async () => {
  await assert.rejects(
    looked("ftp://example.org/a", "/"),
    new SourceError(
      "ftp://example.org/a",
      "`ftp://example.org/a` cannot be read: sources are files, https URLs and npm packages",
      "download it and name the file",
    ),
  );
  await assert.rejects(
    looked("file:///etc/passwd", "https://example.org/x/"),
    new TrustError(
      "file:///etc/passwd",
      "`file:///etc/passwd` is a file of this machine, named by a document from elsewhere",
      "such a document may name URLs alone; save it here if you trust it",
    ),
  );
  await using here = await folder({ "a.txt": "1" });
  const base = `file://${here.path}/`;
  assert.equal((await looked("a.txt", base)).found[0]!.extension, ".txt");
});

Deno.test("a source is looked at once, whoever names it", async () => {
  await using here = await folder({ "a.txt": "1" });
  const { found } = await looked(["a.txt", "a.txt"], `${here.path}/`);
  assert.equal(found.length, 2);
  assert.equal(found[0], found[1]);
});

Deno.test("files beside a source that it names are sources too; a folder names none", async () => {
  await using here = await folder({ "a.json": "b.bin", "b.bin": "2" });
  const names = (_: string, bytes: Uint8Array) => [new TextDecoder().decode(bytes)];
  const { found, sources, store } = await looked("a.json", `${here.path}/`, names);
  assert.deepEqual(found.map(({ written }) => written), ["a.json", "b.bin"]);
  const reader = sourceReader(found, store, sources.trust);
  assert.deepEqual(await reader.read("a.json", "b.bin"), new TextEncoder().encode("2"));
  assert.deepEqual(await reader.list("a.json"), [""]);
  const whole = await looked(here.path, "/", () => assert.fail("a folder is no document"));
  const listing = sourceReader(whole.found, whole.store, whole.sources.trust);
  assert.deepEqual(await listing.list(here.path), ["a.json", "b.bin"]);
  await assert.rejects(
    looked("a.json", `${here.path}/`, () => ["gone.bin"]),
    new SourceError(
      "gone.bin",
      `\`gone.bin\` is not there (${here.path}/gone.bin); \`a.json\` names it`,
    ),
  );
});

Deno.test("what lies elsewhere is not beside a source", async () => {
  await using here = await folder({ "a.json": "x" });
  const outside = [
    "../b",
    "",
    ".",
    "./b",
    "a//b",
    "/etc/passwd",
    "c\\d",
    "https://a/b",
    "npm:a@1",
    "\ud800",
  ];
  for (const path of outside) {
    await assert.rejects(
      looked("a.json", `${here.path}/`, () => [path]),
      (error) =>
        error instanceof TrustError && error.source === "a.json" &&
        error.message.startsWith("`a.json` names `") &&
        error.message.endsWith("`, which does not lie beside it") &&
        error.help === "files that belong together lie in one folder",
      JSON.stringify(path),
    );
  }
});

Deno.test("a step that reads or lists what it did not declare is at fault", async () => {
  const store = memoryStore();
  const reader = sourceReader([], store, sourcesAt("/", store).trust);
  await assert.rejects(reader.read("a"), new Error("internal: the step reads a undeclared"));
  await assert.rejects(
    reader.read("b/c", "d"),
    new Error("internal: the step reads b/d undeclared"),
  );
  await assert.rejects(reader.list("a"), new Error("internal: the step lists a undeclared"));
});

Deno.test("what sources are read under is plain data: all that was said, and nothing else", () => {
  const signal = new AbortController().signal;
  const more = { offline: true, local: false, hosts: ["a"], trustHosts: ["b"], memory: 9 };
  const digest = "0".repeat(64) as Digest;
  const pins = new Map([["./a", digest]]);
  assert.deepEqual(sourcesAt("/x/", memoryStore(), { ...more, pins, signal }).trust, {
    ...{ base: "/x/", pins: { "./a": digest } },
    ...more,
  });
  assert.deepEqual(sourcesAt("/", memoryStore()).trust, { base: "/", pins: {} });
});

Deno.test("a file of a host is read under the lock, offline, and from this machine alone where that is near", async () => {
  const bytes = new TextEncoder().encode("3");
  const digest = digestOf(bytes);
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response(bytes),
  );
  const url = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}/a.txt`;
  const read = async (base: string, options: Parameters<typeof sourcesAt>[2] = {}) => {
    const { nodes: [node] } = graphOf([{ name: "n", op: file, params: { from: url } }], { base });
    const store = memoryStore();
    const sources = sourcesAt(base, store, options);
    const found = await sources.of(node!);
    return [found[0]!.digest, await sourceReader(found, store, sources.trust).read(url)];
  };
  const here = new URL("./", url).href;
  for (const base of ["/", "file:///", here]) assert.deepEqual(await read(base), [digest, bytes]);
  const pins = new Map([[url, digest]]);
  assert.deepEqual(await read("/", { pins }), [digest, bytes]);
  await assert.rejects(read("/", { pins, offline: true }), /this run is offline$/);
  await assert.rejects(read("/", { offline: true }), /this run is offline$/);
  const refused = (error: unknown) =>
    error instanceof TrustError && / is on this machine$/.test(error.message);
  await assert.rejects(read("https://example.org/"), refused);
  await assert.rejects(read("/", { local: false }), refused);
  const host = new URL(url).host;
  assert.deepEqual(await read("https://example.org/", { trustHosts: [host] }), [digest, bytes]);
  const wrong = new Map([[url, "0".repeat(64) as Digest]]);
  await assert.rejects(read("/", { pins: wrong }), /is not what its pin says/);
});

Deno.test("a source of a package is known by what was fetched of it, named whole or from beside", async () => {
  const store = memoryStore();
  const digest = await store.keep(new TextEncoder().encode("one"));
  await store.remember("package npm:data@1.0.0/a.txt", digest);
  for (
    const [written, base] of [
      ["npm:data@1.0.0/a.txt", "/"],
      ["./a.txt", "npm:data@1.0.0/"],
    ] as const
  ) {
    const { nodes: [node] } = graphOf([{ name: "n", op: file, params: { from: written } }], {
      base,
    });
    const sources = sourcesAt(base, store, { offline: true });
    const [found, ...more] = await sources.of(node!);
    assert.equal(more.length, 0);
    assert.deepEqual([found!.written, found!.digest, found!.extension], [written, digest, ".txt"]);
    const bytes = await sourceReader([found!], store, sources.trust).read(written);
    assert.equal(new TextDecoder().decode(bytes), "one");
  }
});

const card = "---\nlicense: mit\n---\n";
const inCard = [{ in: "README.md", says: { license: "mit" } }];

Deno.test("what stands in a card beside a file, or in a folder, is told of it; of what lies beside, nothing", async () => {
  await using here = await folder({ "a.json": "b.bin", "b.bin": "2", "README.md": card });
  const { found } = await looked("a.json", `${here.path}/`, () => ["b.bin"]);
  assert.deepEqual(found.map(({ stated }) => stated), [inCard, undefined]);
  assert.deepEqual((await looked(here.path, "/")).found[0]!.stated, inCard);
  await using bare = await folder({ "a.json": "" });
  assert.ok(!("stated" in (await looked("a.json", `${bare.path}/`)).found[0]!));
});

Deno.test("what a source says enters no key", async () => {
  await using here = await folder({ "a.json": "1" });
  const key = async () => {
    const { nodes: [node] } = graphOf([{ name: "n", op: file, params: { from: "a.json" } }]);
    const { found } = await looked("a.json", `${here.path}/`);
    const host = "";
    const preimage = preimageOf(node!, { artifact: () => assert.fail(), sources: found, host });
    return [keyOf(preimage), found[0]!.stated?.[0]?.says.license];
  };
  const [bare, nothing] = await key();
  await Deno.writeTextFile(`${here.path}/README.md`, card);
  assert.deepEqual([nothing, await key()], [undefined, [bare, "mit"]]);
});

Deno.test("of a package it is what was remembered of it, else what a lock says", async () => {
  const store = memoryStore();
  const digest = await store.keep(new TextEncoder().encode("one"));
  const locked = [{ in: "package.json", says: { license: "locked" } }];
  const known = [{ in: "package.json", says: { license: "known" } }];
  for (
    const [written, base] of [
      ["npm:data@1.0.0/a.txt", "/"],
      ["./a.txt", "npm:data@1.0.0/"],
    ] as const
  ) {
    const [named] = graphOf([{ name: "n", op: file, params: { from: written } }], { base }).nodes;
    const of = async (options: object = {}) => {
      const pins = new Map([[written, digest]]);
      const sources = sourcesAt(base, store, { offline: true, pins, ...options });
      return (await sources.of(named!))[0]!.stated;
    };
    assert.equal(await of(), undefined);
    const stated = new Map([[written, locked]]);
    assert.deepEqual(await of({ stated }), locked);
    await store.remember("stated npm:data@1.0.0/a.txt", known);
    assert.deepEqual([await of(), await of({ stated })], [known, known]);
    await store.remember("stated npm:data@1.0.0/a.txt", []);
    assert.equal(await of({ stated }), undefined, "a package that says nothing, says nothing");
    // The next spelling begins as this one did.
    Object.assign(store, memoryStore());
    await store.keep(new TextEncoder().encode("one"));
  }
});
