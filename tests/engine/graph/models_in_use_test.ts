/** Which models are in use is known before anything runs. */
import assert from "node:assert/strict";
import { compile } from "../../../engine/graph/compile.ts";
import { modelsInUse } from "../../../engine/graph/models_in_use.ts";
import { opSet } from "../../../engine/op.ts";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import { ops } from "../../../ops/mod.ts";

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
