/** Drafts as steps: what is implied is written out, and only what the parameters read is an input. */
import assert from "node:assert/strict";
import { bind } from "../../../../engine/recipe/expand/bind.ts";
import { child } from "../../../../engine/recipe/parse/tree.ts";
import { draftOf, said, scopeOf, written } from "./written.ts";

const document = written("decant: 1\nname: mine\ndata: digits\n");
const scope = scopeOf(document, { data: "data" });
const pruning = { granularity: "channel", criterion: "l1", ratio: 0.5 };
const quantizing = { scheme: "int8", activations: { use: "int8" } };

Deno.test("data are an input only of a step whose parameters read some part of them", () => {
  const inputs = (params: Record<string, string | number>) =>
    bind(draftOf("prune", { params, model: "m" }), scope)[0]!.inputs;
  assert.deepEqual(inputs(pruning), { model: "m" });
  assert.deepEqual(inputs({ ...pruning, criterion: "taylor" }), { model: "m", data: "data" });
  const named = draftOf("prune", { params: pruning, inputs: { model: "m", data: "other" } });
  assert.deepEqual(bind(named, scope)[0]!.inputs, { model: "m" }, "written in vain");
});

Deno.test("`result` in an input means the step that makes the recipe's result, in a list too", () => {
  const within = { ...scope, result: "pruned" };
  const one = draftOf("predict", { inputs: { model: "result" } });
  assert.equal(bind(one, within)[0]!.inputs.model, "pruned");
  assert.equal(bind(one, scope)[0]!.inputs.model, "result", "where nothing makes one");
  const several = draftOf("predict", { inputs: { model: ["result", "other"] } });
  assert.deepEqual(bind(several, within)[0]!.inputs.model, ["pruned", "other"]);
});

Deno.test("a model is compared with the reference, and the reference with nobody", () => {
  const within = { ...scope, reference: "teacher" };
  const inputs = (model: string) =>
    bind(draftOf("evaluate", { inputs: { model } }), within)[0]!.inputs;
  assert.deepEqual(inputs("student"), { model: "student", reference: "teacher", data: "data" });
  assert.deepEqual(inputs("teacher"), { model: "teacher", data: "data" });
});

Deno.test("the recipe's seed goes where the step draws and none is written; data keep their own", () => {
  const seedOf = (op: string, params: Record<string, string | number>, tree?: string) => {
    const at = tree === undefined ? undefined : child(written(tree).root, "prune");
    return bind(draftOf(op, { params, seed: 7, tree: at }), scope)[0]!.params.seed;
  };
  const random = { ...pruning, criterion: "random" };
  assert.equal(seedOf("prune", random), 7);
  const own =
    "decant: 1\nprune: { granularity: channel, ratio: 0.5, criterion: random, seed: 5 }\n";
  assert.equal(seedOf("prune", { ...random, seed: 5 }, own), 5);
  assert.equal(seedOf("prune", { ...pruning, seed: 5 }, own), undefined, "it does not draw");
  assert.equal(seedOf("data", { use: "digits" }), 0);
  assert.equal(seedOf("data", { use: "digits", seed: 3 }), 3);
  assert.equal(seedOf("quantize", quantizing as never), undefined, "it has no seed");
});

Deno.test("a finetuning is a step of its own behind the cut, and carries the stage's name", () => {
  const cut = draftOf("prune", {
    path: "prune",
    model: "m",
    params: { ...pruning, finetune: { epochs: 2, batch: 8 } },
  });
  const steps = bind(cut, scope);
  assert.deepEqual(
    steps.map(({ name, op, path, inputs }) => [name, op, path, inputs]),
    [
      ["pruned-cut", "prune", "prune", { model: "m" }],
      ["pruned", "train", "prune.finetune", { model: "pruned-cut", data: "data" }],
    ],
  );
  assert.equal("finetune" in steps[0]!.params, false);
  assert.equal(steps[1]!.params.epochs, 2);
});

