/** The teachers of a training, and the errors where there are none. */
import assert from "node:assert/strict";
import {
  bindFinetune,
  bindTraining,
  readsTeacher,
} from "../../../../engine/recipe/expand/bind_training.ts";
import { child } from "../../../../engine/recipe/parse/tree.ts";
import { fakeOps } from "../fake_ops.ts";
import { moreOps } from "../fake_peers.ts";
import { draftOf, said, scopeOf, written } from "./written.ts";

const distill = fakeOps.get("distill")!;
const usual = [
  { use: "labels", weight: 0.1, smoothing: 0 },
  { use: "soft-targets", weight: 0.9, temperature: 4 },
];

/** A draft of `distill` as a document has it, and the scope of that document. */
function taught(block: string, more: Parameters<typeof draftOf>[1] = {}) {
  const document = written(`decant: 1\nname: mine\ndistill: ${block}\n`);
  const params = document.fields.distill as Record<string, never>;
  const tree = child(document.root, "distill");
  return {
    document,
    draft: draftOf("distill", { path: "distill", tree, params, ...more }),
    scope: scopeOf(document),
  };
}

Deno.test("the one teacher in scope becomes an input, and no term names it", () => {
  const { draft, scope } = taught("{ epochs: 1 }", { teachers: ["t"], inputs: { data: "d" } });
  const { params, inputs } = bindTraining(distill, draft, scope);
  assert.deepEqual(inputs, { data: "d", teacher: "t" });
  assert.deepEqual(params.loss, usual);
});

Deno.test("a teacher named by the step comes before those in scope", () => {
  const { draft, scope } = taught("{ epochs: 1 }", {
    teachers: ["t", "u"],
    inputs: { teacher: "mine" },
  });
  assert.deepEqual(bindTraining(distill, draft, scope).inputs, { teacher: "mine" });
});

Deno.test("recorded outputs stand in for a teacher; both are one too many", () => {
  const alone = taught("{ epochs: 1 }", { inputs: { outputs: "o" } });
  assert.deepEqual(bindTraining(distill, alone.draft, alone.scope).inputs, { outputs: "o" });
  assert.deepEqual(said(alone.document), []);
  const both = taught("{ epochs: 1 }", { inputs: { outputs: "o", teacher: "t" } });
  bindTraining(distill, both.draft, both.scope);
  assert.deepEqual(said(both.document), ["missing-input distill.outputs"]);
});

Deno.test("a term that needs a teacher where there is none is named by its place in the loss", () => {
  const { document, draft, scope } = taught("{ epochs: 1, loss: [labels, soft-targets] }");
  bindTraining(distill, draft, scope);
  assert.deepEqual(said(document), ["missing-input distill.loss.1"]);
  const [problem] = document.problems.list;
  assert.equal(problem!.place!.line, 3);
  assert.equal(problem!.message, "`soft-targets` needs a teacher, and there is none");
});

Deno.test("a taught stage whose terms read no teacher is refused, a plain training is not", () => {
  const { document, draft, scope } = taught("{ epochs: 1, loss: labels }", { teachers: ["t"] });
  bindTraining(distill, draft, scope);
  assert.deepEqual(said(document), ["missing-input distill.loss"]);
  const plain = taught("{ epochs: 1, loss: labels }", { teachers: ["t"] });
  const { inputs } = bindTraining(fakeOps.get("train")!, plain.draft, plain.scope);
  assert.deepEqual([said(plain.document), inputs], [[], {}]);
});

Deno.test("beside peers each term that reads a teacher names its teacher, and the step has none", () => {
  const document = written(
    "decant: 1\nmutual: { epochs: 1, loss: [labels, soft-targets] }\n",
    moreOps,
  );
  const draft = draftOf("mutual", {
    path: "mutual",
    tree: child(document.root, "mutual"),
    params: document.fields.mutual as Record<string, never>,
    teachers: ["t"],
  });
  const { params, inputs } = bindTraining(moreOps.get("mutual")!, draft, scopeOf(document));
  const terms = params.loss as readonly { readonly use: string; readonly teacher?: string }[];
  assert.deepEqual(terms.map(({ use, teacher }) => [use, teacher]), [
    ["labels", undefined],
    ["soft-targets", "t"],
  ]);
  assert.deepEqual(inputs, {});
});

