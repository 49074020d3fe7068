/** Trees: paths, values, and the places that mistakes are marked at. */
import assert from "node:assert/strict";
import {
  innerTrees,
  isWhole,
  itemOf,
  join,
  placeAt,
  placeOf,
  placeOfPath,
  sizeOf,
  sortOf,
  type Tree,
  valueOf,
} from "../../../../engine/recipe/parse/tree.ts";
import { fc } from "../../../deps.ts";
import { mapOf, nodeAt, treeOf } from "../trees.ts";

const text = `a: { b: [10, 20] }
c:
  d: |
    one
    two
e: x
`;
const root = mapOf(text);

/** What is marked at a path. */
function marked(path: string): string | undefined {
  const place = placeOfPath(root, path);
  return place && text.split("\n")[place.line - 1]!.slice(place.column - 1).slice(0, place.length);
}

Deno.test("a path is the names and indices on the way, from nothing on", () => {
  assert.equal(join(join(join("", "a"), "b"), 0), "a.b.0");
  assert.equal(valueOf(nodeAt(root, "a.b.1")), 20);
});

Deno.test("what is no list stands for a list of itself, unless it has a field called 0", () => {
  const { column } = placeOfPath(mapOf('m: { "0": 7 }\n'), "m.0")!;
  assert.equal(column, 11, "7");
  assert.equal(itemOf(nodeAt(root, "e"), 3), nodeAt(root, "e"));
  assert.equal(itemOf(nodeAt(root, "a.b"), 1), nodeAt(root, "a.b.1"));
});

Deno.test("a value is marked itself; over several lines its key is; what is not written, what stands above it", () => {
  assert.equal(marked("a.b"), "[10, 20]");
  assert.equal(marked("a.b.1"), "20");
  assert.equal(marked("c"), "c");
  assert.equal(marked("c.d"), "d");
  assert.equal(marked("a.b.7.x"), "[10, 20]");
  assert.equal(marked("e.0"), "x");
  assert.equal(marked("e.f"), "x");
  assert.equal(marked("nowhere"), "a: { b: [10, 20] }", "the first line of all");
});

Deno.test("a place has its line whole, counts from 1, and marks one character at least", () => {
  assert.deepEqual(placeOfPath(root, "e"), {
    source: "a.yaml",
    line: 6,
    column: 4,
    length: 1,
    path: "e",
    text: "e: x",
  });
  const document = { source: "a.yaml", base: "./", text: "ab\ncd" };
  assert.equal(placeAt({ source: "", base: "" }, { start: 0, end: 1 }, ""), undefined);
  assert.equal(placeAt(document, { start: 5, end: 5 }, "")!.length, 1);
  assert.equal(
    placeOf({ type: "scalar", value: 1, document: { source: "", base: "" } }, ""),
    undefined,
  );
});

Deno.test("every offset of a text is in the line that holds it", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom("a", "\n") }), fc.nat(), (text, at) => {
    const start = at % (text.length + 1);
    const { line, column } = placeAt({ source: "", base: "", text }, { start, end: start }, "")!;
    const before = text.slice(0, start).split("\n");
    assert.deepEqual([line, column], [before.length, before.at(-1)!.length + 1]);
  }));
});

Deno.test("a tree holds itself and all inside it; it is whole where nothing of that is broken", () => {
  assert.equal(sizeOf(root), 8, "the map, a, b, 10, 20, c, d, e");
  assert.deepEqual(innerTrees(nodeAt(root, "a.b")).map(valueOf), [10, 20]);
  assert.ok(isWhole(root));
  const broken: Tree = { ...treeOf("1"), broken: true };
  assert.ok(!isWhole({ ...nodeAt(root, "a.b"), type: "list", items: [broken] }));
});

Deno.test("a sentence names the sort of a value, a text in quotes", () => {
  const sorts = ["{ a: 1 }", "[1]", "null", "x", "1.5", "true"].map((text) => sortOf(treeOf(text)));
  assert.deepEqual(sorts, ["a map", "a list", "null", 'the text "x"', "1.5", "true"]);
});
