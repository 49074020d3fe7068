/** Names of classes in claims. */
import assert from "node:assert/strict";
import { claimedClass, classMeant } from "../../../../engine/recipe/claims/class_name.ts";

Deno.test("each blank in the name of a class is written as an underscore, all other signs stay", () => {
  assert.equal(claimedClass("T-shirt / top"), "T-shirt_/_top");
  assert.equal(claimedClass("a\tb\u00a0c  d"), "a_b_c__d");
  assert.equal(claimedClass(">50K"), ">50K");
});

Deno.test("of a class that is not there its neighbour by spelling is told, and twelve of all", () => {
  assert.equal(classMeant("lfet", ["left", "top side"]), "did you mean left? All: left, top_side");
  assert.equal(classMeant("eleven", ["left", "top side"]), "one of: left, top_side");
  assert.equal(classMeant("10", ["0", "1"]), "one of: 0, 1");
  assert.equal(classMeant("100", ["0", "10"]), "did you mean 10? All: 0, 10");
  const many = Array.from({ length: 13 }, (_, at) => `class ${at} of them`);
  const twelve = many.slice(0, 12).map((name) => name.replaceAll(" ", "_")).join(", ");
  assert.equal(classMeant("x", many), `one of: ${twelve}, …`);
  assert.equal(classMeant("x", many.slice(0, 12)), `one of: ${twelve}`);
});

Deno.test("what a class is called is escaped and cut where it is told", () => {
  const long = `${"a".repeat(40)}\u001b`;
  const cut = `${"a".repeat(30)}…`;
  assert.equal(classMeant(`${"a".repeat(40)}b`, [long]), `did you mean ${cut}? All: ${cut}`);
  assert.equal(classMeant("z", ["\u001bx"]), "one of: \\u001bx");
});
