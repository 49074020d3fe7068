import assert from "node:assert/strict";
import type { AnyOp } from "../../../engine/op.ts";
import { defineOp, input, Reference, Type } from "../../../engine/op.ts";
import type { Linked } from "../../../engine/graph/facts_of.ts";
import { link } from "../../../engine/graph/link.ts";
import type { ExpandedRecipe, Step } from "../../../engine/recipe/recipe.ts";
import { numberKind } from "../run/support/fake.ts";
import { type CompiledStep, inWords, ops, reported } from "./compiled.ts";

const common = {
  version: 1,
  numerics: "none",
  output: numberKind,
  summary: "Is",
  example: {},
} as const;
const data = defineOp({
  ...common,
  name: "data",
  inputs: {},
  params: Type.Object({}),
  output: { ...numberKind, name: "dataset" },
  run: () => 1,
});
const reader = (parts?: () => readonly string[]) =>
  defineOp({
    ...common,
    name: "reader",
    inputs: {
      model: input(numberKind, "is read", parts && { parts }),
      others: input(numberKind, "are read", { many: true, optional: true }),
      samples: input({ ...numberKind, name: "dataset" }, "are read", { optional: true }),
    },
    params: Type.Object({ like: Type.Optional(Reference("model", { description: "A model" })) }),
    run: () => 1,
  });

const above: readonly CompiledStep[] = [
  { name: "samples", op: data },
  { name: "one", op: ops.constant },
  { name: "two", op: ops.constant },
  { name: "broken", op: ops.constant, broken: true },
];

/** How a step that reads these inputs is bound, and what is reported. */
function linked(
  inputs: Step["inputs"],
  { op = reader(), params = {}, more = {}, recipe = {}, steps = above }: {
    readonly op?: AnyOp;
    readonly params?: Step["params"];
    readonly more?: Partial<Step>;
    readonly recipe?: Partial<ExpandedRecipe>;
    readonly steps?: readonly CompiledStep[];
  } = {},
) {
  const step: Step = {
    name: "step",
    op: op.name,
    inputs,
    params,
    path: "steps.9",
    paths: {},
    ...more,
  };
  const later: Step = {
    name: "later",
    op: "constant",
    inputs: {},
    params: {},
    path: "steps.10",
    paths: {},
  };
  const below = new Map([["step", step], ["later", later]]);
  let found: Linked | undefined;
  const problems = reported(steps, (whole, compiled, problems) => {
    found = link({ ...whole, ...recipe }, step, op, { compiled, below, problems });
  });
  return { ...found!, problems: inWords(problems) };
}

Deno.test("names of steps above are bound, in inputs, lists of them and parameters", () => {
  assert.deepEqual(
    linked({ model: "one", others: ["two", "one"], samples: "samples" }, {
      params: { like: "two" },
    }),
    {
      inputs: { model: "one", others: ["two", "one"], samples: "samples" },
      references: { like: "two" },
      broken: false,
      problems: [],
    },
  );
});

Deno.test("an input that is not there is missed only where the parameters need it", () => {
  assert.deepEqual(linked({}).problems, [
    "missing-input steps.9 `step` needs a model as `model`, and there is none " +
    "(model: one, or two, or broken)",
  ]);
  assert.equal(linked({}).broken, true);
  assert.deepEqual(linked({}, { op: reader(() => []) }).problems, []);
  assert.equal(linked({}, { op: reader(() => ["part"]) }).problems.length, 1);
  assert.match(linked({}, { steps: [] }).problems[0]!, /\(model: a step or role above it\)$/);
  const needy = {
    ...reader(),
    inputs: { data: input({ ...numberKind, name: "dataset" }, "is read") },
  };
  assert.deepEqual(linked({}, { op: needy }).problems, [
    "missing-input steps.9 `step` needs a data set as `data`, and there is none (data: digits)",
  ]);
});

Deno.test("a name of the wrong kind, or of nothing, is reported where it stands", () => {
  const wrong = linked({ model: "samples", others: ["one", "tow"] });
  assert.deepEqual(wrong.problems, [
    "wrong-kind steps.9.model `samples` is a data set, and a model is needed here",
    "unknown-name steps.9.others.1 there is no model `tow` above this step (there is: two, one, broken)",
  ]);
  assert.deepEqual([wrong.inputs, wrong.broken], [{ others: ["one"] }, true]);
  assert.deepEqual(linked({ model: "one" }, { params: { like: "thre" } }).problems, [
    "unknown-name steps.9.like there is no model `thre` above this step (there is: one, two, broken)",
  ]);
  assert.match(
    linked({ model: "x" }, { steps: [] }).problems[0]!,
    /\(no model is made above it\)$/,
  );
});

Deno.test("a step below is not there yet, and the step itself never is", () => {
  assert.deepEqual(linked({ model: "later" }).problems, [
    "unknown-name steps.9.model `later` is made below (steps.10); a step uses what is above it " +
    "(move steps.10 above steps.9)",
  ]);
  assert.deepEqual(linked({ model: "step" }).problems, [
    "unknown-name steps.9.model `step` is the name of this step itself; a step uses what is above it",
  ]);
  const place = (path: string) => ({
    source: "a",
    line: path === "steps.10" ? 12 : 7,
    column: 1,
    length: 1,
    path,
  });
  assert.deepEqual(linked({ model: "later" }, { recipe: { place } }).problems, [
    "unknown-name steps.9.model `later` is made below (line 12); a step uses what is above it " +
    "(move the step at line 12 above line 7)",
  ]);
});

Deno.test("what follows from something broken is broken, and is not reported again", () => {
  const follows = linked({ model: "broken" });
  assert.deepEqual([follows.inputs, follows.broken, follows.problems], [
    { model: "broken" },
    true,
    [],
  ]);
  assert.deepEqual(linked({ model: "nothing" }, { more: { broken: true } }), {
    inputs: {},
    references: {},
    broken: true,
    problems: [],
  });
});
