import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type Digest, digestOf } from "../../../../engine/digest.ts";
import { packageSource, registry } from "../../../../engine/graph/sources/package.ts";
import { readPackage, resolvePackage } from "../../../../engine/graph/sources/package_source.ts";
import {
  FetchError,
  SourceError,
  TrustError,
} from "../../../../engine/graph/sources/source_error.ts";
import { REGISTRY_VARIABLE } from "../../../../engine/permission.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { gzipped, tarBytes } from "../tar_bytes.ts";
import { setVariable } from "../../../variable.ts";

const text = (words: string) => new TextEncoder().encode(words);
const digest = (words: string) => digestOf(text(words));
const fetching = {};
const online = { offline: false, fetching };
const offline = { offline: true, fetching };

/** A registry on this machine that has `data@1.0.0` with these files; `about` is what it says of it. */
async function world(
  files: Readonly<Record<string, string>>,
  about: (dist: Record<string, unknown>) => unknown = (dist) => ({ dist }),
) {
  const packed = Object.entries(files).map(([path, words]) => [`package/${path}`, words]);
  const archive = await gzipped(await tarBytes(Object.fromEntries(packed)));
  const integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ url }) => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    if (pathname === "/data.tgz") return new Response(new Uint8Array(archive));
    const answer = about({ tarball: "/data.tgz", integrity });
    if (pathname !== "/data/1.0.0") return new Response("no", { status: 404 });
    return typeof answer === "string" ? new Response(answer) : Response.json(answer);
  });
  const unset = setVariable(
    REGISTRY_VARIABLE,
    `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}`,
  );
  return {
    asked,
    integrity,
    async [Symbol.asyncDispose]() {
      unset();
      await server.shutdown();
    },
  };
}

const files = { "a.txt": "one", "more/b.txt": "two", "more/c/d.txt": "three" };

Deno.test("a file of a package is known by its bytes, and fetched once", async () => {
  await using here = await world(files);
  const store = memoryStore();
  const written = "npm:data@1.0.0/a.txt";
  const found = {
    written,
    digest: digest("one"),
    extension: ".txt",
    files: [{ path: "", url: written, digest: digest("one") }],
  };
  assert.deepEqual(await resolvePackage(written, store, online), found);
  assert.deepEqual(here.asked, ["/data/1.0.0", "/data.tgz"]);
  assert.deepEqual(await resolvePackage(written, store, offline), found);
  assert.deepEqual(await readPackage(written, found.files[0]!, store, offline), text("one"));
  assert.equal(here.asked.length, 2);
});

Deno.test("a folder of a package holds what lies below it, in order, and so does the whole", async () => {
  await using here = await world(files);
  const store = memoryStore();
  const paths = async (written: string, how: typeof online) => {
    const { files, extension } = await resolvePackage(written, store, how);
    return [extension, ...files.map(({ path, url }) => `${path} ${url}`)];
  };
  const folder = [
    "/",
    "b.txt npm:data@1.0.0/more/b.txt",
    "c/d.txt npm:data@1.0.0/more/c/d.txt",
  ];
  assert.deepEqual(await paths("npm:data@1.0.0/more", online), folder);
  assert.deepEqual(await paths("npm:data@1.0.0/more/", offline), folder);
  assert.deepEqual((await paths("npm:data@1.0.0", online)).slice(1), [
    "a.txt npm:data@1.0.0/a.txt",
    "more/b.txt npm:data@1.0.0/more/b.txt",
    "more/c/d.txt npm:data@1.0.0/more/c/d.txt",
  ]);
  assert.ok(here.asked.length > 0);
});

const refused =
  (pattern: RegExp, kind: typeof SourceError | typeof TrustError = SourceError) =>
  (error: unknown) => error instanceof kind && pattern.test(`${error.message} (${error.help})`);

