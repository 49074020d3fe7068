/** The fields of blocks, and blocks with fields added. */
import assert from "node:assert/strict";
import { Choice, type TSchema, Type } from "../../../../engine/field.ts";
import {
  alsoCalled,
  fieldsOf,
  inOrder,
  pickFields,
  withAlsoCalled,
  withFields,
  withOwnFields,
} from "../../../../engine/recipe/words/schema_fields.ts";
import { fc } from "../../../deps.ts";

const [one, two, three] = [Type.Number(), Type.String(), Type.Boolean()];
const object = Type.Object({ a: one, b: two }, { description: "An object" });
const choice = Choice({ x: object, y: Type.Object({ c: three }) }, {
  description: "A choice",
  tag: "scheme",
  default: "y",
  untagged: Type.Object({ d: one }),
});
const names = (schema: TSchema) => Object.keys(fieldsOf(schema));
const parts = (schema: TSchema) => {
  const { alternatives, untagged } = schema["x-choice"];
  return [...Object.values(alternatives), untagged].map((each) => names(each as TSchema));
};

Deno.test("the fields of a choice are those of all alternatives, of one inside another too", () => {
  assert.deepEqual(names(object), ["a", "b"]);
  assert.deepEqual(names(choice), ["a", "b", "c", "d"]);
  assert.deepEqual(names(Choice({ z: choice as never }, { description: "Outer" })), [
    ...["a", "b", "c", "d"],
  ]);
  assert.deepEqual(names(one), []);
});

Deno.test("fields are added to every alternative, and to what stands without a tag", () => {
  const wide = withFields(choice, { a: three, e: one });
  assert.deepEqual(parts(wide), [["a", "b", "e"], ["c", "a", "e"], ["d", "a", "e"]]);
  assert.equal(fieldsOf(wide["x-choice"].alternatives.x).a, three, "one of the same name goes");
  assert.deepEqual([wide["x-choice"].tag, wide.description, wide.default], [
    ...["scheme", "A choice", "y"],
  ]);
  assert.deepEqual(names(choice), ["a", "b", "c", "d"], "what was given stays");
});

Deno.test("a choice of formats that gets fields still knows the formats of others", () => {
  const formats = Choice({ x: object }, { description: "A format", foreignFormats: ["h5"] });
  assert.deepEqual(withFields(formats, { c: three })["x-choice"].foreignFormats, ["h5"]);
  assert.equal("foreignFormats" in withFields(choice, { c: three })["x-choice"], false);
});

Deno.test("fields in the place of their own are not added where there are none", () => {
  const own = withOwnFields(choice, { a: three, e: one });
  assert.deepEqual(parts(own), [["a", "b"], ["c"], ["d"]]);
  assert.equal(fieldsOf(own["x-choice"].alternatives.x).a, three);
});

Deno.test("picked are the fields that are there, in the order in which they are asked for", () => {
  assert.deepEqual(Object.keys(pickFields({ a: one, b: two, c: three }, ["c", "z", "a"])), [
    "c",
    "a",
  ]);
});

Deno.test("a block has the words of other toolkits only where its op has some", () => {
  assert.equal(withAlsoCalled(object, { alsoCalled: [] }), object);
  assert.deepEqual(alsoCalled(withAlsoCalled(object, { alsoCalled: ["kd"] })), ["kd"]);
  assert.deepEqual([alsoCalled(object), alsoCalled(undefined)], [[], []]);
});

Deno.test("values stand in the order of the chosen alternative, the tag before them", () => {
  const keys = (values: Record<string, unknown>, schema: TSchema = choice) =>
    Object.keys(inOrder(schema, values));
  assert.deepEqual(keys({ b: 1, scheme: "x", a: 2 }), ["scheme", "a", "b"]);
  assert.deepEqual(keys({ c: 1, scheme: "y" }), ["scheme", "c"]);
  assert.deepEqual(keys({ b: 1, a: 2 }, object), ["a", "b"]);
  const untagged = Choice({ x: object }, {
    description: "A choice",
    untagged: Type.Object({ b: two, a: one }),
  });
  assert.deepEqual(keys({ a: 1, b: 2 }, untagged), ["b", "a"]);
});

Deno.test("in order, equal values are printed alike however they were written", () => {
  const written = fc.shuffledSubarray(["a", "b", "scheme"], { minLength: 3 });
  fc.assert(fc.property(written, (order) => {
    const values: Readonly<Record<string, unknown>> = { scheme: "x", a: 1, b: 2 };
    const shuffled = Object.fromEntries(order.map((name) => [name, values[name]]));
    assert.equal(JSON.stringify(inOrder(choice, shuffled)), JSON.stringify(values));
  }));
});

Deno.test("an object keeps its description when it gets fields, and gets none that it has not", () => {
  const wide = withFields(object, { c: three });
  assert.deepEqual([wide.type, wide.description, names(wide)], [
    ...["object", "An object", ["a", "b", "c"]],
  ]);
  assert.equal("description" in withFields(Type.Object({ a: one }), {}), false);
});
