/** Which models are in use is known before anything runs. */
import assert from "node:assert/strict";
import { compile } from "../../../engine/graph/compile.ts";
import {
  checkAnswers,
  isLoaded,
  modelsInUse,
  teachersOf,
} from "../../../engine/graph/models_in_use.ts";
import { opSet } from "../../../engine/op.ts";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import { ops } from "../../../ops/mod.ts";
import { fakeOps, type FakeStep, graphOf } from "../run/support/fake.ts";
import { inWords } from "./compiled.ts";

const all = opSet(ops);

const from = "{ from: ./net }";
const own = "{ use: mlp, hidden: [4], train: { epochs: 1 } }";
const student = "student: { use: mlp, hidden: [4] }";
const hint = "{ use: hint, match: [{ student: dense1, teacher: dense1 }] }";

const cases: Readonly<Record<string, readonly [text: string, inUse: readonly string[]]>> = {
  "a loaded model that nothing else is made of": [`model: ${from}`, ["model"]],
  "a loaded model that is quantized": [`model: ${from}\nquantize: { scheme: int8 }`, ["model"]],
  "a loaded model that is trained on": ["model: { from: ./net, train: { epochs: 1 } }", []],
  "a loaded model that is trained after a cut": [
    `model: ${from}\nprune: { granularity: weight, ratio: 0.5, finetune: { epochs: 1 } }\nquantize: { scheme: int8 }`,
    [],
  ],
  "a loaded model that is trained while it is quantized": [
    `model: ${from}\nquantize: { scheme: int8, finetune: { epochs: 1 } }`,
    [],
  ],
  "a loaded model that is trained on, and used as it is beside": [
    `model: ${from}\nsteps:\n  - { op: train, as: tuned, epochs: 1 }\n  - { op: quantize, model: model, scheme: int8 }`,
    ["model"],
  ],
  "a loaded model whose layers go into another": [
    `model: ${from}\nsteps:\n  - { op: part, as: body, model: model, layers: body }\n` +
    "  - { op: train, as: tuned, model: body, epochs: 1 }",
    [],
  ],
  "loaded members of an ensemble": [
    `model: ${own}\nsteps:\n  - { op: load, as: left, from: ./left }\n  - { op: load, as: right, from: ./right }\n` +
    "  - { op: ensemble, as: both, models: [left, right] }\n  - { op: train, as: tuned, model: both, epochs: 1 }",
    ["left", "right"],
  ],
  "a teacher whose answers are recorded": [`teacher: ${own}\n${student}\ndistill: { epochs: 1 }`, [
    "teacher",
  ]],
  "a teacher whose answers are computed in the step": [
    `teacher: ${from}\n${student}\ndistill: { epochs: 1, loss: [labels, soft-targets, ${hint}] }`,
    ["teacher"],
  ],
  "a teacher whose layers alone are read": [
    `teacher: ${from}\n${student}\ndistill: { epochs: 1, loss: [labels, ${hint}] }`,
    [],
  ],
  "two teachers, the answers of one of them read": [
    `teacher: [{ from: ./left }, { from: ./right }]\n${student}\n` +
    "distill: { epochs: 1, loss: [labels, { use: soft-targets, teacher: teacher-2 }, " +
    `${hint.replace("hint,", "hint, teacher: teacher-1,")}] }`,
    ["teacher-2"],
  ],
  "a teacher of a finetuning": [
    `teacher: ${own}\nmodel: ${own}\nquantize: { scheme: int8, finetune: { epochs: 1 } }`,
    ["teacher"],
  ],
  "a teacher at whose layers a finetuning looks": [
    `teacher: ${own}\nmodel: ${own}\nquantize: { scheme: int8, finetune: { epochs: 1, loss: [labels, ${hint}] } }`,
    [],
  ],
};

for (const [name, [text, inUse]] of Object.entries(cases)) {
  Deno.test(`which models are in use: ${name}`, () => {
    const recipe = parseRecipe(`decant: 1\nname: x\ndata: iris\n${text}\n`, "x.yaml", all);
    const graph = compile(recipe, all);
    assert.deepEqual(graph.diagnostics.filter(({ severity }) => severity === "error"), []);
    assert.deepEqual([...modelsInUse(graph)].sort(), inUse);
  });
}

const fake = fakeOps();
const misfit = { message: "the model has 5 outputs, the data 3 classes", help: "classes: …" };
const test = (model: string, more: object = {}): FakeStep => ({
  ...{ name: `${model}-test`, op: fake.score, inputs: { model } },
  facts: { kind: "metrics", misfit, ...more },
});
const net: FakeStep = { name: "net", op: fake.file, params: { from: "./net" } };