Deno.test("a finetuning reads a teacher where one is in scope and its loss lets it", () => {
  const scope = scopeOf(written("decant: 1\n"));
  assert.equal(readsTeacher(["t"], { tree: undefined, params: {} }, scope), true);
  assert.equal(readsTeacher([], { tree: undefined, params: {} }, scope), false);
  const own = written("decant: 1\nname: mine\ndistill: { epochs: 1, loss: labels }\n");
  const block = { tree: child(own.root, "distill"), params: own.fields.distill as never };
  assert.equal(readsTeacher(["t"], block, scope), false, "its terms are those that are written");
  const untaught = new Map(fakeOps);
  untaught.delete("distill");
  assert.equal(readsTeacher(["t"], { params: {} }, { ...scope, ops: untaught }), false);
});

Deno.test("a finetuning inside its stage names its teacher among its parameters, its data are the step's", () => {
  const scope = scopeOf(written("decant: 1\n"));
  const finetune = { epochs: 2, teacher: "t", data: "few" };
  const bound = bindFinetune(draftOf("prune", { params: { finetune } }), scope);
  assert.deepEqual(bound.inputs, { data: "few" });
  assert.deepEqual(bound.params.finetune, { epochs: 2, loss: usual, teacher: "t" });
  const alone = bindFinetune(draftOf("prune", { params: { finetune: { epochs: 2 } } }), scope);
  assert.deepEqual(alone.params.finetune, {
    epochs: 2,
    loss: [{ use: "labels", weight: 1, smoothing: 0 }],
  });
});

Deno.test("two sets of data for one step are refused, the same one twice is not", () => {
  const twice = (data: string) => {
    const document = written("decant: 1\nname: mine\n");
    const params = { finetune: { epochs: 2, data } };
    bindFinetune(
      draftOf("prune", { path: "prune", inputs: { data: "all" }, params }),
      scopeOf(document),
    );
    return said(document);
  };
  assert.deepEqual(twice("few"), ["unknown-value prune.finetune.data"]);
  assert.deepEqual(twice("all"), []);
});

Deno.test("a training that takes no teacher ignores those in scope", () => {
  const { teacher: _, ...inputs } = distill.inputs;
  const { document, draft, scope } = taught("{ epochs: 1 }", { teachers: ["t"] });
  const bound = bindTraining({ ...distill, inputs }, draft, scope);
  assert.equal("teacher" in bound.inputs, false);
  assert.deepEqual(said(document), ["missing-input distill.loss.1"]);
});

Deno.test("without any training a finetuning stays as it is written", () => {
  const ops = new Map(fakeOps);
  ops.delete("distill");
  ops.delete("train");
  const draft = draftOf("prune", {
    params: { finetune: { epochs: 2, data: "few" } },
    teachers: ["t"],
  });
  assert.deepEqual(bindFinetune(draft, { ...scopeOf(written("decant: 1\nname: mine\n")), ops }), {
    params: { finetune: { epochs: 2 } },
    inputs: { data: "few" },
  });
});

Deno.test("what is wrong with a training's teacher or data is said with a way out", () => {
  const said = ({ document }: ReturnType<typeof taught>) =>
    document.problems.list.map(({ message, help }) => `${message} | ${help}`);
  const both = taught("{ epochs: 1 }", { inputs: { outputs: "o", teacher: "t" } });
  bindTraining(distill, both.draft, both.scope);
  assert.deepEqual(said(both), [
    "`distill` takes a teacher or its recorded outputs, not both | leave one of them out",
  ]);
  const alone = taught("{ epochs: 1, loss: [labels, soft-targets] }");
  bindTraining(distill, alone.draft, alone.scope);
  assert.deepEqual(said(alone), [
    "`soft-targets` needs a teacher, and there is none" +
    " | give the recipe a teacher, or name one: teacher: …",
  ]);
  const unguided = taught("{ epochs: 1, loss: labels }", { teachers: ["t"] });
  bindTraining(distill, unguided.draft, unguided.scope);
  assert.deepEqual(said(unguided), [
    "`distill` learns from no teacher: none of its terms reads one" +
    " | use train instead, or add soft-targets to the loss and a teacher to the recipe",
  ]);
  const document = written("decant: 1\nname: x\n");
  const params = { finetune: { epochs: 1, data: "few" } };
  const draft = draftOf("prune", { path: "prune", params, inputs: { data: "all" } });
  bindFinetune(draft, scopeOf(document));
  assert.deepEqual(
    document.problems.list.map(({ code, path, message, help }) => [code, path, message, help]),
    [[
      "unknown-value",
      "prune.finetune.data",
      "one step reads one set of data, and `all` is named beside `finetune`",
      "leave one of the two out",
    ]],
  );
});
