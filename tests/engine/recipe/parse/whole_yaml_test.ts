import assert from "node:assert/strict";
import type { Diagnostic } from "../../../../engine/error.ts";
import { wholeYaml } from "../../../../engine/recipe/parse/whole_yaml.ts";
import { valueOf } from "../../../../engine/recipe/parse/tree.ts";

function read(text: string) {
  const found: Diagnostic[] = [];
  const document = { source: "a.yaml", base: "/", text };
  const tree = wholeYaml(document, (diagnostic) => found.push(diagnostic));
  const wrong = found.map(({ code, place, path }) =>
    `${code} ${place?.line}:${place?.column}+${place?.length} ${path}`
  );
  return { tree, wrong, found };
}

Deno.test("maps, lists and plain values become a tree, −0 becomes 0 and blank becomes null", () => {
  const { tree, wrong } = read("a: [1, -0.0, 1.5]\nb: { c: true }\nd:\ne: text\n");
  assert.deepEqual(wrong, []);
  assert.deepEqual(valueOf(tree!), { a: [1, 0, 1.5], b: { c: true }, d: null, e: "text" });
});

Deno.test("what YAML has and a recipe has not is reported once, where it stands", () => {
  assert.deepEqual(read("a: &x 1\nb: *x\n").wrong, ["yaml 1:7+1 a"]);
  assert.deepEqual(read("b: [*x]\n").wrong, ["yaml 1:5+2 b.0"]);
  assert.deepEqual(read("a: 1\na: 2\n").wrong, ["yaml 2:1+1 a"]);
  assert.deepEqual(read("[a]: 1\n").wrong, ["yaml 1:1+3 "]);
  assert.deepEqual(read("%YAML 1.2\n---\na: 1\n").wrong, ["yaml 1:1+9 "]);
});

Deno.test("a number that a double does not hold is reported with its digits", () => {
  const { wrong, found } = read("a: 9007199254740993\nb: .inf\n");
  assert.deepEqual(wrong, ["wrong-type 1:4+16 a", "wrong-type 2:4+4 b"]);
  assert.match(found[0]!.message, /^9007199254740993 is beyond 2\^53/);
});

Deno.test("a text that is no YAML has no tree, and only its first mistake is said", () => {
  const { tree, wrong } = read("a: [1\nb: 2\nc: }\n");
  assert.equal(tree, undefined);
  assert.equal(wrong.length, 1);
});

Deno.test("depth and length are bounded", () => {
  assert.equal(read(`a: ${"[".repeat(41)}1${"]".repeat(41)}`).found[0]!.code, "too-large");
  assert.deepEqual(read(`a: ${"[".repeat(39)}1${"]".repeat(39)}`).wrong, []);
  assert.equal(read("#".repeat((1 << 20) + 1)).found[0]!.code, "too-large");
});

Deno.test("what a recipe may not have is told with a way out", () => {
  const said = (text: string) =>
    read(text).found.map(({ message, help }) =>
      help === undefined ? message : `${message} | ${help}`
    );
  assert.deepEqual(said("%YAML 1.2\n---\na: 1\n"), [
    "a recipe takes no directives: it is always YAML 1.2 | leave out what stands above ---",
  ]);
  assert.deepEqual(said("a: &x 1\n"), [
    "a recipe has no anchors (`&x`) and no aliases" +
    " | give the value a name under variables: and write $name where it is used",
  ]);
  assert.deepEqual(said("a: !!str x\n"), [
    "a recipe has no tags (`tag:yaml.org,2002:str`) | leave the tag out",
  ]);
  assert.deepEqual(said("[a]: 1\n"), ["a key must be a plain name"]);
  assert.deepEqual(said("1: 1\n"), ["a key must be a plain name"]);
  assert.deepEqual(said("a: 1\na: 2\n"), ["`a` stands here twice"]);
  assert.deepEqual(said("a: 9007199254740993\nb: .inf\n"), [
    "9007199254740993 is beyond 2^53: it would lose digits",
    ".inf is not a finite number",
  ]);
  assert.deepEqual(said("a: 9007199254740991\nb: 1.5e300\n"), [
    "1.5e300 is beyond 2^53: it would lose digits",
  ]);
  assert.deepEqual(said("#".repeat((1 << 20) + 1)), [
    "A recipe may have 1048576 characters and no more; this has 1048577",
  ]);
  assert.deepEqual(said(`#${"x".repeat((1 << 20) - 1)}`), []);
  assert.deepEqual(said(`a: ${"[".repeat(41)}1${"]".repeat(41)}`), [
    "A recipe may be nested 40 deep and no deeper",
  ]);
  assert.deepEqual(said("b: *x\n"), [
    'a plain value cannot start with `*` (YAML reads an alias) | quote it: "*x"',
  ]);
  assert.deepEqual(said("b: [a, *x]\n"), [
    'a plain value cannot start with `*` (YAML reads an alias) | quote it: [a, "*x"]',
  ]);
});
