/** Stations between teacher and student. */
import assert from "node:assert/strict";
import { expandedYaml } from "../../../engine/recipe/parse/expanded_yaml.ts";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import type { ExpandedRecipe } from "../../../engine/recipe/recipe.ts";
import { compile } from "../../../engine/graph/compile.ts";
import { fakeOps } from "./fake_ops.ts";
import { moreOps } from "./fake_peers.ts";

const around = (assistant: string, distill = "epochs: 80, batch: 128") =>
  `decant: 1
name: assistants
seed: 5
data: digits
teacher: { use: resnet, depth: 56, train: { epochs: 80 } }
${assistant}
student: { use: resnet, depth: 8 }
distill: { ${distill} }
`;

function read(text: string, ops = fakeOps): ExpandedRecipe {
  const recipe = parseRecipe(text, "x.yaml", ops);
  assert.deepEqual(compile(recipe, ops).diagnostics, []);
  const again = parseRecipe(expandedYaml(recipe), "x.yaml", ops);
  assert.equal(expandedYaml(again), expandedYaml(recipe));
  return recipe;
}

const lines = ({ steps }: ExpandedRecipe) =>
  steps.filter(({ op }) => op !== "evaluate").map(({ name, op, inputs }) =>
    [name, op, ...Object.entries(inputs).map(([input, from]) => `${input}=${from}`)].join(" ")
  );

const list = `assistant:
  - { use: resnet, depth: 32 }
  - { use: resnet, depth: 20, train: { epochs: 60 } }`;

Deno.test("assistants learn in a row, and the last teaches the student", () => {
  const recipe = read(around(list));
  assert.deepEqual(lines(recipe), [
    "data data",
    "teacher-init model",
    "teacher train model=teacher-init data=data",
    "student model",
    "assistant-1-init model",
    "teacher-outputs predict model=teacher data=data",
    "assistant-1 distill model=assistant-1-init outputs=teacher-outputs data=data",
    "assistant-2-init model",
    "assistant-1-outputs predict model=assistant-1 data=data",
    "assistant-2 distill model=assistant-2-init outputs=assistant-1-outputs data=data",
    "assistant-2-outputs predict model=assistant-2 data=data",
    "distilled distill model=student outputs=assistant-2-outputs data=data",
  ]);
  assert.equal(recipe.reference, "teacher");
});

Deno.test("what an assistant's training leaves out is distill's; the k-th takes seed + k", () => {
  const { steps } = read(around(list));
  const params = (name: string) => steps.find((step) => step.name === name)!.params;
  assert.deepEqual(
    ["assistant-1", "assistant-2", "distilled"].map((name) => {
      const { epochs, batch, seed } = params(name);
      return [epochs, batch, seed];
    }),
    [[80, 128, 5], [60, 128, 6], [80, 128, 5]],
  );
  assert.equal(params("assistant-2-init").seed, 6);
});

Deno.test("with guidance all, each listens to everyone before it", () => {
  const recipe = read(around(list, "epochs: 1, guidance: all"));
  const teachers = (name: string) =>
    (recipe.steps.find((step) => step.name === name)!.params.loss as { teacher?: string }[])
      .map(({ teacher }) => teacher);
  assert.deepEqual(teachers("assistant-2"), [undefined, "teacher", "assistant-1"]);
  assert.deepEqual(teachers("distilled"), [undefined, "teacher", "assistant-1", "assistant-2"]);
});

Deno.test("one assistant by its bare name", () => {
  const recipe = read(around("assistant: lenet5"));
  assert.ok(
    lines(recipe).includes(
      "assistant distill model=assistant-init outputs=teacher-outputs data=data",
    ),
  );
  assert.ok(
    lines(recipe).includes("distilled distill model=student outputs=assistant-outputs data=data"),
  );
});

Deno.test("born again: the student, generation after generation", () => {
  const recipe = read(around("assistant: { use: born-again, generations: 2 }"));
  const models = recipe.steps.filter(({ op }) => op === "model").map(({ name, params }) => [
    name,
    params.use,
    params.depth,
    params.seed,
  ]);
  assert.deepEqual(models, [
    ["teacher-init", "resnet", 56, 5],
    ["student", "resnet", 8, 5],
    ["assistant-1-init", "resnet", 8, 5],
    ["assistant-2-init", "resnet", 8, 6],
  ]);
  assert.ok(
    lines(recipe).includes("distilled distill model=student outputs=assistant-2-outputs data=data"),
  );
});

