/** What a published package may hold: nothing of it leads out of it, and everything ends. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { packageFiles } from "../../engine/graph/sources/package.ts";
import { REGISTRY_VARIABLE } from "../../engine/permission.ts";
import { tarFiles } from "../../engine/graph/sources/tar.ts";
import { type AnyOp, memoryStore, withOps } from "../../mod.ts";
import { fakeOps } from "../engine/run/support/fake.ts";
import { head, loopback, silence, whole } from "./loopback.ts";

const { recipe } = withOps(Object.values(fakeOps()) as readonly AnyOp[]);

/** A file of an archive as nobody's `tar` would write it. */
interface Entry {
  readonly name: string;
  readonly type?: string;
  readonly body?: string | Uint8Array;
  readonly link?: string;
  /** As the header says it, in octal; default that of the body. */
  readonly size?: string;
}

/** An archive of such files. */
function archive(entries: readonly Entry[]): Uint8Array {
  const encode = (text: string) => new TextEncoder().encode(text);
  const blocks = entries.flatMap(({ name, type = "0", body = "", link = "", size }) => {
    const bytes = typeof body === "string" ? encode(body) : body;
    const header = new Uint8Array(512);
    const put = (text: string, at: number) => header.set(encode(text), at);
    put(name, 0);
    put(size ?? bytes.byteLength.toString(8).padStart(11, "0"), 124);
    put("        ", 148);
    put(type, 156);
    put(link, 157);
    put("ustar\u000000", 257);
    put(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `, 148);
    const padded = new Uint8Array(Math.ceil(bytes.byteLength / 512) * 512);
    padded.set(bytes);
    return [header, padded];
  });
  return new Uint8Array(Buffer.concat([...blocks, new Uint8Array(1024)]));
}

/** Names the registry to this file alone: the variables of a process are those of every test that runs in it. */
function registryAt(root: string): Disposable {
  const { get } = Deno.env;
  const named = (name: string) => name === REGISTRY_VARIABLE ? root : get.call(Deno.env, name);
  Object.assign(Deno.env, { get: named });
  return { [Symbol.dispose]: () => void Object.assign(Deno.env, { get }) };
}

/** A registry with the package `evil`, and a run of a recipe that reads a file of it. */
function registry(tar: Uint8Array) {
  const packed = new Uint8Array(gzipSync(tar));
  const integrity = `sha512-${createHash("sha512").update(packed).digest("base64")}`;
  const host = loopback({
    "/evil/1.0.0": whole(JSON.stringify({ dist: { tarball: "/evil.tgz", integrity } })),
    "/evil.tgz": whole(packed),
  });
  const named = registryAt(host.root);
  return {
    async read(path: string, memory?: number) {
      const steps = [{ op: "file", as: "n", from: `npm:evil@1.0.0/${path}` }, {
        op: "evaluate",
        model: "n",
      }];
      const run = await recipe({ name: "far", steps }).run({
        cache: memoryStore(),
        ...(memory !== undefined && { memory }),
      });
      const said = run.problems.map(({ message }) => message).join("\n");
      assert.doesNotMatch(said, /internal|undefined|\bat .*\.ts:/);
      return { ending: run.ending, said };
    },
    names: async () => [...(await packageFiles({ name: "evil", version: "1.0.0" })).keys()],
    async [Symbol.asyncDispose]() {
      named[Symbol.dispose]();
      await host[Symbol.asyncDispose]();
    },
  };
}

const sound: Entry = { name: "package/n.txt", body: "5" };

/** A pax header before a sound file. */
const pax = (records: string): Entry[] => [{ name: "pax", type: "x", body: records }, sound];

/** What is in the package, and what is said of it; nothing where it is read. */
const hostile: readonly (readonly [string, readonly Entry[], RegExp?])[] = [
  ["names that lead out of it", [
    { name: "package/../../../etc/passwd", body: "7" },
    { name: "../n.txt", body: "7" },
    { name: "package/./n.txt", body: "7" },
    sound,
  ]],
  ["links, devices and pipes", [
    ...["1", "2"].map((type) => ({ name: "package/a", type, link: "/etc/passwd" })),
    ...["3", "4", "6"].map((type) => ({ name: "package/b", type })),
    sound,
  ]],
  ["a pax record of no length", pax("1e-300 foo=bar\n"), /a pax header of the archive is damaged/],
  ["a pax record of a fraction", pax("0.000001 foo=bar\n"), /pax header/],
  ["a pax record of length 0", pax("0 foo=bar\n"), /pax header/],
  ["a pax record beyond its end", pax("99 foo=bar\n"), /pax header/],
  ["a pax record without a length", pax("foo=bar\n".repeat(99)), /pax header/],
  ["a pax record of another size", pax("12 size=999\n"), /says two sizes of one file/],
  ["a pax header of 2 MiB", pax("9 a=bcde\n".repeat(233_017)), /larger than 1048576 bytes/],
  ["a size beyond its end", [{ ...sound, size: "77777777777" }], /the archive is cut off/],
  ["a size that is no number", [{ ...sound, size: "-0000000001" }], /damaged/],
];

for (const [name, entries, reason] of hostile) {
  Deno.test(`a package with ${name}`, async () => {
    await using it = registry(archive(entries));
    const { ending, said } = await it.read("n.txt");
    if (reason === undefined) {
      assert.deepEqual([ending, said], ["done", ""]);
      assert.deepEqual(await it.names(), ["n.txt"]);
    } else {
      assert.equal(ending, "recipe", said);
      assert.match(said, /`evil@1\.0\.0` cannot be unpacked: /);
      assert.match(said, reason);
    }
  });
}

Deno.test("a package that unpacks to far more than it is", async () => {
  const bomb = archive([sound, { name: "package/zeros", body: new Uint8Array(64 * 1024 ** 2) }]);
  await using it = registry(bomb);
  const { ending, said } = await it.read("n.txt");
  assert.equal(ending, "recipe");
  assert.match(said, /its \d+ bytes unpack to more than 16777216; that is 100 times their size/);
});

Deno.test("a package that is larger than the memory of a run", async () => {
  const noise = crypto.getRandomValues(new Uint8Array(1 << 16));
  await using it = registry(archive([sound, { name: "package/noise", body: noise }]));
  const { ending, said } = await it.read("n.txt", 100_000);
  assert.equal(ending, "recipe");
  assert.match(said, /the memory that a run may use is 100000/);
  assert.equal((await it.read("n.txt", 1 << 20)).ending, "done");
});

Deno.test("an archive of nothing but headers", () => {
  const many = archive(Array.from({ length: 99 }, (_, i) => ({ name: `package/${i}` })));
  assert.equal(tarFiles(many).size, 99);
  assert.throws(() => tarFiles(many, 98), /it has more than 98 files/);
});

Deno.test("a registry that says nothing is given up, or when the run is told to end", async () => {
  const stopped = new AbortController();
  await using host = loopback({
    "/evil/1.0.0": silence,
    "/half/1.0.0": whole(JSON.stringify({ dist: { tarball: "/half.tgz", integrity: "sha512-x" } })),
    "/half.tgz": async (say) => {
      await say(head("200 OK", "Content-Length: 99"));
      await say("x");
      stopped.abort();
      await silence();
    },
  });
  using _named = registryAt(host.root);
  const patience = { idle: 100, attempts: 2, pause: 1 };
  await assert.rejects(
    packageFiles({ name: "evil", version: "1.0.0" }, { patience }),
    /nothing came for 0.1 s/,
  );
  const steps = [{ op: "file", as: "n", from: "npm:half@1.0.0/n" }, { op: "evaluate", model: "n" }];
  const { signal } = stopped;
  const run = await recipe({ name: "far", steps }).run({ cache: memoryStore(), signal });
  assert.deepEqual([run.ending, run.problems], ["interrupted", []]);
});
