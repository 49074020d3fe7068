/** The fields of a block as help lists them, and what may stand in each. */
import assert from "node:assert/strict";
import {
  ByType,
  Choice,
  CurveField,
  ListOf,
  OneOf,
  Reference,
  Selectors,
  Source,
  type TSchema,
} from "../../../../engine/field.ts";
import { Type } from "../../../../engine/deps/typebox_type.ts";
import { formOf } from "../../../../engine/recipe/words/form.ts";
import { parametersOf, valuesText } from "../../../../engine/recipe/words/parameters.ts";

const d = { description: "A field" };
const whole = Type.Integer({ minimum: 1, description: "A count" });
const listed = (block: TSchema) =>
  parametersOf(block).map(({ name, required, where }) => [name, required, where]);

Deno.test("a field without a default is required unless it is optional", () => {
  const block = Type.Object({
    must: whole,
    may: Type.Optional(whole),
    usual: Type.Integer({ default: 3, description: "A count" }),
  });
  assert.deepEqual(listed(block), [
    ["must", true, undefined],
    ["may", false, undefined],
    ["usual", false, undefined],
  ]);
});

Deno.test("the tag comes first, and each shape of a field stands once with who has it", () => {
  const block = Choice({
    a: Type.Object({ all: whole, some: whole }),
    b: Type.Object({ some: Type.Optional(whole), all: whole }),
    c: Type.Object({ all: whole, own: whole, some: whole }),
  }, d);
  assert.deepEqual(listed(block), [
    ["use", true, undefined],
    ["all", true, undefined],
    ["some", true, ["a", "c"]],
    ["some", false, ["b"]],
    ["own", true, ["c"]],
  ]);
  const [tag] = parametersOf(block);
  assert.equal(valuesText(tag!.form), "a, b, c");
});

Deno.test("where a block may do without its tag, the tag is not required and the rest says so", () => {
  const block = Choice({ a: Type.Object({ own: whole }) }, {
    ...d,
    tag: "scheme",
    untagged: Type.Object({ from: whole }),
  });
  assert.deepEqual(listed(block), [
    ["scheme", false, undefined],
    ["own", true, ["a"]],
    ["from", true, ["no scheme"]],
  ]);
});

Deno.test("what is no block has no fields", () => {
  assert.deepEqual(parametersOf(whole), []);
});

const values: Readonly<Record<string, TSchema>> = {
  "one, two": OneOf(["one", "two"], d),
  "a, b": Choice({ a: Type.Object({}), b: Type.Object({}) }, d),
  "whole number at least 1": whole,
  "number above 0 and below 1": Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
  "number": Type.Number(d),
  "list of whole number at least 1": ListOf(whole, d),
  "[number, boolean]": Type.Tuple([Type.Number(d), Type.Boolean(d)]),
  "one or object": ByType({ string: OneOf(["one"], d), object: Type.Object({ x: whole }) }, d),
  "1": Type.Literal(1, d),
  "name of a model": Reference("model", d),
  "path or URL": Source(d),
  "selectors of layers of model": Selectors(d),
  "{ x, y }": Type.Object({ x: whole, y: whole }),
  "text": Type.String(d),
  "boolean": Type.Boolean(d),
  "map": Type.Record(Type.String(), Type.String(d)),
  "map of number": Type.Record(Type.String(), Type.Number(d)),
  "one or map of number": ByType({
    string: OneOf(["one"], d),
    object: Type.Record(Type.String(), Type.Number(d)),
  }, d),
  "any": Type.Unknown(d),
};
for (const [text, schema] of Object.entries(values)) {
  Deno.test(`what may stand in a field is said: ${text}`, () => {
    assert.equal(valuesText(formOf(schema)), text);
  });
}

Deno.test("a number that may move is said as a number, or what moves it", () => {
  const text = valuesText(formOf(CurveField({ minimum: 0, description: "A rate", default: 1 })));
  assert.match(text, /^number at least 0 or /);
});