/** What is said of steps where other problems are known already. */
function answers(steps: readonly FakeStep[], known: Parameters<typeof checkAnswers>[2] = []) {
  const { recipe, nodes } = graphOf(steps);
  const problems = [...known];
  checkAnswers(recipe, nodes, problems);
  return inWords(problems.slice(known.length));
}

Deno.test("a model in use whose answers do not suit the data is said once, with what would help", () => {
  const said =
    "shape-mismatch steps.net `net` does not answer what these data ask: the model has 5 outputs, the data 3 classes";
  assert.deepEqual(answers([net, test("net")]), [`${said} (classes: …)`]);
  const again = { ...test("net"), name: "again" };
  assert.deepEqual(answers([net, test("net"), again]).length, 1);
  const plain = test("net", { misfit: { message: misfit.message } });
  assert.deepEqual(answers([net, plain]), [said]);
  assert.deepEqual(answers([net, test("net", { misfit: undefined })]), []);
  const own: FakeStep = { name: "own", op: fake.constant };
  assert.deepEqual(answers([own, test("own")]), [], "nobody uses it");
  assert.deepEqual(answers([net, { ...test("net"), facts: { kind: "files" } }]), []);
});

Deno.test("what else is wrong goes before it, what is unwise does not", () => {
  const other = (severity: "error" | "warning") => [
    { code: "yaml", severity, message: "", path: "" } as const,
  ];
  assert.deepEqual(answers([net, test("net")], other("error")), []);
  assert.equal(answers([net, test("net")], other("warning")).length, 1);
});

Deno.test("what a model is written, merged or changed into uses it; what only measures it does not", () => {
  const used = (...steps: readonly FakeStep[]) => [...modelsInUse(graphOf([net, ...steps]))];
  const writes = { ...fake.score, output: { ...fake.score.output, name: "files" } };
  const reads = { name: "reads", inputs: { number: "net" } };
  assert.deepEqual(used({ name: "written", op: writes, inputs: { model: "net" } }), ["net"]);
  assert.deepEqual(used({ name: "merged", op: fake.sum, inputs: { numbers: ["net"] } }), ["net"]);
  const one = { name: "one", op: fake.constant };
  const besideOne = { numbers: ["net"], number: "one" };
  assert.deepEqual(used(one, { name: "merged", op: fake.sum, inputs: besideOne }), ["net"]);
  assert.deepEqual(used({ ...reads, op: fake.add }), ["net"]);
  assert.deepEqual(used({ ...reads, op: fake.whole }), [], "it takes a part of it");
  assert.deepEqual(used({ ...reads, op: { ...fake.add, learns: true } }), []);
  assert.deepEqual(used({ ...reads, op: fake.add, params: { finetune: {} } }), []);
  const beside = { name: "b-test", op: fake.score, inputs: { model: "net", reference: "net" } };
  assert.deepEqual(used({ ...reads, op: fake.whole }, beside), []);
  assert.deepEqual(used(beside), ["net"]);
});

Deno.test("teachers are inputs and references of that name, and what is recorded", () => {
  const one: FakeStep = { name: "one", op: fake.constant };
  const of = (step: Omit<FakeStep, "name">) =>
    teachersOf(graphOf([one, { name: "x", ...step }]).node("x")!).map(({ step }) => step.name);
  const recording = { ...fake.score, output: { ...fake.score.output, name: "outputs" } };
  assert.deepEqual(of({ op: recording, inputs: { model: "one" } }), ["one"]);
  assert.deepEqual(of({ op: fake.score, inputs: { model: "one" } }), []);
  assert.deepEqual(of({ op: fake.like, references: { "loss.1.teacher": "one" } }), ["one"]);
  assert.deepEqual(of({ op: fake.like, references: { "loss.1.through": "one" } }), []);
  assert.deepEqual(of({ op: fake.score, inputs: { teachers: ["one"] } }), ["one"]);
});

Deno.test("a model is loaded where its op reads a source", () => {
  const loaded = (step: FakeStep) => isLoaded(graphOf([step]).nodes[0]!);
  assert.equal(loaded(net), true);
  assert.equal(loaded({ name: "one", op: fake.constant }), false);
  const data = { ...fake.file, output: { ...fake.file.output, name: "dataset" } };
  assert.equal(loaded({ ...net, op: data }), false);
});
