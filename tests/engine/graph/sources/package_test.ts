import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { packageFiles, packageSource } from "../../../../engine/graph/sources/package.ts";
import { FetchError, TrustError } from "../../../../engine/graph/sources/source_error.ts";
import { REGISTRY_VARIABLE } from "../../../../engine/permission.ts";
import { gzipped, tarBytes } from "../tar_bytes.ts";
import { setVariable } from "../../../variable.ts";

const archive = await gzipped(await tarBytes({ "package/a.txt": "one", "package/b/c": "two" }));
const sha512 = (bytes: Uint8Array) =>
  `sha512-${createHash("sha512").update(bytes).digest("base64")}`;

/** The paths of a package whose registry answers that, and has that archive. */
async function paths(
  answer: (integrity: string) => unknown,
  packed: Uint8Array = archive,
  name = "data",
) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname === "/a.tgz") return new Response(new Uint8Array(packed));
    if (pathname !== `/${name.replace("/", "%2f")}/1.0.0`) {
      return new Response("no", { status: 404 });
    }
    const said = answer(sha512(packed));
    return typeof said === "string" ? new Response(said) : Response.json(said);
  });
  const unset = setVariable(
    REGISTRY_VARIABLE,
    `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}/`,
  );
  try {
    return [...(await packageFiles({ name, version: "1.0.0" })).keys()].sort();
  } finally {
    unset();
    await server.shutdown();
  }
}

const dist = (integrity: string) => ({ dist: { tarball: "/a.tgz", integrity } });
const fails = (
  work: Promise<unknown>,
  kind: typeof FetchError | typeof TrustError,
  pattern: RegExp,
) => assert.rejects(work, (error) => error instanceof kind && pattern.test(error.message));

Deno.test("a source in a package is taken apart, and what names none is refused", () => {
  const apart = (source: string) => Object.values(packageSource(source));
  assert.deepEqual(apart("npm:data@1.0.0/b/c"), ["data", "1.0.0", "b/c"]);
  assert.deepEqual(apart("npm:@me/data@1.0.0/b//"), ["@me/data", "1.0.0", "b"]);
  assert.deepEqual(apart("npm:data@1.0.0"), ["data", "1.0.0", ""]);
  for (const source of ["npm:data", "npm:@1.0.0/a", "npm:data@/a", "data@1.0.0/a", "npm:a/b@1/c"]) {
    const message = `"${source}" names no file of a package`;
    assert.throws(() => packageSource(source), { name: "TypeError", message });
  }
});

Deno.test("a package's files are those below its one folder, whatever the scope of its name", async () => {
  assert.deepEqual(await paths(dist), ["a.txt", "b/c"]);
  assert.deepEqual(await paths(dist, archive, "@me/data"), ["a.txt", "b/c"]);
  assert.deepEqual(await paths((found) => dist(`sha1-xx ${found}`)), ["a.txt", "b/c"]);
});

Deno.test("a registry that does not say what a package is cannot be used", async () => {
  const strange = /the registry does not say what `data@1\.0\.0` is/;
  for (
    const answer of [
      "{",
      "null",
      {},
      { dist: {} },
      { dist: { tarball: "/a.tgz" } },
      { dist: { integrity: "sha512-x" } },
      dist("sha1-x"),
    ]
  ) await fails(paths(() => answer), FetchError, strange);
});

Deno.test("an archive that is not what the registry says, or lies elsewhere, is refused", async () => {
  await assert.rejects(
    paths(() => dist("sha512-other")),
    new TrustError(
      "npm:data@1.0.0",
      `\`data@1.0.0\` is not what its registry says: its archive has ${sha512(archive)}`,
      "somebody changed it on the way",
    ),
  );
  const far = (integrity: string) => ({
    dist: { tarball: "https://example.org/a.tgz", integrity },
  });
  await assert.rejects(
    paths(far),
    new TrustError(
      "npm:data@1.0.0",
      "the registry keeps `data@1.0.0` elsewhere, at https://example.org",
      "point NPM_CONFIG_REGISTRY to a registry that holds its packages itself",
    ),
  );
});

Deno.test("an archive that cannot be unpacked says so", async () => {
  await fails(
    paths(dist, await gzipped(new Uint8Array(600).fill(1))),
    FetchError,
    /cannot be unpacked: /,
  );
});

Deno.test("names that lead out of a package, or nowhere, are left out", async () => {
  const odd = ["package/../up", "package/./here", "package/a//b", "package/", "package/sound"];
  const header = (name: string) => {
    const block = new Uint8Array(512);
    const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at);
    put(0, name);
    put(124, "00000000000");
    put(156, "0");
    put(148, " ".repeat(8));
    const sum = block.reduce((all, byte) => all + byte, 0);
    put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
    return [...block];
  };
  const tar = Uint8Array.from([...odd.flatMap(header), ...new Uint8Array(1024)]);
  assert.deepEqual(await paths(dist, await gzipped(tar)), ["sound"]);
});

Deno.test("an archive larger than the memory of a run is not read", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    ({ url }) =>
      url.endsWith("/a.tgz")
        ? new Response(new Uint8Array(archive))
        : Response.json(dist(sha512(archive))),
  );
  const unset = setVariable(
    REGISTRY_VARIABLE,
    `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}`,
  );
  try {
    const memory = archive.length - 1;
    await assert.rejects(
      packageFiles({ name: "data", version: "1.0.0" }, { memory }),
      (error) =>
        error instanceof TrustError && error.message.endsWith(`larger than ${memory} bytes`),
    );
    const signal = AbortSignal.abort(new TypeError("enough"));
    await assert.rejects(packageFiles({ name: "data", version: "1.0.0" }, { signal }), TypeError);
  } finally {
    unset();
    await server.shutdown();
  }
});
