/** Assistants that are chosen among candidates. */
import assert from "node:assert/strict";
import { compile } from "../../../../engine/graph/compile.ts";
import { opSet } from "../../../../engine/op.ts";
import { autoDrafts, candidatesMeant } from "../../../../engine/recipe/expand/auto_assistants.ts";
import { child } from "../../../../engine/recipe/parse/tree.ts";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import { ops } from "../../../../ops/mod.ts";
import { fakeOps } from "../fake_ops.ts";
import { moreOps } from "../fake_peers.ts";
import { around, lines, read } from "./assistants.ts";
import { said, written } from "./written.ts";

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

const choosing = (text: string, candidates: readonly (Record<string, string> | null)[]) => {
  const document = written(text, moreOps);
  return autoDrafts(document, {
    path: "assistant",
    tree: child(document.root, "assistant")!,
    count: 1,
    candidates,
    training: { epochs: 3, batch: 16, loss: ["labels"], unheard: 1 },
    teacher: "t",
    student: "s",
  });
};

Deno.test("candidates and student learn alone: by what `train` takes too, the loss its own", () => {
  const { drafts, chosen } = choosing(around("assistant: auto"), [{ use: "lenet5" }]);
  assert.deepEqual(drafts.map(({ op, name, model }) => [op, name, model]), [
    ["model", "candidate-1-init", undefined],
    ["train", "candidate-1", "candidate-1-init"],
    ["train", "s-alone", "s"],
  ]);
  assert.deepEqual(drafts[1]!.fields, { epochs: 3, batch: 16 });
  assert.deepEqual(chosen.map(({ op, fields }) => [op, fields.between, fields.at]), [
    ["choose", ["s-alone", "t"], 0.5],
  ]);
});

Deno.test("each candidate has a seed of its own, the first that of the recipe", () => {
  const { drafts } = choosing(around("assistant: auto"), [{ use: "lenet5" }, {
    as: "b",
    use: "cnn",
  }]);
  assert.deepEqual(drafts.map(({ name, seed }) => [name, seed]), [
    ["candidate-1-init", 5],
    ["candidate-1", 5],
    ["b-init", 6],
    ["b", 6],
    ["s-alone", 5],
  ]);
});

Deno.test("a candidate in which nothing is sound is broken where it is built", () => {
  const { drafts } = choosing(around("assistant: auto"), [null]);
  assert.deepEqual(drafts.map(({ broken }) => broken), [true, false, false]);
});

Deno.test("where no candidate is named they are of the student's family, in its order of size", () => {
  const shipped = opSet(ops);
  const found = candidatesMeant(written(around("assistant: auto"), shipped), "assistant", 1)!;
  assert.ok(found.length >= 3);
  assert.ok(found.every(({ use }) => use === "resnet"));
  const depths = found.map(({ depth }) => Number(depth));
  assert.deepEqual(depths, depths.toSorted((a, b) => a - b));
  assert.ok(depths.every((depth) => 8 < depth && depth < 56), depths.join(" "));
});

Deno.test("where none can be counted that is said once, of an unsound student nothing", () => {
  const open = written(around("assistant: auto"), moreOps);
  assert.equal(candidatesMeant(open, "assistant", 1), undefined);
  assert.deepEqual(said(open), ["missing-parameter assistant"]);
  assert.equal(
    open.problems.list[0]!.help,
    "name them: assistant: { use: auto, candidates: [{ use: resnet, … }, …] }",
  );
  const text = around("assistant: auto").replace("depth: 8 }", "dpeth: 8 }");
  const unsound = written(text, moreOps);
  const before = said(unsound);
  assert.equal(candidatesMeant(unsound, "assistant", 1), undefined);
  assert.deepEqual(said(unsound), before);
});

Deno.test("a candidate has the path of its place, one that is no list that of the list", () => {
  const path = (candidates: string, several: number) =>
    choosing(
      around(`assistant: { use: auto, candidates: ${candidates} }`),
      Array.from({ length: several }, () => ({ use: "lenet5" })),
    ).drafts.filter(({ op }) => op === "model").map(({ path }) => path);
  assert.deepEqual(path("[lenet5, lenet5]", 2), [
    "assistant.candidates.0",
    "assistant.candidates.1",
  ]);
  assert.deepEqual(path("lenet5", 1), ["assistant.candidates"]);
});
