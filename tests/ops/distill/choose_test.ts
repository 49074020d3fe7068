/** Of some models the one nearest a point between two others, and the assistants that stand on it. */
import assert from "node:assert/strict";
import { memoryStore, type Recipe, recipe as typed } from "../../../mod.ts";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { choose, nearestPoint } from "../../../ops/distill/choose.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Model } from "../../../ops/model/model.ts";
import { modelDigest } from "../model_digest.ts";
import { declared, fieldsOf } from "../declared.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";
import { tableData } from "../learn/small_trainings.ts";

const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

/** Ten samples, the number i in class 1 from 0 on. */
const data = (() => {
  const { meta } = tableData([[1]], [[0]]);
  const part = {
    count: 10,
    x: Float32Array.from({ length: 10 }, (_, i) => i - 5),
    y: Int32Array.from({ length: 10 }, (_, i) => i < 5 ? 0 : 1),
  };
  const classes = ["below", "above"];
  return {
    meta: { ...meta, task: "classification" as const, classes, outputs: 2 },
    parts: { validation: part },
  };
})();

/** Says class 1 of what is above `threshold`: right on all but |threshold| of ten samples. */
const thresholdModel = (threshold: number): Model =>
  denseModel([{ kernel: [[0, 1]], bias: [0, 0.5 - threshold] }]);

Deno.test("the point lies where `at` says, the nearest is taken, of equally near ones the first", () => {
  const scores = [0.5, 0.75, 1];
  assert.deepEqual(nearestPoint(scores, [0.5, 1], 0.5), { point: 0.75, nearest: 1 });
  assert.deepEqual(nearestPoint(scores, [0.5, 1], 0), { point: 0.5, nearest: 0 });
  assert.deepEqual(nearestPoint(scores, [0.5, 1], 1), { point: 1, nearest: 2 });
  assert.deepEqual(nearestPoint(scores, [0.5, 0.75], 0.5), { point: 0.625, nearest: 0 });
  assert.deepEqual(nearestPoint([1, 0.5], [0.5, 1], 0.5).nearest, 0);
});

Deno.test("accuracies are those of the validation samples, counted by hand", async () => {
  const context = runContext();
  const candidates = [thresholdModel(-4), thresholdModel(-3), thresholdModel(-1)];
  const between = [thresholdModel(-5), thresholdModel(0)];
  const chosen = await choose.run(
    { candidates, between, models: undefined, data },
    { at: 0.5 },
    context,
  );
  assert.equal(modelDigest(chosen), modelDigest(candidates[1]!));
  assert.deepEqual(context.reported.notes.choice, {
    candidates: [0.6, 0.7, 0.9],
    ...{ low: 0.5, high: 1, point: 0.75, chosen: 2 },
  });
  assert.deepEqual(context.reported.warnings, []);
});

Deno.test("with `models`, the one in the chosen one's place is given", async () => {
  const models = [thresholdModel(1), thresholdModel(2), thresholdModel(3)];
  const given = {
    candidates: [thresholdModel(-4), thresholdModel(-3), thresholdModel(-1)],
    models,
    data,
  };
  const between = [thresholdModel(-5), thresholdModel(0)];
  const chosen = (at: number) =>
    Promise.resolve(choose.run({ ...given, between }, { at }, runContext())).then(modelDigest);
  assert.equal(await chosen(0.1), modelDigest(models[0]!));
  assert.equal(await chosen(0.9), modelDigest(models[2]!));
});

Deno.test("a high end that is no better is said", async () => {
  const context = runContext();
  const between = [thresholdModel(0), thresholdModel(-2)];
  await choose.run({ candidates: [thresholdModel(-1)], between, models: undefined, data }, {
    at: 0.5,
  }, context);
  const warning =
    "The low end is as good as the high one already: what lies between them may help nobody";
  assert.deepEqual(context.reported.warnings, [warning]);
  const equal = runContext();
  const twice = [thresholdModel(-2), thresholdModel(-2)];
  const given = { candidates: [thresholdModel(-1)], between: twice, models: undefined, data };
  await choose.run(given, { at: 0.5 }, equal);
  assert.deepEqual(equal.reported.warnings, [warning]);
});

Deno.test("without validation samples nothing is chosen", async () => {
  const empty = { count: 0, x: new Float32Array(), y: new Int32Array() };
  const blind = { ...data, parts: { validation: empty } };
  const given = {
    candidates: [thresholdModel(-1)],
    between: [thresholdModel(0), thresholdModel(1)],
    models: undefined,
  };
  await assert.rejects(
    async () => await choose.run({ ...given, data: blind }, { at: 0.5 }, runContext()),
    new RangeError("Cannot choose between models: the data have no validation samples"),
  );
});

Deno.test("what it reads, and the limits of its point", () => {
  assert.deepEqual(declared(choose), {
    ...{ name: "choose", version: 1, output: "model", example: { at: 0.5 } },
    inputs: {
      candidates: "model many learned: The models that are measured, to choose from",
      between:
        "model many learned: The two models between whose accuracies the point lies, low first",
      models:
        "model many optional: What is given in a candidate's place, in their order: the networks before they learned",
      data: "dataset: The samples by which they are measured",
    },
  });
  assert.deepEqual(choose.inputs.data.parts!({}), ["meta", "validation"]);
  assert.deepEqual(fieldsOf(choose), {
    at: { type: "number", minimum: 0, maximum: 1, default: 0.5 },
  });
});

