/** What a schema asks for: one form for each way to write a field. */
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
import {
  type Form,
  formOf,
  mustBeWritten,
  neededFields,
} from "../../../../engine/recipe/words/form.ts";

const number = Type.Number({ description: "A number" });
const described = { description: "x" };

Deno.test("each way to write a field has its form", () => {
  const forms: readonly (readonly [Form["form"], TSchema])[] = [
    ["object", Type.Object({})],
    ["choice", Choice({ a: Type.Object({}) }, described)],
    ["by-type", ByType({ number }, described)],
    ["by-type", CurveField(described)],
    ["list", ListOf(number, described)],
    ["list", Type.Array(number)],
    ["tuple", Type.Tuple([number, number])],
    ["map", Type.Record(Type.String(), number)],
    ["selectors", Selectors(described)],
    ["reference", Reference("model", described)],
    ["source", Source(described)],
    ["word", OneOf(["a", "b"], described)],
    ["word", Type.Union([Type.Literal("a"), Type.Literal("b")])],
    ["constant", Type.Literal("a")],
    ["number", number],
    ["text", Type.String()],
    ["boolean", Type.Boolean()],
    ["any", Type.Any()],
  ];
  for (const [form, schema] of forms) assert.equal(formOf(schema).form, form);
});

Deno.test("a schema without a shape in the language is a mistake of ours", () => {
  assert.throws(() => formOf(Type.Union([number, Type.String()])), TypeError);
  assert.throws(() => formOf(Type.Null()), TypeError);
});

Deno.test("bounds are read, and are there where none are written", () => {
  assert.deepEqual(formOf(Type.String({ minLength: 2, maxLength: 3, pattern: "^a" })), {
    form: "text",
    pattern: "^a",
    least: 2,
    most: 3,
  });
  assert.deepEqual(formOf(Type.String()), { form: "text", least: 0, most: 10_000 });
  const list = formOf(ListOf(number, { ...described, minItems: 1 }));
  assert.ok(list.form === "list" && list.least === 1 && Number.isFinite(list.most));
  const whole = formOf(Type.Integer({ minimum: 1 }));
  assert.ok(whole.form === "number" && whole.whole && whole.limits.minimum === 1);
});

Deno.test("the form of a schema is made once, however often it is asked for", () => {
  assert.equal(formOf(number), formOf(number));
});

Deno.test("a curve is a number or a movement, and each end of a movement keeps the limits of moving", () => {
  const curve = CurveField({
    description: "The rate, of steps",
    exclusiveMinimum: 0,
    moving: { minimum: 0 },
  });
  const form = formOf(curve);
  assert.ok(form.form === "by-type");
  assert.deepEqual(Object.keys(form.types), ["number", "object"]);
  assert.equal(formLimits(form.types.number!).exclusiveMinimum, 0);
  const movement = formOf(form.types.object!);
  assert.ok(movement.form === "choice");
  assert.deepEqual(Object.keys(movement.alternatives), [
    "linear",
    "cosine",
    "cubic",
    "exponential",
    "step",
  ]);
  const linear = formOf(movement.alternatives.linear!);
  assert.ok(linear.form === "object");
  for (const end of ["start", "end"]) {
    assert.equal(formLimits(linear.fields[end]!).minimum, 0);
    assert.match(linear.fields[end]!.description!, /^The rate, /);
  }
  assert.equal(form.curve?.still.exclusiveMinimum, 0);
  assert.equal(form.curve?.moving.minimum, 0);
});

function formLimits(schema: TSchema) {
  const form = formOf(schema);
  assert.ok(form.form === "number");
  return form.limits;
}

Deno.test("a field must be written unless it is optional or has a default; a choice needs its tag", () => {
  const object = Type.Object({
    needed: number,
    usual: Type.Number({ default: 3 }),
    free: Type.Optional(number),
  });
  const form = formOf(object);
  assert.ok(form.form === "object");
  assert.deepEqual(["needed", "usual", "free"].map((name) => mustBeWritten(form, name)), [
    true,
    false,
    false,
  ]);
  assert.deepEqual(neededFields(object), ["needed"]);
  assert.deepEqual(neededFields(Choice({ a: object }, { ...described, tag: "scheme" })), [
    "scheme",
  ]);
  assert.deepEqual(neededFields(number), []);
});

Deno.test("a schema without a shape in the language is told in whole", () => {
  assert.throws(() => formOf(Type.Null()), {
    name: "TypeError",
    message: 'Cannot use a schema of type "null" in a recipe',
  });
  assert.throws(() => formOf(Type.Union([Type.Literal("a"), Type.Literal(1)])), {
    name: "TypeError",
    message: "Cannot use a union in a recipe: use a choice, or alternatives by type",
  });
});

Deno.test("the fields of a movement are told apart by when they hold, and the alternatives beside them are there", () => {
  const also = { measured: Type.Object({}, { description: "As it is measured" }) };
  const form = formOf(CurveField({ description: "The rate, of steps", also }));
  assert.ok(form.form === "by-type");
  assert.equal(form.types.number!.description, "The rate, all the time");
  assert.equal(form.types.object!.description, "A value that moves over the training");
  const movement = formOf(form.types.object!);
  assert.ok(movement.form === "choice");
  assert.equal(movement.alternatives.measured, also.measured);
  const { linear, exponential } = movement.alternatives;
  assert.equal(linear!.properties, exponential!.properties);
  assert.equal(linear!.description, "A value that moves in a straight line");
  assert.equal(exponential!.description, "A value that moves by one factor an update");
  const fields = (name: string) => {
    const inner = formOf(movement.alternatives[name]!);
    assert.ok(inner.form === "object");
    return Object.fromEntries(
      Object.entries(inner.fields).map(([field, { description }]) => [
        field,
        [description, mustBeWritten(inner, field)],
      ]),
    );
  };
  assert.deepEqual(fields("linear"), {
    start: ["The rate, at the first epoch", true],
    end: ["The rate, from the last epoch on", true],
    epochs: ["First and last epoch of the movement; without it the whole training", false],
    warmup: ["Epochs in which it rises from 0", false],
  });
  assert.deepEqual(fields("step"), {
    start: ["The rate, at first", true],
    factor: ["What it is multiplied by at each of the epochs", true],
    at: ["Epochs at which it changes", true],
  });
});

Deno.test("the numbers of a movement have bounds of their own", () => {
  const form = formOf(CurveField({ description: "x" }));
  assert.ok(form.form === "by-type");
  const movement = formOf(form.types.object!);
  assert.ok(movement.form === "choice");
  const field = (name: string, field: string) => {
    const inner = formOf(movement.alternatives[name]!);
    assert.ok(inner.form === "object");
    return formOf(inner.fields[field]!);
  };
  const epochs = field("linear", "epochs");
  assert.ok(epochs.form === "tuple" && epochs.ascending && epochs.items.length === 2);
  assert.equal(formLimits(epochs.items[0]!).minimum, 0);
  const warmup = field("cosine", "warmup");
  assert.ok(warmup.form === "number" && warmup.limits.exclusiveMinimum === 0);
  const factor = field("step", "factor");
  assert.ok(factor.form === "number" && factor.limits.exclusiveMinimum === 0);
  const at = field("step", "at");
  assert.ok(at.form === "list" && at.least === 1);
});

Deno.test("a pair of numbers rises only where its field says so", () => {
  const pair = Type.Tuple([number, number]);
  const rising = Type.Tuple([number, number], { "x-ascending": true });
  assert.deepEqual(
    [pair, rising].map((schema) => (formOf(schema) as { ascending?: boolean }).ascending),
    [
      false,
      true,
    ],
  );
});
