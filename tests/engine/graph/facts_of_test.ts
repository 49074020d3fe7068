import assert from "node:assert/strict";
import { DecantError } from "../../../engine/error.ts";
import type { Facts } from "../../../engine/facts.ts";
import { factsOf } from "../../../engine/graph/facts_of.ts";
import { type AnyOp, defineOp, input, ParameterError, Type } from "../../../engine/op.ts";
import type { ExpandedRecipe, Step } from "../../../engine/recipe/recipe.ts";
import { numberKind } from "../run/support/fake.ts";
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
    shaping,
    zoo,
  }: {
    readonly op?: AnyOp;
    readonly inputs?: Step["inputs"];
    readonly references?: Readonly<Record<string, string>>;
    readonly known?: Facts;
    readonly lost?: readonly string[];
    readonly broken?: boolean;
    /** The step whose data give the shapes. */
    readonly shaping?: string;
    /** What a step that is a model of the zoo writes. */
    readonly zoo?: Step["params"];
  } = {},
  recipe: Partial<ExpandedRecipe> = {},
) {
  const step: Step = {
    name: "step",
    op: zoo === undefined ? op.name : "model",
    inputs,
    params: zoo ?? { a: 1 },
    path: "steps.9",
    paths: {},
  };
  let found: ReturnType<typeof factsOf> | undefined;
  const problems = reported(steps, (recipe, compiled, problems) => {
    const named = zoo === undefined ? op : { ...op, name: step.op };
    const linked = { step, op: named, inputs, references, broken };
    const data = shaping === undefined ? {} : { shaping: compiled.get(shaping)! };
    found = factsOf(recipe, linked, { compiled, known, lost, problems, ...data });
  }, recipe);
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

Deno.test("what the facts of code of one's own throw is the failure of the step, in a sentence", () => {
  const throwing = (error: Error) =>
    reader(() => {
      throw error;
    });
  const odd = new TypeError("odd");
  assert.throws(() => factsFrom([], { op: throwing(odd) }), odd, "of Decant's own it is a fault");
  const said = new DecantError("usage", "no");
  const own = (error: Error): AnyOp => ({ ...throwing(error), code: "d" as never });
  assert.throws(() => factsFrom([], { op: own(said) }), said);
  assert.throws(() => factsFrom([], { op: own(odd) }), {
    name: "DecantError",
    code: "step-failed",
    message: /^`step` failed in `reader`, an op \(.*facts_of_test\.ts:\d+:\d+\): odd$/,
  });
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

const lacking =
  "missing-parameter steps.9 `step` needs `input` and `outputs`: there are no data to take them from " +
  "(data: digits, or input: [28, 28, 1], outputs: 10)";

Deno.test("a model of the zoo takes its shapes from data: where there are none, it says so", () => {
  const none = factsFrom([], { zoo: {} });
  assert.deepEqual(none, {
    ...{ facts: undefined, open: true, waits: undefined, broken: true },
    problems: [lacking],
  });
  assert.deepEqual(factsFrom([], { zoo: { input: [4] } }).problems, [lacking]);
  assert.deepEqual(factsFrom([], { zoo: { input: [4], outputs: 2 } }).problems, []);
  const outputs = Type.Optional(Type.Integer({ description: "Classes" }));
  const op = { ...reader(() => model(true)), name: "head", params: Type.Object({ outputs }) };
  assert.deepEqual(factsFrom([], { op }).problems, [
    "missing-parameter steps.9 `step` needs `outputs`: there are no data to take them from " +
    "(data: digits, or outputs: 10)",
  ]);
});

Deno.test("what lacks a vocabulary and is given data that are no text is told", () => {
  const dataset = { kind: "dataset", task: "classification", input: [4], outputs: 2 } as const;
  const step = (name: string, facts: Facts, more: object = {}): CompiledStep => ({
    ...{ name, op: ops.constant, facts },
    ...more,
  });
  const steps = [
    step("plain", dataset),
    step("text", { ...dataset, text: { vocabulary: 9 } as never }),
    step("open", { kind: "dataset", task: "classification" }, { open: true }),
    step("model", model(true)),
  ];
  const from = (shaping: string) => factsFrom(steps, { zoo: {}, shaping });
  assert.deepEqual(from("plain").problems, [
    "missing-parameter steps.9 `step` needs `vocabulary`: it reads token numbers, and the data are no text " +
    "(data: names)",
  ]);
  for (const name of ["text", "open", "model"]) assert.deepEqual(from(name).problems, [], name);
  assert.deepEqual([from("open").waits, from("text").waits], ["open", undefined]);
  const written = { input: [4], outputs: 2 };
  assert.equal(factsFrom(steps, { zoo: written, shaping: "open" }).waits, undefined);
});

Deno.test("a shape that does not fit is wrong where the model writes it, if it does", () => {
  const dataset: CompiledStep = {
    ...{ name: "data", op: ops.constant },
    facts: { kind: "dataset", task: "classification", input: [4], outputs: 2 },
  };
  const zoo = (params: Step["params"], op = "model"): CompiledStep => ({
    ...{ name: "net", op: { ...ops.constant, name: op }, params, facts: model(true) },
  });
  const place = (path: string) =>
    path.startsWith("steps.net.")
      ? { source: "a", line: 1, column: 1, length: 1, path }
      : undefined;
  const inputs = { model: "net", data: "data" };
  const at = (
    net: CompiledStep,
    more: Partial<ExpandedRecipe> = { place },
    refusal: AnyOp = refusing("shape-mismatch", "data"),
    bound: Step["inputs"] = inputs,
  ) => factsFrom([net, dataset], { op: refusal, inputs: bound }, more).problems[0]!.split(" ")[1];
  assert.equal(at(zoo({ input: [4], outputs: 3 })), "steps.net.outputs");
  assert.equal(at(zoo({ input: [5], outputs: 3 })), "steps.net.input");
  assert.equal(at(zoo({ input: [4], outputs: 2 })), "steps.9.data");
  assert.equal(at(zoo({ outputs: 3 }), {}), "steps.9.data", "nobody wrote it");
  assert.equal(at(zoo({ outputs: 3 }, "load")), "steps.9.data");
  assert.equal(at(zoo({ outputs: 3 }), { place }, refusing("order", "data")), "steps.9.data");
  const elsewhere = refusing("shape-mismatch", "model");
  assert.equal(at(zoo({ outputs: 3 }), { place }, elsewhere), "steps.9.model");
  const many = { model: "net", data: ["data"] };
  const mismatch = refusing("shape-mismatch", "data");
  assert.equal(at(zoo({ outputs: 3 }), { place }, mismatch, many), "steps.9.data");
  const swapped = { model: "net", data: "net" };
  assert.equal(at(zoo({ outputs: 3 }), { place }, mismatch, swapped), "steps.9.data");
});

Deno.test("data that nobody has labelled say no width of an answer, and wait for none", () => {
  const bare = { kind: "dataset", task: "classification", labels: "none" } as const;
  const step = (name: string, facts: Facts, open: boolean): CompiledStep => ({
    ...{ name, op: ops.constant, facts },
    ...open && { open },
  });
  const steps = [
    step("open", bare, true),
    step("named", { ...bare, outputs: 2, input: [4], text: { vocabulary: 9 } }, false),
  ];
  const problem =
    "missing-parameter steps.9 `step` needs `outputs`: nobody has labelled the data, which say no classes " +
    "(outputs: 10, or the names of the classes in the data: classes: […])";
  assert.deepEqual(factsFrom(steps, { zoo: {}, shaping: "open" }).problems, [problem]);
  assert.deepEqual(factsFrom(steps, { zoo: { outputs: 3 }, shaping: "open" }).problems, []);
  assert.deepEqual(factsFrom(steps, { zoo: {}, shaping: "named" }).problems, []);
  const openOf = (facts: Facts) => factsFrom([], { op: reader(() => facts) }).open;
  assert.equal(openOf({ ...bare, input: [4] }), false);
  assert.equal(openOf(bare), true);
  assert.equal(openOf({ kind: "dataset", task: "classification", input: [4] }), true);
});
