/** Parameters beside their schema: every leaf, with its path. */
import assert from "node:assert/strict";
import type { Json } from "../../../../engine/digest.ts";
import { ByType, Choice, ListOf, Source, Type } from "../../../../engine/field.ts";
import { replaceAt, visit } from "../../../../engine/recipe/check/visit.ts";
import { fc } from "../../../deps.ts";

const number = Type.Number({ description: "A number" });
const schema = Type.Object({
  one: number,
  many: ListOf(Source({ description: "A source" }), { description: "All" }),
  chosen: Choice(
    { a: Type.Object({ x: number }), b: Type.Object({ y: number }) },
    { description: "One", untagged: Type.Object({ from: Source({ description: "A source" }) }) },
  ),
  typed: ByType({ number, list: ListOf(number, { description: "Some" }) }, { description: "Any" }),
  named: Type.Record(Type.String(), number),
});

const leaves = (value: Json) =>
  [...visit(schema, value)].map(({ form, path, value }) => `${path} ${form.form} ${value}`);

Deno.test("each leaf has its form and its path, in the order in which values are written", () => {
  assert.deepEqual(
    leaves({
      typed: [3, 4],
      one: 1,
      many: ["./a", "./b"],
      chosen: { use: "a", x: 2 },
      named: { p: 5 },
    }),
    [
      "typed.0 number 3",
      "typed.1 number 4",
      "one number 1",
      "many.0 source ./a",
      "many.1 source ./b",
      "chosen.x number 2",
      "named.p number 5",
    ],
  );
});

Deno.test("a choice is led by its tag; without one it is the alternative that has none", () => {
  assert.deepEqual(leaves({ chosen: { use: "b", x: 1, y: 2 } }), ["chosen.y number 2"]);
  assert.deepEqual(leaves({ chosen: { from: "./a" } }), ["chosen.from source ./a"]);
  assert.deepEqual(leaves({ chosen: { use: "toString", from: "./a" } }), [
    "chosen.from source ./a",
  ]);
});

Deno.test("what the schema does not know, null and values of another type are passed over", () => {
  assert.deepEqual(leaves({ other: 1, constructor: 2, one: null, many: "./a", typed: "x" }), []);
  assert.deepEqual(leaves([1]), []);
  assert.deepEqual(leaves({ chosen: ["a"] }), []);
});

Deno.test("a leaf that is replaced is that one alone, and what was given stays as it was", () => {
  const value = { a: [{ b: 1 }, { b: 2 }], c: 3 };
  assert.deepEqual(replaceAt(value, "a.1.b", 9), { a: [{ b: 1 }, { b: 9 }], c: 3 });
  assert.deepEqual(value, { a: [{ b: 1 }, { b: 2 }], c: 3 });
});

Deno.test("every leaf that is visited can be replaced at its path, and no other changes", () => {
  const source = fc.stringMatching(/^[a-z]{1,4}$/);
  const values = fc.record({ one: fc.integer(), many: fc.array(source, { minLength: 1 }) });
  fc.assert(fc.property(values, fc.nat(), (value, at) => {
    const before = [...visit(schema, value)];
    const { path } = before[at % before.length]!;
    const after = [...visit(schema, replaceAt(value, path, "new"))];
    assert.deepEqual(
      after.map(({ value }) => value),
      before.map((each) => each.path === path ? "new" : each.value),
    );
  }));
});
