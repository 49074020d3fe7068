/** Trees by their schemas: one long shape, defaults filled in, and every mistake told once, where it stands. */
import assert from "node:assert/strict";
import type { Json } from "../../../../engine/digest.ts";
import {
  ByType,
  Choice,
  CurveField,
  ListOf,
  Selectors,
  type TSchema,
  Type,
} from "../../../../engine/field.ts";
import { defaultOf, normalize, normalizeValue } from "../../../../engine/recipe/check/normalize.ts";
import { told, treeOf } from "../trees.ts";

const described = { description: "x" };
const number = Type.Number({ description: "A number" });

/** The value of a text by a schema, and what is wrong with it. */
function read(schema: TSchema, text: string): { readonly value?: Json; readonly wrong: string[] } {
  let value: Json | undefined;
  const wrong = told((problems) => {
    value = normalize(schema, { tree: treeOf(text), path: "at" }, problems);
  });
  return { ...(value !== undefined && { value }), wrong };
}

/** The same in one line each: code and path. */
const codes = (schema: TSchema, text: string) =>
  read(schema, text).wrong.map((line) => line.split(": ")[0]);

const sound = (schema: TSchema, text: string) => {
  const { value, wrong } = read(schema, text);
  assert.deepEqual(wrong, []);
  return value;
};

const model = Choice({
  mlp: Type.Object({ hidden: ListOf(number, { ...described, minItems: 1 }) }),
  lenet: Type.Object({ width: Type.Number({ default: 1, description: "Width" }) }),
}, { ...described, untagged: Type.Object({ from: Type.String() }) });

Deno.test("a bare name is the map with its defaults; what needs more is told what", () => {
  assert.deepEqual(sound(model, "lenet"), { use: "lenet", width: 1 });
  assert.deepEqual(sound(model, "{ use: lenet, width: 2 }"), { use: "lenet", width: 2 });
  assert.deepEqual(codes(model, "mlp"), ["missing-parameter at"]);
  assert.deepEqual(codes(model, "toString"), ["unknown-value at"]);
});

Deno.test("what has no tag is a choice by its needed field; a map with neither is told so", () => {
  assert.deepEqual(sound(model, "{ from: x }"), { from: "x" });
  assert.deepEqual(codes(model, "{ width: 2 }"), ["missing-field at"]);
  assert.deepEqual(codes(model, "{ use: 3 }"), ["wrong-type at.use"]);
  assert.deepEqual(codes(model, "[lenet]"), ["wrong-type at"]);
});

Deno.test("tags of a choice inside a choice are both there", () => {
  const inner = Choice({ channel: Type.Object({ ratio: number }) }, {
    ...described,
    tag: "granularity",
  });
  const outer = Choice({ prune: inner as never }, { ...described, tag: "op" });
  assert.deepEqual(sound(outer, "{ op: prune, granularity: channel, ratio: 0.5 }"), {
    op: "prune",
    granularity: "channel",
    ratio: 0.5,
  });
  assert.deepEqual(codes(outer, "{ op: prune }"), ["missing-field at"]);
});

Deno.test("one value stands for its list and keeps its path; an entry has its index, a wrong one leaves a hole", () => {
  const list = ListOf(number, { ...described, minItems: 1, maxItems: 3 });
  assert.deepEqual(sound(list, "7"), [7]);
  assert.deepEqual(read(list, "[1, x, 3]").value, [1, null, 3]);
  assert.deepEqual(codes(list, "[1, x, 3]"), ["wrong-type at.1"]);
  assert.deepEqual(codes(list, "x"), ["wrong-type at"]);
  assert.deepEqual(read(list, "[]").wrong, [
    "out-of-range at: `at` must have at least 1 entry; this has 0",
  ]);
  assert.deepEqual(read(list, "[1, 2, 3, 4]").wrong, [
    "out-of-range at: `at` must have at most 3 entries; this has 4",
  ]);
  assert.deepEqual(codes(list, "null"), ["wrong-type at"]);
});

Deno.test("a tuple has its length, and rises where it must: neither equal nor back", () => {
  const pair = Type.Tuple([number, number], { "x-ascending": true });
  assert.deepEqual(sound(pair, "[1, 2]"), [1, 2]);
  for (const text of ["[2, 1]", "[1, 1]"]) assert.deepEqual(codes(pair, text), ["out-of-range at"]);
  for (const text of ["[1]", "[1, 2, 3]", "1"]) {
    assert.deepEqual(codes(pair, text), ["wrong-type at"]);
  }
  assert.deepEqual(codes(pair, "[1, x]"), ["wrong-type at.1"], "told once");
  assert.deepEqual(sound(Type.Tuple([number, number]), "[2, 1]"), [2, 1]);
});

