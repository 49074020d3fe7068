import assert from "node:assert/strict";
import { type Digest, digestOf } from "../../../../engine/digest.ts";
import {
  kept,
  keptBytes,
  notFetched,
  readRemote,
  resolveRemote,
  type SourceKnowledge,
} from "../../../../engine/graph/sources/remote_source.ts";
import { SourceError, TrustError } from "../../../../engine/graph/sources/source_error.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";

const bytes = new TextEncoder().encode("the bytes");
const digest = digestOf(bytes);
const other = "0".repeat(64) as Digest;

/** A host on this machine that has one file, `/a.JSON`, and counts how often it is asked. */
function host() {
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ url }) => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    return pathname === "/a.JSON" ? new Response(bytes) : new Response("no", { status: 404 });
  });
  return {
    asked,
    at: (path: string) => new URL(`http://127.0.0.1:${(server.addr as Deno.NetAddr).port}${path}`),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const known = (more: Partial<SourceKnowledge> = {}): SourceKnowledge => ({
  offline: false,
  reach: { local: true, hosts: [] },
  fetching: {},
  ...more,
});
const offline = known({ offline: true });

Deno.test("a file by URL is fetched once, then known by what it was", async () => {
  await using web = host();
  const store = memoryStore();
  const url = web.at("/a.JSON");
  const found = {
    written: "a",
    digest,
    extension: ".json",
    files: [{ path: "", url: url.href, digest }],
  };
  assert.deepEqual(await resolveRemote("a", url, store, known()), found);
  assert.deepEqual(web.asked, ["/a.JSON"]);
  assert.deepEqual(await resolveRemote("a", url, store, offline), found);
  assert.deepEqual(await readRemote("a", found.files[0]!, store, offline), bytes);
  assert.deepEqual(web.asked, ["/a.JSON"]);
  await resolveRemote("a", url, store, known());
  assert.equal(web.asked.length, 2, "without a pin it may have changed");
});

Deno.test("what a lock or a pin says need not be asked for", async () => {
  await using web = host();
  const pinned = web.at(`/a.JSON#sha256=${other}`);
  assert.equal((await resolveRemote("a", pinned, memoryStore(), offline)).digest, other);
  const locked = known({ offline: true, pin: other });
  assert.equal((await resolveRemote("a", web.at("/a.JSON"), memoryStore(), locked)).digest, other);
  assert.deepEqual(web.asked, []);
});

Deno.test("offline, what was never fetched is not there", async () => {
  await using web = host();
  const url = web.at("/a.JSON");
  const refused = (error: unknown) =>
    error instanceof SourceError && error.source === "a" &&
    error.message === "`a` has not been fetched yet, and this run is offline" &&
    notFetched("a").message === error.message &&
    error.help === "run once without --offline";
  await assert.rejects(resolveRemote("a", url, memoryStore(), offline), refused);
  const file = { path: "", url: url.href, digest };
  await assert.rejects(readRemote("a", file, memoryStore(), offline), refused);
  assert.deepEqual(await readRemote("a", file, memoryStore(), known()), bytes);
});

Deno.test("bytes that are not what the key holds are refused", async () => {
  await using web = host();
  const file = { path: "", url: web.at("/a.JSON").href, digest: other };
  await assert.rejects(readRemote("a", file, memoryStore(), known()), TrustError);
});

Deno.test("a folder cannot be asked for, and a failure of the network is one of the source", async () => {
  await using web = host();
  await assert.rejects(
    resolveRemote("a/", web.at("/a/"), memoryStore(), known()),
    new SourceError(
      "a/",
      "`a/` is a folder, and a URL cannot be asked what lies in it",
      "name a file: model.json of a model, { train: { inputs, labels } } of data",
    ),
  );
  await assert.rejects(
    resolveRemote("b", web.at("/b"), memoryStore(), known()),
    new SourceError("b", `\`${web.at("/b").href}\` answered 404 Not Found`),
  );
  const small = known({ fetching: { memory: 3 } });
  await assert.rejects(resolveRemote("a", web.at("/a.JSON"), memoryStore(), small), TrustError);
});

Deno.test("bytes that are kept are not made again, and where nothing can be kept they are made all the same", async () => {
  const store = memoryStore();
  assert.equal(await kept(store, bytes), digest);
  assert.deepEqual(await keptBytes(store, digest, () => assert.fail("they are there")), bytes);
  const full = { ...memoryStore(), keep: () => Promise.reject(new Error("full")) };
  assert.equal(await kept(full, bytes), digest);
  assert.deepEqual(await keptBytes(full, digest, () => Promise.resolve(bytes)), bytes);
  const broken = { ...memoryStore(), read: () => Promise.reject(new TypeError("odd")) };
  await assert.rejects(keptBytes(broken, digest, () => assert.fail("not so")), TypeError);
});

Deno.test("where what was fetched cannot be remembered, it is known all the same", async () => {
  await using web = host();
  const closed = { ...memoryStore(), remember: () => Promise.reject(new Error("read-only")) };
  assert.equal((await resolveRemote("a", web.at("/a.JSON"), closed, known())).digest, digest);
  const far = known({ reach: { local: false, hosts: [] } });
  await assert.rejects(resolveRemote("a", web.at("/a.JSON"), memoryStore(), far), TrustError);
});
