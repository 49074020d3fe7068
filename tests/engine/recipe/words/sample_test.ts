/** Examples: a person who copies one gets no error from it. */
import assert from "node:assert/strict";
import {
  ByType,
  Choice,
  CurveField,
  ListOf,
  OneOf,
  type TObject,
  type TSchema,
  Type,
} from "../../../../engine/field.ts";
import type { Json } from "../../../../engine/digest.ts";
import { opSet } from "../../../../engine/op.ts";
import { normalize } from "../../../../engine/recipe/check/normalize.ts";
import { problemList } from "../../../../engine/recipe/parse/problems.ts";
import { treeFromValue } from "../../../../engine/recipe/parse/from_value.ts";
import {
  alternativeSample,
  sampleOf,
  tellingSample,
} from "../../../../engine/recipe/words/sample.ts";
import { vocabularyOf } from "../../../../engine/recipe/words/vocabulary.ts";
import { ops } from "../../../../ops/mod.ts";

/** What the language says against a value; empty where it takes it. */
function refusals(schema: TSchema, value: Json): readonly string[] {
  const problems = problemList();
  const tree = treeFromValue({ value } as never, { source: "", base: "" }, problems.add);
  normalize(Type.Object({ value: schema }), { tree, path: "" }, problems);
  return problems.list.map(({ message }) => message);
}

Deno.test("the example of every word of the language is one that the language takes", () => {
  let asked = 0;
  for (const meaning of [...vocabularyOf(opSet(ops)).values()].flat()) {
    const { word, role, schema, tag, where } = meaning;
    if (schema === undefined) continue;
    asked += 1;
    const [value, whole] = role === "alternative"
      ? [
        alternativeSample(tag!, word, schema),
        Choice({ [word]: schema as TObject }, { tag: tag!, description: "It" }),
      ]
      : [sampleOf(schema), schema];
    const told = role === "alternative" ? [value] : [value, tellingSample(schema)];
    for (const each of told) {
      assert.deepEqual(refusals(whole, each), [], `${where[0]}: ${word} ${JSON.stringify(each)}`);
    }
  }
  assert.ok(asked > 250, String(asked));
});

Deno.test("an example of a field is no empty map, nor a word or a switch that is meant anyway", () => {
  const flag = (value?: boolean) => Type.Boolean({ ...value !== undefined && { default: value } });
  assert.deepEqual([flag(), flag(false), flag(true)].map(tellingSample), [true, true, false]);
  const words = OneOf(["a", "b", "c"], { description: "", default: "a" });
  assert.equal(tellingSample(words), "b");
  assert.equal(tellingSample(OneOf(["a"], { description: "", default: "a" })), "a");
  assert.equal(tellingSample(OneOf(["a", "b"], { description: "" })), "a");
  const empty = Type.Object({ on: Type.Optional(flag(false)), size: Type.Optional(words) });
  assert.deepEqual(sampleOf(empty), {});
  assert.deepEqual(tellingSample(empty), { on: true });
  assert.deepEqual(tellingSample(Type.Object({ size: words })), { size: "b" });
  const needed = Type.Object({ on: Type.Optional(flag(false)), size: Type.Number() });
  assert.deepEqual(tellingSample(needed), { size: 1 }, "what must be written is enough");
  assert.deepEqual(tellingSample(Type.Object({})), {});
  assert.equal(tellingSample(Type.Number({ default: 7 })), 7);
});

Deno.test("a value is the default, else the plainest that the limits admit", () => {
  assert.equal(sampleOf(Type.Number({ default: 7 })), 7);
  assert.equal(sampleOf(Type.Integer({ minimum: 3 })), 3);
  assert.equal(sampleOf(Type.Integer({ minimum: 0 })), 1);
  assert.equal(sampleOf(Type.Number({ exclusiveMinimum: 1 })), 2);
  assert.equal(sampleOf(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 })), 0.5);
  assert.equal(sampleOf(Type.Number({ minimum: 0, maximum: 0.5 })), 0.25);
  assert.equal(sampleOf(Type.Number({ maximum: -2 })), -2);
  assert.equal(sampleOf(Type.String({ pattern: "^\\d+ min$" })), "20 min");
  assert.throws(
    () => sampleOf(Type.String({ pattern: "^Q{9}$" })),
    /No example is known of a text like/,
  );
  assert.deepEqual(sampleOf(ListOf(Type.Boolean(), { description: "", minItems: 2 })), [
    true,
    true,
  ]);
  assert.equal(sampleOf(ByType({ string: Type.String() }, { description: "" })), "a-name");
});

Deno.test("of a choice the alternative that needs nothing is taken, of an object what it needs", () => {
  const needy = Type.Object({ size: Type.Integer(), more: Type.Optional(Type.Integer()) });
  const choice = Choice({ needy, bare: Type.Object({}) }, { description: "" });
  assert.deepEqual(sampleOf(choice), { use: "bare" });
  assert.deepEqual(alternativeSample("use", "needy", needy), { use: "needy", size: 1 });
});

Deno.test("a value that moves ends elsewhere than it starts", () => {
  const curve = CurveField({ description: "The rate", minimum: 0 });
  assert.equal(sampleOf(curve), 1);
  const moving = Type.Object({ start: Type.Number(), end: Type.Number() });
  assert.deepEqual(alternativeSample("use", "cosine", moving), {
    use: "cosine",
    start: 1,
    end: 0.5,
  });
});