Deno.test("by type: a name stands for a map, a text of digits for a number, one map for a list of it", () => {
  const rank = ByType({
    number,
    object: Choice({ energy: Type.Object({}) }, described),
  }, described);
  assert.equal(sound(rank, "8"), 8);
  assert.deepEqual(sound(rank, "energy"), { use: "energy" });
  assert.match(read(rank, '"8"').wrong[0]!, /without quotes it is one: 8$/);
  assert.deepEqual(codes(rank, "true"), ["wrong-type at"]);
  const points = ByType({ list: ListOf(Type.Record(Type.String(), number), described) }, described);
  assert.deepEqual(sound(points, "{ a: 1 }"), [{ a: 1 }]);
  assert.deepEqual(sound(Selectors(described), "conv1"), ["conv1"]);
});

const train = Type.Object({
  epochs: Type.Integer({ minimum: 1, description: "Passes" }),
  rate: CurveField({ description: "The rate", exclusiveMinimum: 0, exclusiveMaximum: 1 }),
});

Deno.test("a curve is held against the epochs of its own block, wherever they are written in it", () => {
  const steps = "rate: { use: step, start: 0.5, factor: 3, at: [5] }";
  assert.deepEqual(codes(train, `{ ${steps}, epochs: 9 }`), ["out-of-range at.rate.factor"]);
  assert.deepEqual(codes(train, `{ ${steps}, epochs: 4 }`), []);
  const stage = Type.Object({
    rate: CurveField({ description: "The rate", exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    finetune: Type.Optional(Type.Object({ epochs: number })),
  });
  assert.deepEqual(codes(stage, `{ ${steps}, finetune: { epochs: 4 } }`), []);
  assert.deepEqual(codes(stage, `{ ${steps}, finetune: { epochs: 6 } }`), [
    "out-of-range at.rate.factor",
  ]);
});

Deno.test("a field that was meant by another name is not called missing too", () => {
  assert.deepEqual(codes(train, "{ num_epochs: 3, rate: 0.1 }"), ["unknown-field at.num_epochs"]);
  assert.deepEqual(codes(train, "{ xyz: 3, rate: 0.1 }"), [
    "unknown-field at.xyz",
    "missing-field at",
  ]);
});

Deno.test("what is wrong is left out of its map, and what was told before is not told again", () => {
  assert.deepEqual(read(train, "{ epochs: 0, rate: 0.1 }").value, { rate: 0.1 });
  const tree = { ...treeOf("0"), broken: true as const };
  assert.deepEqual(told((problems) => normalize(number, { tree, path: "x" }, problems)), []);
});

Deno.test("a default is in its long shape, and that of a task goes before the usual one", () => {
  const field: TSchema = {
    ...model,
    default: "lenet",
    "x-task-defaults": { regression: { use: "lenet", width: 3 } },
  };
  assert.deepEqual(defaultOf(field), { use: "lenet", width: 1 });
  assert.deepEqual(defaultOf(field, "regression"), { use: "lenet", width: 3 });
  assert.deepEqual(defaultOf(field, "classification"), { use: "lenet", width: 1 });
});

Deno.test("a default or a value of our own that its schema refuses is a mistake of ours", () => {
  assert.throws(() => defaultOf({ ...model, default: "mlp" }), TypeError);
  assert.throws(() => normalizeValue(number, "x"), /^TypeError: Cannot use this value: /);
  assert.throws(() => normalizeValue(number, NaN), TypeError);
  assert.deepEqual(normalizeValue(model, { use: "mlp", hidden: 3 }), { use: "mlp", hidden: [3] });
});

Deno.test("one of its needed fields is enough to tell the alternative without a tag; a block keeps its name in a list", () => {
  const choice = Choice({ mlp: Type.Object({}) }, {
    ...described,
    untagged: Type.Object({ from: Type.String(), format: Type.String() }),
  });
  assert.match(read(choice, "{ from: x }").wrong[0]!, /^missing-field at: `at` needs `format`/);
  const list = ListOf(Type.Object({ epochs: number }), described);
  assert.match(read(list, "[{ epochs: 1, xyz: 2 }]").wrong[0]!, /`at` has no field `xyz`/);
});

Deno.test("an alternative that is no map is a mistake of ours", () => {
  const choice = Choice({ a: number as never }, described);
  assert.throws(() => read(choice, "{ use: a }"), {
    name: "TypeError",
    message: "Cannot use anything but objects as the alternatives of a choice",
  });
});

Deno.test("a block that stands in a list of its own is the recipe's", () => {
  const list = ListOf(Type.Object({ epochs: number }), described);
  assert.throws(
    () => normalizeValue(list, [{ epochs: 1, xyz: 2 }]),
    /a recipe has no field `xyz`/,
  );
});

Deno.test("a pair that falls is shown as it is", () => {
  const pair = Type.Tuple([number, number], { "x-ascending": true });
  assert.deepEqual(read(pair, "[2, 1]").wrong, ["out-of-range at: `at` must rise; this is [2, 1]"]);
});

Deno.test("a map has any names, an unsound value leaves a hole at its own path", () => {
  const map = Type.Record(Type.String(), number);
  assert.deepEqual(read(map, "{ a: 1, b: x }").value, { a: 1, b: null });
  assert.deepEqual(codes(map, "{ a: 1, b: x }"), ["wrong-type at.b"]);
  assert.deepEqual(codes(map, "[1]"), ["wrong-type at"]);
});
