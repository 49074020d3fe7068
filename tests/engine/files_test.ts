import assert from "node:assert/strict";
import { canonicalBytes, type Digest, digestOf, type Json } from "../../engine/digest.ts";
import { exportFolder, filesDigest, filesKind } from "../../engine/files.ts";
import type { Files } from "../../engine/kind.ts";
import { fc } from "../deps.ts";

const files = {
  "b.bin": new Uint8Array([1, 2]),
  "a/c.json": new Uint8Array([3]),
  "b.txt": new Uint8Array([1, 2]),
};

Deno.test("a folder of files comes back as it was, files of equal bytes kept once", async () => {
  const { manifest, blobs, parts } = filesKind.encode(files);
  assert.equal(filesKind.name, "files");
  assert.equal(blobs.size, 2);
  assert.deepEqual(parts, {});
  const read = (digest: Digest) => Promise.resolve(blobs.get(digest)!);
  assert.deepEqual(await filesKind.decode(manifest, read), files);
});

Deno.test("the order in which files are given does not matter, and the rows say how large each is", () => {
  const { manifest } = filesKind.encode(files);
  const turned = Object.fromEntries(Object.entries(files).reverse());
  assert.deepEqual(filesKind.encode(turned).manifest, manifest);
  const rows = (manifest as unknown as { files: { path: string; bytes: number }[] }).files;
  assert.deepEqual(rows.map(({ path, bytes }) => [path, bytes]), [
    ["a/c.json", 1],
    ["b.bin", 2],
    ["b.txt", 2],
  ]);
});

Deno.test("the digest of rows is that of the artifact with these files, in whatever order they stand", () => {
  const { manifest } = filesKind.encode(files);
  const { files: rows } = manifest as unknown as {
    files: { path: string; digest: string; bytes: number }[];
  };
  const digest = digestOf(canonicalBytes(manifest as Json));
  assert.equal(filesDigest(rows), digest);
  assert.equal(filesDigest(rows.toReversed()), digest);
  assert.equal(filesDigest(rows.map((row) => ({ ...row, more: 1 }))), digest);
  assert.notEqual(filesDigest(rows.map((row) => ({ ...row, bytes: 9 }))), digest);
});

Deno.test("an export goes into the folder of its format, in a sweep inside one of its point", () => {
  assert.deepEqual(
    ["export-tfjs", "export-onnx-2", "mine", "export-tfjs[ratio=0.3]", "own[a=x/y\\z]"].map(
      exportFolder,
    ),
    ["tfjs", "onnx-2", "mine", "ratio=0.3/tfjs", "a=x_y_z/own"],
  );
});

const folder: fc.Arbitrary<Files> = fc.dictionary(
  fc.string({ minLength: 1 }).filter((path) => path !== "__proto__"),
  fc.uint8Array({ maxLength: 9 }),
);

Deno.test("a folder comes back as it was, whatever its paths and bytes", async () => {
  await fc.assert(fc.asyncProperty(folder, async (files) => {
    const { manifest, blobs } = filesKind.encode(files);
    const back = await filesKind.decode(manifest, (digest) => Promise.resolve(blobs.get(digest)!));
    assert.deepEqual({ ...back }, { ...files });
  }));
});

Deno.test("another byte, another path or another file is another folder", () => {
  const row = (path: string, word: string) => {
    const bytes = new TextEncoder().encode(word);
    return { path, digest: digestOf(bytes), bytes: bytes.length };
  };
  const digests = [
    [],
    [row("a", "x")],
    [row("a", "y")],
    [row("b", "x")],
    [row("a", "x"), row("b", "x")],
  ].map(filesDigest);
  assert.equal(new Set<Digest>(digests).size, digests.length);
});