Deno.test("what is not in a package is said, with what is; offline nothing is fetched", async () => {
  await using here = await world(files);
  const resolve = (path: string, how = online) =>
    resolvePackage(`npm:data@1.0.0/${path}`, memoryStore(), how);
  await assert.rejects(
    resolve("mor"),
    refused(
      /^`npm:data@1\.0\.0\/mor` is not in its package \(it has .*a\.txt.*more\/b\.txt.*more\/c\/d\.txt/,
    ),
  );
  await assert.rejects(
    resolve("a.txt", offline),
    new SourceError(
      "npm:data@1.0.0/a.txt",
      "`npm:data@1.0.0/a.txt` has not been fetched yet, and this run is offline",
      "run once without --offline",
    ),
  );
  await assert.rejects(
    resolvePackage("npm:other@1.0.0/a", memoryStore(), online),
    refused(
      /404.*\(packages come from http:\/\/127\.0\.0\.1:\d+; NPM_CONFIG_REGISTRY names another/,
    ),
  );
  assert.ok(here.asked.includes("/other/1.0.0"));
});

Deno.test("what a lock says must be what the package holds", async () => {
  await using _here = await world(files);
  const written = "npm:data@1.0.0/a.txt";
  const pin = "0".repeat(64) as Digest;
  const changed = new SourceError(
    written,
    `\`${written}\` is not what was locked: ${digest("one")}`,
    "decant lock RECIPE writes the lock anew",
  );
  await assert.rejects(resolvePackage(written, memoryStore(), { ...online, pin }), changed);
  const file = { path: "", url: written, digest: pin };
  await assert.rejects(readPackage(written, file, memoryStore(), online), changed);
  await assert.rejects(
    readPackage(
      "npm:data@1.0.0/gone",
      { ...file, url: "npm:data@1.0.0/gone" },
      memoryStore(),
      online,
    ),
    new SourceError(
      "npm:data@1.0.0/gone",
      "`npm:data@1.0.0/gone` is not what was locked: it is gone",
      "decant lock RECIPE writes the lock anew",
    ),
  );
  await assert.rejects(
    readPackage(written, file, memoryStore(), offline),
    refused(/not been fetched/),
  );
});

Deno.test("a file that looks like a listing and is none is a file", async () => {
  for (const words of ["[1, 2]", "[", '[["a","b"]]', `[ ["a", "${"0".repeat(64)}"] ]`]) {
    await using _here = await world({ "a.json": words });
    const store = memoryStore();
    const written = "npm:data@1.0.0/a.json";
    const { files } = await resolvePackage(written, store, online);
    assert.deepEqual((await resolvePackage(written, store, offline)).files, files, words);
  }
});

Deno.test("a source in a package is taken apart; the registry is npm's, or the one that is named", () => {
  assert.deepEqual(packageSource("npm:@me/data@1.0.0-rc.1/a/b/"), {
    name: "@me/data",
    version: "1.0.0-rc.1",
    path: "a/b",
  });
  assert.deepEqual(packageSource("npm:data@1.0.0"), { name: "data", version: "1.0.0", path: "" });
  for (const source of ["npm:data", "data@1.0.0/a", "npm:@me@1"]) {
    const message = `"${source}" names no file of a package`;
    assert.throws(() => packageSource(source), new TypeError(message));
  }
  const unset = setVariable(REGISTRY_VARIABLE, "https://example.org/npm");
  try {
    assert.equal(registry().href, "https://example.org/npm/");
    setVariable(REGISTRY_VARIABLE, "nowhere");
    assert.throws(() => registry(), new FetchError("NPM_CONFIG_REGISTRY is no URL: nowhere"));
    setVariable(REGISTRY_VARIABLE, undefined);
    assert.equal(registry().href, "https://registry.npmjs.org/");
  } finally {
    unset();
  }
});

Deno.test("a lock's digest is enough where its bytes are kept; where nothing can be remembered it is fetched", async () => {
  await using here = await world(files);
  const written = "npm:data@1.0.0/more";
  const store = memoryStore();
  const { digest: pin } = await resolvePackage(written, store, online);
  const asked = here.asked.length;
  const again = await resolvePackage(written, store, { ...offline, pin });
  assert.deepEqual(again.files.map(({ path }) => path), ["b.txt", "c/d.txt"]);
  assert.equal(here.asked.length, asked);
  assert.deepEqual(await resolvePackage(written, memoryStore(), { ...online, pin }), again);
  const closed = { ...memoryStore(), remember: () => Promise.reject(new Error("read-only")) };
  assert.deepEqual(await resolvePackage(written, closed, online), again);
  const odd = { ...store, read: () => Promise.reject(new TypeError("odd")) };
  await assert.rejects(resolvePackage(written, odd, online), new TypeError("odd"));
});

Deno.test("an archive that is not to be trusted is said so as it is", async () => {
  await using _here = await world(
    files,
    () => ({ dist: { tarball: "/data.tgz", integrity: "sha512-x" } }),
  );
  await assert.rejects(
    resolvePackage("npm:data@1.0.0/a.txt", memoryStore(), online),
    refused(/is not what its registry says/, TrustError),
  );
});
