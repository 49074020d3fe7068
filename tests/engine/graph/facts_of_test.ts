import assert from "node:assert/strict";
import type { Facts } from "../../../engine/facts.ts";
import { factsOf } from "../../../engine/graph/facts_of.ts";
import { type AnyOp, defineOp, input, ParameterError, Type } from "../../../engine/op.ts";
import type { Step } from "../../../engine/recipe/recipe.ts";
import { numberKind } from "../run/fake.ts";
import { type CompiledStep, inWords, ops, reported } from "./compiled.ts";

const model = (layers: boolean): Facts => ({
  kind: "model",
  learned: true,
  established: [],
  ...layers && { layers: [] },
});

/** An op whose facts are what a function makes of what it is given. */
const reader = (facts: AnyOp["facts"]): AnyOp =>
  defineOp({
    name: "reader",
    version: 1,
    summary: "Reads",
    inputs: {
      model: input(numberKind, "is read"),
      many: input(numberKind, "are read", { many: true }),
    },
    output: numberKind,
    numerics: "none",
    params: Type.Object({}),
    example: {},
    facts: facts as never,
    run: () => 1,
  });

/** The facts of a step that reads these. */
function factsFrom(
  steps: readonly CompiledStep[],
  {
    op = reader(() => model(true)),
    inputs = {},
    references = {},
    known,
    lost = [],
    broken = false,
  }: {
    readonly op?: AnyOp;
    readonly inputs?: Step["inputs"];
    readonly references?: Readonly<Record<string, string>>;
    readonly known?: Facts;
    readonly lost?: readonly string[];
    readonly broken?: boolean;
  } = {},
) {
  const step: Step = {
    name: "step",
    op: op.name,
    inputs,
    params: { a: 1 },
    path: "steps.9",
    paths: {},
  };
  let found: ReturnType<typeof factsOf> | undefined;
  const problems = reported(steps, (recipe, compiled, problems) => {
    const linked = { step, op, inputs, references, broken };
    found = factsOf(recipe, linked, { compiled, known, lost, problems });
  });
  return { ...found!, problems: inWords(problems) };
}

const one: CompiledStep = { name: "one", op: ops.constant, facts: model(true) };
const open: CompiledStep = { name: "open", op: ops.constant, facts: model(false), open: true };
const waiting: CompiledStep = { name: "waiting", op: ops.constant, open: true, waits: "open" };

Deno.test("an op is given what is known of its inputs and references, and its parameters", () => {
  const seen: unknown[] = [];
  const op = reader((given, params) => {
    seen.push(given, params);
    return model(true);
  });
  const found = factsFrom([one, open, { name: "unknown", op: ops.constant }], {
    op,
    inputs: { model: "one", many: ["one", "unknown", "open"] },
    references: { "loss.0.teacher": "open" },
  });
  assert.deepEqual(seen, [
    {
      model: one.facts,
      many: [one.facts, open.facts],
      "loss.0.teacher": open.facts,
    },
    { a: 1 },
  ]);
  assert.deepEqual(found, {
    facts: model(true),
    open: false,
    waits: "open",
    broken: false,
    problems: [],
  });
});

Deno.test("a step waits for the first of its inputs that is open, or for what that one waits for", () => {
  const waits = (...many: string[]) => factsFrom([one, open, waiting], { inputs: { many } }).waits;
  assert.equal(waits("one"), undefined);
  assert.equal(waits("one", "open", "waiting"), "open");
  assert.equal(waits("waiting"), "open");
});

Deno.test("facts are open while a shape in them is", () => {
  const isOpen = (facts: Facts) => factsFrom([], { op: reader(() => facts) }).open;
  assert.deepEqual([isOpen(model(true)), isOpen(model(false))], [false, true]);
  const data = { kind: "dataset", task: "classification" } as const;
  assert.equal(isOpen({ ...data, input: [4], outputs: 3 }), false);
  assert.equal(isOpen({ ...data, input: [4] }), true);
  assert.equal(isOpen({ ...data, outputs: 3 }), true);
  const text = { ...data, input: [4], outputs: 3 };
  assert.equal(isOpen({ ...text, text: {} as never }), true);
  assert.equal(isOpen({ ...text, text: { vocabulary: 9 } as never }), false);
  assert.equal(isOpen({ kind: "files" }), false);
});

Deno.test("what was learned in a run is known, and nothing is asked", () => {
  const op = reader(() => assert.fail("it is known"));
  const found = factsFrom([open], { op, known: model(true), inputs: { model: "open" } });
  assert.deepEqual([found.facts, found.open, found.waits], [model(true), false, undefined]);
});

Deno.test("of a broken step nothing is known, and nothing is asked", () => {
  const op = reader(() => assert.fail("it is broken"));
  const { problems: _, ...found } = factsFrom([], { op, broken: true });
  assert.deepEqual(found, { facts: undefined, open: true, waits: undefined, broken: true });
});

const refusing = (code: ConstructorParameters<typeof ParameterError>[0], path: string) =>
  reader(() => {
    throw new ParameterError(code, path, "it does not fit", "make it fit");
  });

Deno.test("what an op finds wrong stands at its parameter, and what diverges is out of range", () => {
  const found = factsFrom([open], { op: refusing("order", "a.0"), inputs: { model: "open" } });
  assert.deepEqual(found, {
    facts: undefined,
    open: true,
    waits: "open",
    broken: true,
    problems: ["order steps.9.a.0 it does not fit (make it fit)"],
  });
  assert.match(
    factsFrom([], { op: refusing("diverged", "") }).problems[0]!,
    /^out-of-range steps\.9 /,
  );
  const failing = reader(() => {
    throw new TypeError("a fault");
  });
  assert.throws(() => factsFrom([], { op: failing }), TypeError);
});

Deno.test("what follows from a selector that matches nothing is not reported again", () => {
  const said = (code: "order" | "selector-empty", path: string) =>
    factsFrom([], { op: refusing(code, path), lost: ["layers.0"] }).problems.length;
  assert.equal(said("order", "layers"), 0);
  assert.equal(said("order", "layers.0"), 0);
  assert.equal(said("order", "layer"), 1);
  assert.equal(said("selector-empty", "anywhere"), 0);
});
