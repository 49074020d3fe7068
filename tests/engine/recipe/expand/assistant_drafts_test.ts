/** Assistants between teacher and student. */
import assert from "node:assert/strict";
import { compile } from "../../../../engine/graph/compile.ts";
import { assistantDrafts } from "../../../../engine/recipe/expand/assistant_drafts.ts";
import { child } from "../../../../engine/recipe/parse/tree.ts";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import { fakeOps } from "../fake_ops.ts";
import { moreOps } from "../fake_peers.ts";
import { around, lines, read } from "./assistants.ts";
import { written } from "./written.ts";

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

Deno.test("with guidance all, each learns from all before it", () => {
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

const drafts = (assistant: string, distill?: string) =>
  assistantDrafts(written(around(assistant, distill), moreOps), ["teacher"]);

Deno.test("without assistants the teachers are the student's, and nothing is made", () => {
  assert.deepEqual(drafts(""), { drafts: [], teachers: ["teacher"] });
});

Deno.test("an assistant's own name and training are its; the last alone teaches the student", () => {
  const own = drafts("assistant: { as: middle, use: lenet5, train: { epochs: 3 } }");
  assert.deepEqual(
    own.drafts.map(({ op, name, path, model, teachers }) => [op, name, path, model, teachers]),
    [
      ["model", "middle-init", "assistant", undefined, []],
      ["distill", "middle", "assistant.train", "middle-init", ["teacher"]],
    ],
  );
  assert.deepEqual(own.teachers, ["middle"]);
  assert.deepEqual(drafts(list).teachers, ["assistant-2"]);
  assert.deepEqual(drafts(list, "epochs: 1, guidance: all").teachers, [
    ...["teacher", "assistant-1", "assistant-2"],
  ]);
});

Deno.test("a network read from files may be an assistant", () => {
  const [init] = drafts("assistant: { from: ./middle.json }").drafts;
  assert.deepEqual([init!.op, init!.fields], ["load", { from: "./middle.json" }]);
});

Deno.test("both drafts of an assistant with a mistake are broken, those of its neighbour are not", () => {
  const [first, second] = ["{ use: resnet, dpeth: 32 }", "{ use: lenet5 }"];
  const made = drafts(`assistant: [${first}, ${second}]`).drafts;
  assert.deepEqual(made.map(({ name, broken }) => [name, broken]), [
    ["assistant-1-init", true],
    ["assistant-1", true],
    ["assistant-2-init", false],
    ["assistant-2", false],
  ]);
});

Deno.test("a generation is drafted where the student is written, an assistant where it is", () => {
  const document = written(around("assistant: { use: born-again, generations: 2 }"), moreOps);
  const again = assistantDrafts(document, ["teacher"]).drafts.filter(({ op }) => op === "model");
  assert.deepEqual(
    again.map(({ path, tree }) => [path, tree === child(document.root, "student")]),
    [
      ["student", true],
      ["student", true],
    ],
  );
  const [init] = drafts("assistant: [{ use: lenet5 }]").drafts;
  assert.equal(init!.path, "assistant.0");
});

Deno.test("chosen assistants come behind what they are chosen from, and each is taught", () => {
  const made = drafts("assistant: { use: auto, count: 2, candidates: { use: lenet5 } }");
  assert.deepEqual(made.drafts.map(({ op, name }) => [op, name]), [
    ["model", "candidate-1-init"],
    ["train", "candidate-1"],
    ["train", "student-alone"],
    ["choose", "assistant-1-init"],
    ["distill", "assistant-1"],
    ["choose", "assistant-2-init"],
    ["distill", "assistant-2"],
  ]);
  assert.deepEqual(made.teachers, ["assistant-2"]);
});
