import assert from "node:assert/strict";
import {
  ByType,
  Choice,
  CurveField,
  type CurveLimits,
  LARGEST,
  ListOf,
  OneOf,
  Reference,
  Selectors,
  Source,
  Type,
} from "../../engine/field.ts";
import { fc } from "../deps.ts";

/** A schema without what TypeBox keeps for itself. */
const plain = (schema: unknown) => JSON.parse(JSON.stringify(schema));
const description = "What it is";

Deno.test("a choice is tagged by `use`, or by what it says, and keeps the object without a tag", () => {
  const none = Type.Object({});
  assert.deepEqual(plain(Choice({ a: none }, { description, default: "a" })), {
    description,
    default: "a",
    "x-choice": { tag: "use", alternatives: { a: plain(none) } },
  });
  assert.deepEqual(plain(Choice({ a: none }, { description, tag: "kind", untagged: none })), {
    description,
    "x-choice": { tag: "kind", alternatives: { a: plain(none) }, untagged: plain(none) },
  });
  assert.deepEqual(plain(Choice({ a: none }, { description, foreignFormats: ["h5"] })), {
    description,
    "x-choice": { tag: "use", alternatives: { a: plain(none) }, foreignFormats: ["h5"] },
  });
});

Deno.test("words, lists and alternatives by type are annotations, never anyOf", () => {
  assert.deepEqual(plain(OneOf(["a", "b"], { description, default: "b" })), {
    description,
    default: "b",
    enum: ["a", "b"],
  });
  assert.deepEqual(plain(ListOf(Type.String(), { description, minItems: 1 })), {
    description,
    minItems: 1,
    "x-list": { items: { type: "string" } },
  });
  assert.deepEqual(plain(ByType({ number: Type.Number() }, { description })), {
    description,
    "x-by-type": { number: { type: "number" } },
  });
});

Deno.test("where code of one's own has a place a choice and a word say so, with what its entries share", () => {
  const own = { list: "terms", shared: { weight: Type.Number() } };
  const place = { "x-own": plain(own) };
  assert.deepEqual(plain(Choice({ a: Type.Object({}) }, { description, own })), {
    description,
    "x-choice": { tag: "use", alternatives: { a: plain(Type.Object({})) } },
    ...place,
  });
  assert.deepEqual(plain(OneOf(["a"], { description, own })), {
    description,
    enum: ["a"],
    ...place,
  });
});

Deno.test("a curve has its limits, those of its ends and further alternatives only where they are given", () => {
  assert.deepEqual(plain(CurveField({ description, minimum: 0 })), {
    description,
    "x-curve": { minimum: 0 },
  });
  const also = { sensitivity: Type.Object({}) };
  assert.deepEqual(
    plain(CurveField({ description, default: 0.5, maximum: 1, moving: { minimum: 0 }, also })),
    {
      description,
      default: 0.5,
      "x-curve": { maximum: 1 },
      "x-curve-moving": { minimum: 0 },
      "x-curve-also": plain(also),
    },
  );
});

Deno.test("selectors are of the input `model` where they name no other", () => {
  assert.deepEqual(plain(Selectors({ description })), { description, "x-selectors": "model" });
  assert.deepEqual(plain(Selectors({ description, of: "teacher", default: ["a"] })), {
    description,
    default: ["a"],
    "x-selectors": "teacher",
  });
});

Deno.test("a reference says of what kind it is, and a source that it is one", () => {
  assert.deepEqual(plain(Reference("model", { description })), {
    description,
    "x-reference": "model",
  });
  assert.deepEqual(plain(Source({ description })), { description, "x-source": true });
});

Deno.test("any limits of a curve, and those while it moves, stand as they were given", () => {
  const limits: fc.Arbitrary<CurveLimits> = fc.record(
    { minimum: fc.integer(), maximum: fc.integer(), exclusiveMinimum: fc.integer() },
    { requiredKeys: [], noNullPrototype: true },
  );
  fc.assert(fc.property(limits, fc.option(limits, { nil: undefined }), (still, moving) => {
    const schema = plain(CurveField({ description, ...still, ...(moving && { moving }) }));
    const expected = moving === undefined ? {} : { "x-curve-moving": moving };
    assert.deepEqual(schema, { description, "x-curve": still, ...expected });
  }));
});

Deno.test("words of a list are the schema's own: the list may change afterwards", () => {
  const words = ["a", "b"];
  const schema = plain(OneOf(words, { description })) as { enum: string[] };
  words.push("c");
  assert.deepEqual(schema.enum, ["a", "b"]);
});

Deno.test("limits are whole numbers that a double holds exactly", () => {
  for (const [name, limit] of Object.entries(LARGEST)) {
    assert.ok(Number.isSafeInteger(limit) && limit > 0, name);
  }
  // Numbers of 4 bytes: all that 32-bit addresses reach; a quarter of it for one layer's values.
  assert.equal(4 * LARGEST.parameters, 2 ** 32);
  assert.equal(4 * LARGEST.values, 2 ** 30);
  assert.equal(LARGEST.samples, 2 ** 31 - 1);
});