Deno.test("what is known before: shapes where all candidates share them, learned where all have", () => {
  const facts = (model: Model, learned = true): ModelFacts =>
    modelFacts(model, { learned, established: {} });
  const [small, large] = [
    thresholdModel(0),
    denseModel([{ kernel: [[1, 2, 3]] }, { kernel: [[1, 0], [0, 1], [1, 1]] }]),
  ];
  const between = [facts(small), facts(large)];
  const known = (more: object) =>
    choose.facts({ between, ...more } as never, { at: 0.5 }) as ModelFacts;
  assert.deepEqual(known({ candidates: [facts(small), facts(small)] }), facts(small));
  const open = known({ candidates: [facts(small), facts(large)] });
  assert.deepEqual([open.layers, open.learned], [undefined, true]);
  const fresh = [facts(small, false), facts(large, false)];
  assert.equal(known({ candidates: [facts(small), facts(large)], models: fresh }).learned, false);
  const wrong = (more: object, path: string, message: string, help: string) =>
    assert.throws(() => known(more), new ParameterError("missing-input", path, message, help));
  for (const count of [1, 3]) {
    wrong(
      { candidates: [facts(small)], between: Array(count).fill(facts(small)) },
      "between",
      `\`between\` names two models, low and high; this names ${count}`,
      "between: [student, teacher]",
    );
  }
  wrong(
    { candidates: [facts(small)], models: fresh },
    "models",
    "`models` stand for the candidates one by one: 2 for 1",
    "as many, in the same order, or leave it out",
  );
  assert.throws(
    () => known({ candidates: [facts(small)], data: { kind: "dataset", labels: "none" } }),
    {
      path: "data",
      message: "The assistant is chosen by validation samples with labels, and nobody has " +
        "labelled the data (labels: none)",
      help: "name one: assistant: { use: ... }",
    },
  );
});

const ground = {
  name: "assisted",
  data: { use: "digits", limit: 200, split: { validation: 0.1, test: 0.02 } },
  teacher: { use: "mlp", hidden: [60, 60], train: { epochs: 3 } },
  assistant: {
    use: "auto",
    candidates: [{ use: "mlp", hidden: [8] }, { use: "mlp", hidden: [30] }],
  },
  student: { use: "mlp", hidden: [4] },
  distill: { epochs: 2 },
};

Deno.test("an assistant is the chosen network, taught from its first weights on", async () => {
  const cache = memoryStore();
  const run = await recipe(ground).run({ cache });
  assert.deepEqual(run.problems, []);
  const step = (name: string) => run.steps.find((each) => each.name === name)!;
  const { candidates, low, high, chosen } = step("assistant-init").notes.choice as {
    readonly candidates: readonly number[];
    readonly low: number;
    readonly high: number;
    readonly chosen: number;
  };
  const far = candidates.map((score) => Math.abs(score - (low + high) / 2));
  assert.equal(far[chosen - 1], Math.min(...far));
  assert.equal(
    step("assistant-init").artifact!.digest,
    step(`candidate-${chosen}-init`).artifact!.digest,
  );
  // By hand: that network distilled from the teacher is the assistant, to the bit.
  const byHand = await recipe({
    ...ground,
    assistant: (ground.assistant.candidates as object[])[chosen - 1]!,
  }).run({ cache });
  const assistant = byHand.steps.find(({ name }) => name === "assistant")!;
  // The k-th candidate draws its first weights by seed + k: the first is the recipe's own.
  assert.equal(
    assistant.artifact!.digest === step("assistant").artifact!.digest,
    chosen === 1,
  );
});

Deno.test("without candidates: the student's family between the two, nearest to equal ratios of parameters", () => {
  const candidatesOf = (student: object, teacher: object, more: object = {}) =>
    recipe({
      ...ground,
      teacher: { ...teacher, train: { epochs: 1 } },
      student,
      assistant: { use: "auto", ...more },
    }).expand().steps
      .filter(({ name }) => /^candidate-\d+-init$/.test(name))
      .map(({ params: { depth, width } }) => [depth, width]);
  // Published counts (CIFAR shapes, 1×1 shortcuts): 8: 78 k, 14: 176 k, 20: 273 k, 26: 370 k, 32: 467 k, 56: 856 k.
  assert.deepEqual(
    candidatesOf({ use: "resnet", depth: 8 }, { use: "resnet", depth: 56 }),
    [[14, 1], [20, 1], [32, 1]],
  );
  assert.deepEqual(
    candidatesOf({ use: "resnet", depth: 8 }, { use: "resnet", depth: 8, width: 3 }),
    [[14, 1], [20, 1], [26, 1]],
  );
  // Between neighbours in depth there are widths.
  const widths = candidatesOf({ use: "resnet", depth: 8 }, { use: "resnet", depth: 14 });
  assert.deepEqual(widths, [[8, 1.25]]);
  assert.throws(
    () => candidatesOf({ use: "mlp", hidden: [4] }, { use: "mlp", hidden: [60] }),
    /finds no mlp between student/,
  );
});
