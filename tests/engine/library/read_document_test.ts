import assert from "node:assert/strict";
import { digestOf } from "../../../engine/digest.ts";
import { RecipeError } from "../../../engine/error.ts";
import { TrustError } from "../../../engine/graph/sources/remote.ts";
import {
  fileText,
  hostsOf,
  isElsewhere,
  mayReachHere,
  readDocument,
  withoutPin,
} from "../../../engine/library/read_document.ts";

import { withPackage } from "./registry.ts";

/** A folder with one file. */
async function folder(name: string, bytes: Uint8Array) {
  const path = await Deno.makeTempDir();
  await Deno.writeFile(`${path}/${name}`, bytes);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

const text = new TextEncoder().encode("name: é\n");
const refusal = (error: unknown): string => {
  assert.ok(error instanceof RecipeError, String(error));
  const [{ message, help } = assert.fail("it says nothing"), ...more] = error.diagnostics;
  assert.deepEqual(more, []);
  return help === undefined ? message : `${message} (${help})`;
};
const refused = (source: string): string => {
  try {
    fileText(source);
  } catch (error) {
    return refusal(error);
  }
  return "";
};

Deno.test("a file is read by its path or its URL, and held to its pin", async () => {
  await using here = await folder("a.yaml", text);
  const path = `${here.path}/a.yaml`;
  for (const source of [path, `file://${path}`, `${path}#sha256=${digestOf(text)}`]) {
    assert.equal(fileText(source), "name: é\n");
    assert.equal(await readDocument(source), "name: é\n");
  }
  assert.throws(
    () => fileText(`${path}#sha256=${"0".repeat(64)}`),
    (error) =>
      error instanceof TrustError && error.message === `\`${path}\` is not what its pin says`,
  );
});

Deno.test("what is no text, too large, code, a folder or not there is no recipe", async () => {
  await using here = await folder("a.bin", new Uint8Array([65, 0, 66]));
  assert.match(refused(`${here.path}/a.bin`), /is not UTF-8 text, and a recipe is \(name a recipe/);
  await Deno.writeFile(`${here.path}/large`, new Uint8Array((1 << 20) + 1).fill(65));
  assert.match(refused(`${here.path}/large`), /large/);
  await Deno.writeFile(`${here.path}/full`, new Uint8Array(1 << 20).fill(65));
  assert.equal(fileText(`${here.path}/full`).length, 1 << 20);
  assert.equal(refused(`${here.path}/gone`), `\`${here.path}/gone\` is not there`);
  for (const name of ["a.ts", "a.mjs", "a.tsx", "a.cts"]) {
    assert.equal(
      refused(name),
      `\`${name}\` is code, and a recipe that is loaded is data (run it itself: deno run -A ${name})`,
    );
  }
  assert.notEqual(refused(here.path), "", "a folder");
});

Deno.test({
  name: "a file that Deno may not read says which permission is missing",
  permissions: { read: false },
  fn: () =>
    assert.equal(
      refused("/etc/a.yaml"),
      "`/etc/a.yaml` may not be read (add --allow-read=/etc/a.yaml)",
    ),
});

Deno.test("a document by URL is fetched, unless this is offline", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    ({ url }) =>
      new URL(url).pathname === "/a" ? new Response(text) : new Response("no", { status: 404 }),
  );
  const at = (path: string) => `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}${path}`;
  try {
    assert.equal(await readDocument(at("/a")), "name: é\n");
    await assert.rejects(readDocument(at("/a"), { offline: true }), (error) => {
      assert.match(
        refusal(error),
        /would have to be fetched, and this is offline \(save it here\)$/,
      );
      return true;
    });
    await assert.rejects(readDocument(at("/b")), (error) => /404/.test(refusal(error)));
    await assert.rejects(readDocument(at("/a"), { local: false }), TrustError);
  } finally {
    await server.shutdown();
  }
});

Deno.test("files are of this machine; URLs and packages are from elsewhere, and may not name what it serves", () => {
  const sources = [
    "a.yaml",
    "file:///a",
    "https://example.org/a",
    "npm:a@1.0.0/a",
    "http://localhost:1/a",
  ];
  assert.deepEqual(sources.map(isElsewhere), [false, false, true, true, true]);
  assert.deepEqual(sources.map(mayReachHere), [true, true, false, false, true]);
  assert.deepEqual(hostsOf([...sources, "https://example.org/b", "https://example.org:8/c"]), [
    "example.org",
    "localhost:1",
    "example.org:8",
  ]);
  assert.equal(withoutPin("a#b#sha256=00"), "a#b");
});

Deno.test("a document in a package is read, held to its pin and to its size; one that is not in it is refused", async () => {
  const large = "a".repeat((1 << 20) + 1);
  const files = {
    "a.yaml": text,
    "large.yaml": large,
    "full.yaml": large.slice(1),
    "b.bin": new Uint8Array([65, 0]),
  };
  await withPackage(files, async () => {
    const at = (path: string) => `npm:data@1.0.0/${path}`;
    assert.equal(await readDocument(at("a.yaml")), "name: é\n");
    assert.equal(await readDocument(at(`a.yaml#sha256=${digestOf(text)}`)), "name: é\n");
    assert.equal((await readDocument(at("full.yaml"))).length, 1 << 20);
    const message = async (path: string) =>
      refusal(await readDocument(at(path)).catch((error) => error));
    assert.equal(await message("gone.yaml"), "`npm:data@1.0.0/gone.yaml` is not in its package");
    assert.equal(
      await message("large.yaml"),
      "`npm:data@1.0.0/large.yaml` is larger than 1048576 bytes, more than a recipe may be",
    );
    assert.match(
      await message("b.bin"),
      /^`npm:data@1\.0\.0\/b\.bin` is not UTF-8 text, and a recipe is /,
    );
    await assert.rejects(readDocument(at(`a.yaml#sha256=${"0".repeat(64)}`)), {
      name: "TrustError",
      message: "`npm:data@1.0.0/a.yaml` is not what its pin says",
      help: "somebody changed it",
    });
    assert.match(
      refusal(await readDocument(at("a.yaml"), { offline: true }).catch((error) => error)),
      /^`npm:data@1\.0\.0\/a\.yaml` would have to be fetched, and this is offline \(save it here\)$/,
    );
  });
});

Deno.test("what is refused says so word for word", async () => {
  await using here = await folder("a.bin", new Uint8Array([65, 0, 66]));
  const at = (name: string) => `${here.path}/${name}`;
  assert.equal(
    refused(at("a.bin")),
    `\`${at("a.bin")}\` is not UTF-8 text, and a recipe is (name a recipe: a YAML file)`,
  );
  await Deno.writeFile(at("large"), new Uint8Array((1 << 20) + 1).fill(65));
  assert.equal(
    refused(at("large")),
    `\`${at("large")}\` is larger than 1048576 bytes, more than a recipe may be`,
  );
  assert.match(refused(here.path), /^`[^`]*` cannot be read: .*[Ii]s a directory/);
});

Deno.test("by URL a document may be a mebibyte, no more", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    ({ url }) =>
      new Response("a".repeat((1 << 20) + Number(new URL(url).searchParams.get("more")))),
  );
  const at = (more: number) =>
    `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}/?more=${more}`;
  try {
    assert.equal((await readDocument(at(0))).length, 1 << 20);
    await assert.rejects(readDocument(at(1)), /is larger than 1048576 bytes$/);
  } finally {
    await server.shutdown();
  }
});
