import assert from "node:assert/strict";
import {
  besideSource,
  extensionOf,
  sourceUrl,
} from "../../../../engine/graph/sources/source_url.ts";

Deno.test("a source resolves against the folder, the URL or the package of its document", () => {
  const url = (base: string, written: string) => sourceUrl(base, written).href;
  assert.equal(url("/home/me/", "./a//b.txt"), "file:///home/me/a/b.txt");
  assert.equal(url("/home/me/", "../c"), "file:///home/c");
  assert.equal(url("file:///home/me/", "a.txt"), "file:///home/me/a.txt");
  assert.equal(url("https://example.org/x/", "a.txt"), "https://example.org/x/a.txt");
  assert.equal(url("npm:data@1.0.0/x/", "a.txt"), "npm:data@1.0.0/x/a.txt");
  assert.equal(url("/home/me/", "https://example.org/a"), "https://example.org/a");
  assert.equal(url("/home/me/", "npm:data@1.0.0/a"), "npm:data@1.0.0/a");
});

Deno.test("what a URL would read into a path is part of a file's name", () => {
  assert.equal(sourceUrl("/x/", "a#b?c%d.txt").href, "file:///x/a%23b%3Fc%25d.txt");
  assert.equal(
    besideSource("https://example.org/x/a.json", "b#1.bin"),
    "https://example.org/x/b%231.bin",
  );
});

Deno.test("a file beside another lies in its folder, without the other's pin", () => {
  assert.equal(besideSource("./net/model.json", "a.bin"), "./net/a.bin");
  assert.equal(besideSource("model.json#sha256=00", "a.bin"), "a.bin");
  assert.equal(
    besideSource("https://example.org/x/a.json#sha256=00", "b/c"),
    "https://example.org/x/b/c",
  );
  assert.equal(besideSource("npm:data@1.0.0/x/a.json", "b"), "npm:data@1.0.0/x/b");
});

Deno.test("the ending of a name is its last, in small letters", () => {
  const ending = (path: string) => extensionOf(new URL(`file:///x.y/${path}`));
  assert.deepEqual(["a.JSON", "a.tar.gz", "a", "a.", "a.b/"].map(ending), [
    ".json",
    ".gz",
    "",
    "",
    "",
  ]);
});