Deno.test("a finetuning that has a teacher in scope learns from it", () => {
  const params = { ...pruning, finetune: { epochs: 2 } };
  const [, tuned] = bind(draftOf("prune", { model: "m", params, teachers: ["t"] }), scope);
  assert.deepEqual([tuned!.op, tuned!.inputs.teacher], ["distill", "t"]);
  const named = { ...pruning, finetune: { epochs: 2, teacher: "u", data: "few" } };
  const [, other] = bind(draftOf("prune", { model: "m", params: named, teachers: ["t"] }), scope);
  assert.deepEqual(other!.inputs, { model: "pruned-cut", teacher: "u", data: "few" });
});

Deno.test("a stage that trains while its constraint moves stays one step", () => {
  const params = {
    ...pruning,
    ratio: { use: "linear", start: 0, end: 0.5 },
    finetune: { epochs: 2 },
  };
  const steps = bind(draftOf("prune", { model: "m", params }), scope);
  assert.deepEqual(steps.map(({ name }) => name), ["pruned"]);
  assert.equal((steps[0]!.params.finetune as { epochs: number }).epochs, 2);
});

Deno.test("what was reported already is a broken step, with the names that steps below mean", () => {
  const broken = draftOf("prune", { params: { finetune: {} }, broken: true });
  assert.deepEqual(bind(broken, scope).map(({ name, broken }) => [name, broken]), [
    ["pruned-cut", true],
    ["pruned", true],
  ]);
  assert.deepEqual(bind(draftOf("unheard-of"), scope).map(({ name, broken }) => [name, broken]), [
    ["unheard-of", true],
  ]);
});

Deno.test("a step in which binding finds a mistake is broken and reads nothing", () => {
  const own = written("decant: 1\nname: mine\ndistill: { epochs: 1 }\n");
  const draft = draftOf("distill", { path: "distill", model: "m", params: { epochs: 1 } });
  const [step] = bind(draft, scopeOf(own, { data: "data" }));
  assert.deepEqual([step!.broken, step!.inputs], [true, {}]);
  assert.deepEqual(said(own), ["missing-input distill.loss"]);
});

Deno.test("bytes are counted in the recipe's format unless the block names one", () => {
  const text = "decant: 1\nevaluate: { format: tfjs }\nexport: onnx\n";
  const block = written(text);
  const within = scopeOf(block, { format: { use: "onnx" } });
  const bound = (tree?: ReturnType<typeof child>) =>
    bind(draftOf("evaluate", { tree, params: { format: { use: "tfjs" } } }), within)[0]!;
  assert.deepEqual([bound().params.format, bound().paths], [{ use: "onnx" }, { format: "export" }]);
  const own = bound(child(block.root, "evaluate"));
  assert.deepEqual([own.params.format, own.paths], [{ use: "tfjs" }, {}]);
});

Deno.test("parameters stand in the order in which the op declares them, the tag first", () => {
  const params = { "round_to": 1, criterion: "l1", ratio: 0.5, granularity: "channel" };
  const [step] = bind(draftOf("prune", { params }), scope);
  assert.deepEqual(Object.keys(step!.params), ["granularity", "ratio", "criterion", "round_to"]);
});

Deno.test("a sound step is not broken, also behind one that is", () => {
  const own = written("decant: 1\nname: mine\ndistill: { epochs: 1 }\n");
  const within = scopeOf(own, { data: "data" });
  const train = draftOf("train", { model: "m", params: { epochs: 1 } });
  assert.equal("broken" in bind(train, within)[0]!, false);
  bind(draftOf("distill", { path: "distill", model: "m", params: { epochs: 1 } }), within);
  assert.equal("broken" in bind(train, within)[0]!, false);
});

Deno.test("a name tells of the data that a step turned out to read, where they are not the recipe's", () => {
  const name = (inputs: Record<string, string>) =>
    bind(draftOf("predict", { inputs: { model: "t", ...inputs } }), scope)[0]!.name;
  assert.equal(name({}), "t-outputs");
  assert.equal(name({ data: "data" }), "t-outputs");
  assert.equal(name({ data: "few" }), "t-outputs-few");
});