const auto = `assistant:
  use: auto
  count: 2
  candidates: [{ use: resnet, depth: 14 }, { as: middle, use: resnet, depth: 32 }]`;

Deno.test("an assistant is chosen among candidates that learned alone, as the student did", () => {
  const recipe = read(around(auto), moreOps);
  assert.deepEqual(lines(recipe).filter((line) => !/^(data|teacher)|^\S*-outputs /.test(line)), [
    "student model",
    "candidate-1-init model",
    "candidate-1 train model=candidate-1-init data=data",
    "middle-init model",
    "middle train model=middle-init data=data",
    "student-alone train model=student data=data",
    "assistant-1-init choose candidates=candidate-1,middle between=student-alone,teacher models=candidate-1-init,middle-init data=data",
    "assistant-1 distill model=assistant-1-init outputs=teacher-outputs data=data",
    "assistant-2-init choose candidates=candidate-1,middle between=student-alone,teacher models=candidate-1-init,middle-init data=data",
    "assistant-2 distill model=assistant-2-init outputs=assistant-1-outputs data=data",
    "distilled distill model=student outputs=assistant-2-outputs data=data",
  ]);
  // The nearer to the teacher, the earlier.
  const points = recipe.steps.flatMap(({ op, params }) => op === "choose" ? [params.at] : []);
  assert.deepEqual(points, [1 - 1 / 3, 1 - 2 / 3]);
  const alone = recipe.steps.find(({ name }) => name === "middle")!.params;
  assert.deepEqual([alone.epochs, alone.batch, alone.seed], [80, 128, 6]);
});

Deno.test("a chosen assistant has not learned yet: it is measured when it has", () => {
  const recipe = read(around(auto), moreOps);
  const measured = recipe.steps.filter(({ op }) => op === "evaluate").map(({ inputs }) =>
    inputs.model
  );
  assert.deepEqual(
    measured,
    "teacher candidate-1 middle student-alone assistant-1 assistant-2 distilled".split(" "),
  );
});

const wrong = (text: string, ops = moreOps) =>
  compile(parseRecipe(around(text), "x.yaml", ops), ops).diagnostics.map((each) =>
    `${each.code} ${each.path}`
  );

Deno.test("a mistake in a candidate is one mistake; where nothing can choose there is no auto", () => {
  assert.deepEqual(wrong(auto.replace("depth: 14", "dpeth: 14")), [
    "unknown-field assistant.candidates.0.dpeth",
  ]);
  assert.deepEqual(wrong(auto, fakeOps), ["unknown-value assistant.use"]);
});

Deno.test("beside steps an assistant's training is complete", () => {
  const text = around(list).replace(/distill: .*/, "steps: [{ op: distill, epochs: 1 }]");
  assert.deepEqual(
    parseRecipe(text, "x.yaml", fakeOps).diagnostics.map(({ code, path }) => `${code} ${path}`),
    ["missing-field assistant.0"],
  );
});

Deno.test("a student in which nothing is sound, or that is not there, is one mistake", () => {
  const diagnosed = (assistant: string, student: string) => {
    const text = around(`assistant: ${assistant}`).replace(/student: .*\n/, student);
    return compile(parseRecipe(text, "x.yaml", moreOps), moreOps).diagnostics.map((each) =>
      `${each.code} ${each.path}`
    );
  };
  for (const made of ["{ use: born-again, generations: 2 }", "auto"]) {
    assert.deepEqual(diagnosed(made, "student: 3\n"), ["wrong-type student"], made);
  }
  assert.deepEqual(diagnosed("{ use: born-again, generations: 2 }", ""), [
    "missing-input distill",
  ]);
});

Deno.test("a step that stands for a list of one is not looked at further where it is wrong", () => {
  const text = "decant: 1\nname: one\ndata: digits\nsteps: { op: train, epochs: much }\n";
  assert.deepEqual(
    compile(parseRecipe(text, "x.yaml", fakeOps), fakeOps).diagnostics.map(({ path }) => path),
    ["steps.epochs"],
  );
});
