/** What must be true of a training before it runs. */
import {
  answerMisfit,
  assertNoPeers,
  assertNoTeacher,
  trainingFacts,
} from "../../../ops/learn/training_facts.ts";
import { term } from "./terms/support/evaluated.ts";
import assert from "node:assert/strict";
import { type DatasetFacts, type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { type Dataset, factsOf } from "../../../ops/data/dataset.ts";
import { plainVocabulary } from "../../../ops/data/text/vocabulary.ts";
import { train } from "../../../ops/learn/train.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { modelFacts, sizeOf } from "../../../ops/model/layers.ts";
import type { Architecture, Model } from "../../../ops/model/model.ts";
import { charLstm } from "../../../ops/model/zoo/char_lstm.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";
import { training } from "./small_trainings.ts";

refuseLeaks(true);

const LENGTH = 4;

const tokens = ["[padding]", "[unknown]", "a", "b", "c"];

/** Windows of "abcabc…": what comes next is certain but for the first token, and then too. */
function alphabet(count: number): Dataset {
  const x = Int32Array.from({ length: count * LENGTH }, (_, i) => 2 + i % 3);
  const y = x.map((token) => 2 + (token - 1) % 3);
  const part = { count, x, y };
  return {
    meta: {
      ...{ input: [LENGTH], type: "int32", task: "next-token", classes: [] } as const,
      ...{ outputs: tokens.length, normalize: { scale: [1], offset: [0] } },
      text: plainVocabulary(tokens, 0, 1),
    },
    parts: { train: part, validation: part, test: part },
  };
}

const facts = (model: Model) => modelFacts(model, model);

Deno.test("what does not answer at every place, or only there, is refused with a way out", () => {
  const data = factsOf(alphabet(1).meta);
  const told = (model: ModelFacts, data: DatasetFacts, block = training()) => {
    try {
      train.facts({ model, data }, block);
    } catch (error) {
      assert.ok(error instanceof ParameterError);
      return [error.path, error.message, error.help];
    }
    return undefined;
  };
  const options = { embedding: 4, units: 4, depth: 1, dropout: 0, vocabulary: 5 };
  const [each, last] = (["each", "last"] as const).map((answer) =>
    facts(initialModel(charLstm.build([LENGTH], 5, { ...options, answer }), 0))
  ) as [ModelFacts, ModelFacts];
  assert.equal(told(each, data), undefined);
  assert.deepEqual(told(last, data), [
    "model",
    "the task is next-token, an answer at each of 4 places, and the model gives 5",
    "answer: each",
  ]);
  const classes: DatasetFacts = { ...data, task: "classification" };
  assert.equal(told(last, classes), undefined);
  assert.deepEqual(told(each, classes), [
    "model",
    "the task is classification, one answer per sample, and the model gives 4×5",
    "answer: last",
  ]);
});

Deno.test("terms that need a teacher or peers are refused where there are none, by their place", () => {
  const at = (check: (loss: never) => void, loss: readonly object[]) => {
    try {
      check(loss as never);
    } catch (error) {
      assert.ok(error instanceof ParameterError);
      return error.path;
    }
    return undefined;
  };
  const [labels, logits, peers] = ["labels", "logits", "peers"].map((use) => term({ use }));
  assert.equal(at(assertNoTeacher, [labels!, peers!]), undefined);
  assert.equal(at(assertNoTeacher, [labels!, logits!]), "loss.1");
  assert.equal(at(assertNoPeers, [labels!, logits!]), undefined);
  assert.equal(at(assertNoPeers, [peers!, labels!]), "loss.0");
});

Deno.test("a model of other outputs than the data have classes is a misfit of the data", () => {
  const model = facts(initialModel(
    charLstm.build([LENGTH], 5, {
      ...{ embedding: 4, units: 4, depth: 1, answer: "last", dropout: 0, vocabulary: 5 },
    }),
    0,
  ));
  const data = { kind: "dataset", task: "classification", input: [LENGTH] } as const;
  assert.equal(answerMisfit(model, { ...data, outputs: 5 } as never), undefined);
  const misfit = answerMisfit(model, { ...data, outputs: 4 } as never, "the teacher")!;
  assert.deepEqual([misfit.path, misfit.message], [
    "data",
    "the teacher has 5 outputs, the data 4 classes",
  ]);
});

Deno.test("pictures of another size or colour are refused with the fields that make them fit", () => {
  const model = facts(initialModel(resnet.build([32, 32, 3], 4, { depth: 8, width: 0.25 }), 0));
  const gray = facts(initialModel(resnet.build([8, 8, 1], 4, { depth: 8, width: 0.25 }), 0));
  const deep = facts(initialModel(resnet.build([8, 8, 5], 4, { depth: 8, width: 0.25 }), 0));
  const helpFor = (model: ModelFacts, input: readonly number[]) => {
    const data: DatasetFacts = { kind: "dataset", task: "classification", input, outputs: 4 };
    try {
      train.facts({ model, data }, training());
    } catch (error) {
      assert.ok(error instanceof ParameterError);
      assert.deepEqual([error.code, error.path], ["shape-mismatch", "data"]);
      return error.help;
    }
    return "fits";
  };
  assert.equal(helpFor(model, [32, 32, 3]), "fits");
  assert.equal(helpFor(model, [28, 28, 1]), "data: { …, resize: [32, 32], color: rgb }");
  assert.equal(helpFor(model, [32, 32, 1]), "data: { …, color: rgb }");
  assert.equal(helpFor(model, [32, 28, 3]), "data: { …, resize: [32, 32] }");
  assert.equal(helpFor(gray, [8, 8, 3]), "data: { …, color: gray }");
  assert.equal(helpFor(deep, [8, 8, 3]), undefined, "no field gives five channels");
  assert.equal(helpFor(model, [3072]), undefined);
});

Deno.test("what a model answers is held against what the data ask: as many numbers, classes, targets, places", () => {
  const model = facts(initialModel(mlp.build([2, 3], 6, { hidden: [4], dropout: 0 }), 0));
  const misfit = (data: Partial<DatasetFacts>, of: ModelFacts = model) => {
    const found = answerMisfit(of, { kind: "dataset", ...data } as DatasetFacts);
    if (found === undefined) return undefined;
    assert.equal(found.code, "shape-mismatch");
    return [found.path, found.message, ...found.help === undefined ? [] : [found.help]];
  };
  const whole = { task: "reconstruction" } as const;
  assert.equal(misfit({ ...whole, input: [2, 3] }), undefined);
  assert.equal(misfit(whole), undefined);
  assert.deepEqual(misfit({ ...whole, input: [2, 4] }), [
    "data",
    "the answer is the sample itself, 2×4, and the model gives 6",
    "outputs: 8, or a family that gives images (cvae)",
  ]);
  const classes = { task: "classification", outputs: 4 } as const;
  assert.equal(misfit({ ...classes, outputs: 6 }), undefined);
  assert.equal(misfit({ task: "classification" }), undefined);
  assert.deepEqual(misfit(classes), [
    "data",
    "the model has 6 outputs, the data 4 classes",
    "classes: the 6 names in the order of the outputs, as a list or a file; or a model for 4",
  ]);
  for (const read of [{ family: "loaded" }, { family: "bert", learned: true }]) {
    assert.equal(
      misfit(classes, { ...model, ...read })![2],
      "classes: the 6 names in the order of the outputs, as a list or a file; or head: {}, a new classifier for 4",
    );
  }
  assert.match(misfit(classes, { ...model, family: "bert" })![2]!, /or a model for 4$/);
  assert.deepEqual(misfit({ ...classes, task: "regression" }), [
    "data",
    "the model has 6 outputs, the data 4 targets",
  ]);
  const labels = { task: "multi-label", outputs: 6 } as const;
  const ended = (head: Architecture["head"]) =>
    facts({ ...initialModel(mlp.build([2, 3], 6, { hidden: [4], dropout: 0 }), 0), head });
  assert.equal(misfit(labels, ended("sigmoid")), undefined);
  assert.equal(misfit(labels, ended("none")), undefined);
  assert.deepEqual(misfit({ ...labels, outputs: 4 }, ended("sigmoid"))!.slice(0, 2), [
    "data",
    "the model has 6 outputs, the data 4 labels",
  ]);
  assert.deepEqual(misfit(labels, ended("softmax")), [
    "model",
    "a sample may have several labels, and the model ends in a softmax, which is of one class",
    "probabilities: sigmoid",
  ]);
  assert.equal(
    misfit(labels, { ...ended("softmax"), family: "loaded" })![2],
    "head: {}, a new classifier",
  );
  // Only of a char-lstm is it known which option it takes.
  assert.deepEqual(misfit({ task: "next-token", input: [2] }), [
    "model",
    "the task is next-token, an answer at each of 2 places, and the model gives 6",
  ]);
  const dense = { kind: "dense", bias: false, activation: "linear" } as const;
  const answering = (input: readonly number[], made: readonly number[]) => {
    const units = sizeOf(made) * input.at(-1)! / sizeOf(input);
    return facts(initialModel({
      ...{
        family: "test",
        inputs: [{ name: "input", shape: input }],
        outputs: ["r"],
        head: "none",
      },
      layers: [
        { ...dense, name: "d", inputs: ["input"], units },
        { kind: "reshape", name: "r", inputs: ["d"], shape: made },
      ],
    } as Architecture, 0));
  };
  const next = { task: "next-token", outputs: 5 } as const;
  assert.equal(misfit(next, answering([4], [4, 5])), undefined);
  assert.equal(misfit(next, answering([4, 2], [4, 5])), undefined);
  for (const made of [[3, 5], [4, 1, 5], [1, 4, 5]]) {
    assert.deepEqual(misfit(next, answering([4], made)), [
      "model",
      `the task is next-token, an answer at each of 4 places, and the model gives ${
        made.join("×")
      }`,
    ]);
  }
  assert.equal(misfit({ task: "generation", outputs: 4 }), undefined);
  assert.equal(misfit({ outputs: 4 }), undefined);
  const { architecture: _, ...open } = model;
  assert.equal(misfit(classes, open), undefined);
});

Deno.test("a model that reads other samples, is told other classes or answers twice is no training's", () => {
  const refused = (model: ModelFacts, data: Partial<DatasetFacts>) => {
    try {
      train.facts({ model, data: { kind: "dataset", ...data } as DatasetFacts }, training());
    } catch (error) {
      assert.ok(error instanceof ParameterError);
      return [error.code, error.path, error.message];
    }
    return undefined;
  };
  const layer = { kind: "dense", units: 4, bias: false, activation: "linear" } as const;
  const network = (inputs: Architecture["inputs"], outputs: readonly string[]): ModelFacts => {
    const layers = ["one", "two"].map((name) => ({ ...layer, name, inputs: ["x"] }));
    const family = { family: "test", head: "softmax", inputs, layers, outputs } as const;
    return modelFacts(family, { learned: false, established: {} });
  };
  const x = { name: "x", shape: [3] };
  const data = { task: "classification", input: [3], outputs: 4 } as const;
  assert.equal(refused(network([x], ["one"]), data), undefined);
  assert.deepEqual(refused(network([x], ["one", "two"]), data), [
    ...["shape-mismatch", "model", "the model has 2 outputs, and a training knows one"],
  ]);
  assert.deepEqual(refused(network([x], ["one"]), { ...data, input: [2, 2] }), [
    ...["shape-mismatch", "data", "the model reads 3, a sample of the data is 2×2"],
  ]);
  const told = (shape: readonly number[]) => network([x, { name: "label", shape }], ["one"]);
  assert.equal(refused(told([4]), data), undefined);
  for (const shape of [[3], [4, 1]]) {
    assert.deepEqual(refused(told(shape), data), [
      ...["shape-mismatch", "data"],
      `the model is told ${shape.join("×")} classes at \`label\`, the data have 4`,
    ]);
  }
  const { input: _, ...open } = data;
  assert.equal(refused(network([x], ["one"]), open), undefined);
  const { outputs: __, ...unnamed } = data;
  assert.equal(refused(told([3]), unnamed), undefined);
});

Deno.test("what is asked of BatchNorm needs some, and one of two ways to treat its averages", () => {
  const refused = (model: Model, block: Parameters<typeof training>[0]) => {
    const data = { kind: "dataset", task: "classification", outputs: 4 } as const;
    try {
      train.facts({ model: facts(model), data }, training(block));
    } catch (error) {
      assert.ok(error instanceof ParameterError);
      return [error.code, error.path, error.message, error.help];
    }
    return undefined;
  };
  const without = initialModel(mlp.build([4], 4, { hidden: [3], dropout: 0 }), 0);
  const normed = initialModel(resnet.build([8, 8, 1], 4, { depth: 8, width: 0.25 }), 0);
  const always = { recalibrate: "always" } as const;
  const averages = { batchnorm: "averages" } as const;
  assert.equal(refused(without, {}), undefined);
  assert.deepEqual(refused(without, always), [
    ...["selector-empty", "recalibrate"],
    "`recalibrate: always` needs a batchnorm layer, and this model (mlp) has none",
    "leave recalibrate out",
  ]);
  assert.deepEqual(refused(without, averages), [
    ...["selector-empty", "batchnorm"],
    "`batchnorm: averages` needs a batchnorm layer, and this model (mlp) has none",
    "leave batchnorm out",
  ]);
  assert.equal(refused(without, { ...always, ...averages })![1], "recalibrate");
  for (const each of [{}, always, averages]) assert.equal(refused(normed, each), undefined);
  assert.deepEqual(refused(normed, { ...always, ...averages }), [
    ...["unknown-value", "recalibrate"],
    "`batchnorm: averages` leaves the averages as they are, and `recalibrate: always` takes them anew",
    "leave one of them out",
  ]);
});

Deno.test("validation samples of what is made from noise choose nothing", () => {
  const model = facts(initialModel(mlp.build([2], 3, { hidden: [4], dropout: 0 }), 0));
  const data: DatasetFacts = { kind: "dataset", task: "generation", input: [2] } as never;
  const kept = (more: object) => () =>
    train.facts({ model, data }, training({ loss: [], ...more }));
  const refused = {
    code: "unknown-value",
    message:
      "validation samples are latent numbers, and nothing says which of their images are good",
    help: "checkpoint: last",
  };
  assert.throws(kept({ checkpoint: "best" }), { ...refused, path: "checkpoint" });
  assert.throws(kept({ patience: 2 }), { ...refused, path: "patience" });
  assert.doesNotThrow(kept({}));
});

Deno.test("no epoch is chosen by samples that nobody has labelled, but where they are their own answers", () => {
  const model = facts(initialModel(mlp.build([2], 2, { hidden: [4], dropout: 0 }), 0));
  const said = (task: DatasetFacts["task"], labels: "none" | undefined, more: object) => {
    const data = { kind: "dataset", task, input: [2], ...labels && { labels } } as DatasetFacts;
    const loss = [term({ use: task === "reconstruction" ? "labels" : "logits" })];
    try {
      trainingFacts({ model, data }, training({ loss, ...more }));
    } catch (error) {
      assert.ok(error instanceof ParameterError);
      return [error.code, error.path, error.message, error.help];
    }
    return undefined;
  };
  const why = "nobody has labelled the validation samples, and nothing says which answers are good";
  const [best, patient] = [{ checkpoint: "best" }, { patience: 2 }];
  const help = "checkpoint: last";
  assert.deepEqual(said("classification", "none", best), [
    "unknown-value",
    "checkpoint",
    why,
    help,
  ]);
  assert.deepEqual(said("regression", "none", patient), ["unknown-value", "patience", why, help]);
  assert.equal(said("classification", "none", {}), undefined);
  assert.equal(said("classification", undefined, best), undefined);
  assert.equal(said("reconstruction", "none", best), undefined);
});
