import assert from "node:assert/strict";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { type Dataset, factsOf } from "../../../ops/data/dataset.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { train } from "../../../ops/learn/train.ts";
import { bert } from "../../../ops/model/zoo/bert.ts";
import { charLstm } from "../../../ops/model/zoo/char_lstm.ts";
import { mobilenetV2 } from "../../../ops/model/zoo/mobilenet_v2.ts";
import type { Training } from "../../../ops/learn/training_fields.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";
import { textCnn } from "../../../ops/model/zoo/text_cnn.ts";
import { labelled } from "../labelled.ts";
import { livelyModel } from "../lively_model.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";
import { fitted, sgd, tableData, training, valuesOf } from "./small_trainings.ts";

const model = denseModel([{ kernel: [[0.5], [-0.5]], bias: [0.1] }]);
const data = tableData([[1, 2]], [[1]]);
const known = { model: modelFacts(model, { ...model, learned: false }), data: factsOf(data.meta) };

Deno.test("train moves the weights and says that the model has learned", async () => {
  const trained = await train.run({ model, data }, training(), runContext());
  assert.deepEqual(valuesOf(trained, "dense1/kernel").map((w) => Math.round(w * 1e6) / 1e6), [
    0.78,
    0.06,
  ]);
  assert.equal((train.facts(known, training()) as ModelFacts).learned, true);
});

Deno.test("the model that went in is not changed", async () => {
  const before = structuredClone(model.weights);
  await train.run({ model, data }, training({ epochs: 3 }), runContext());
  assert.deepEqual(model.weights, before);
});

Deno.test("sequences of one token, and images of one pixel or one column, are learned", async () => {
  const text = { embedding: 4, vocabulary: 11, dropout: 0 };
  const networks = [
    charLstm.build([1], 3, { ...text, units: 4, depth: 2, answer: "last" }),
    charLstm.build([1], 11, { ...text, units: 4, depth: 1, answer: "each" }),
    bert.build([1], 3, { vocabulary: 11, dropout: 0, depth: 1, hidden: 8, heads: 2 }),
    textCnn.build([1], 3, { ...text, filters: 4, kernels: [1], dense: [] }),
    resnet.build([1, 1, 1], 3, { depth: 8, width: 0.25 }),
    resnet.build([8, 1, 1], 3, { depth: 8, width: 0.25 }),
    mobilenetV2.build([1, 1, 1], 3, { depth: 2, width: 0.25 }),
  ];
  for (const network of networks) {
    const model = livelyModel(network);
    const { model: learned, note } = await fitted(model, labelled(model, 4), training());
    assert.ok(Number.isFinite(note.history[0]!.loss), network.family);
    assert.notDeepEqual(learned.weights, model.weights, network.family);
  }
});

Deno.test("with class weights a model learns the shares that they make of the classes", async () => {
  const nothing = denseModel([{ kernel: [[0, 0]], bias: [0, 0] }]);
  const part = { count: 10, x: new Float32Array(10), y: Int32Array.of(1, ...Array(9).fill(0)) };
  const rare: Dataset = {
    meta: {
      ...{ input: [1], type: "float32", task: "classification", classes: ["often", "rare"] },
      ...{ outputs: 2, normalize: { scale: [1], offset: [0] } },
    },
    parts: { train: part, validation: part },
  };
  // All samples look alike, so the best logits differ by the logarithm of the classes' weighted shares.
  const cases = [[undefined, 1 / 9], ["balanced", 1], [[1, 3], 3 / 9], [
    { often: 2 },
    1 / 18,
  ]] as const;
  for (const [said, shares] of cases) {
    const loss = [{
      ...{ use: "labels" as const, weight: 1, smoothing: 0 },
      ...(said !== undefined && { class_weights: said }),
    }];
    const block = training({ epochs: 300, optimizer: sgd(0.3), loss });
    const learned = await train.run({ model: nothing, data: rare }, block, runContext());
    const [often, seldom] = valuesOf(learned, "dense1/bias");
    assert.ok(Math.abs(seldom! - often! - Math.log(shares)) < 1e-3, `${seldom! - often!}`);
  }
});

Deno.test("drawn equally often, classes are learned as if they were equally many", async () => {
  const nothing = denseModel([{ kernel: [[0, 0]], bias: [0, 0] }]);
  const y = Int32Array.of(1, ...Array(9).fill(0));
  const part = { count: 10, x: new Float32Array(10), y };
  const rare: Dataset = {
    meta: {
      ...{ input: [1], type: "float32", task: "classification", classes: ["often", "rare"] },
      ...{ outputs: 2, normalize: { scale: [1], offset: [0] } },
    },
    parts: { train: part, validation: part },
  };
  for (const [sampling, odds] of [["once", 1 / 9], ["balanced", 1]] as const) {
    const block = training({ epochs: 300, optimizer: sgd(0.3), sampling });
    const learned = await train.run({ model: nothing, data: rare }, block, runContext());
    const [often, seldom] = valuesOf(learned, "dense1/bias");
    assert.ok(Math.abs(seldom! - often! - Math.log(odds)) < 1e-3, `${seldom! - often!}`);
  }
  assert.throws(
    () =>
      train.facts(
        { ...known, data: { ...known.data, task: "regression" } },
        training({ sampling: "balanced" }),
      ),
    (error) => error instanceof ParameterError && error.path === "sampling",
  );
});

Deno.test("train has no teacher", () => {
  const taught = training({ loss: [{ use: "logits", weight: 1, distance: "mse" }] });
  assert.throws(
    () => train.facts(known, taught),
    (error) => error instanceof ParameterError && error.path === "loss.0",
  );
});

Deno.test("images alone can be shifted", () => {
  const shifted = training({ augment: [{ use: "shift", pixels: 1, chance: 1 }] });
  assert.throws(
    () => train.facts(known, shifted),
    (error) => error instanceof ParameterError && error.path === "augment",
  );
});

Deno.test("BatchNorm that is not there cannot be estimated anew", () => {
  train.facts(known, training({ recalibrate: "auto" }));
  assert.throws(
    () => train.facts(known, training({ recalibrate: "always" })),
    (error) => error instanceof ParameterError && error.path === "recalibrate",
  );
});

Deno.test("BatchNorm that is not there cannot stand, and one that stands is not estimated anew", () => {
  const both = { recalibrate: "always", batchnorm: "averages" } as const;
  const said = (inputs: Parameters<typeof train.facts>[0], more: Partial<Training>) => {
    try {
      train.facts(inputs, training(more));
    } catch (error) {
      assert.ok(error instanceof ParameterError);
      return `${error.code} ${error.path} (${error.help})`;
    }
    return "sound";
  };
  const network = livelyModel(resnet.build([8, 8, 1], 3, { depth: 8, width: 0.25 }));
  const normed = { model: modelFacts(network, network), data: factsOf(labelled(network, 1).meta) };
  assert.equal(said(known, { batchnorm: "batch" }), "sound");
  assert.equal(
    said(known, { batchnorm: "averages" }),
    "selector-empty batchnorm (leave batchnorm out)",
  );
  assert.equal(said(normed, { batchnorm: "averages" }), "sound");
  assert.equal(said(normed, both), "unknown-value recalibrate (leave one of them out)");
});

Deno.test("validation is read, but needed only where something is chosen by it", () => {
  const { parts, needed } = train.inputs.data;
  assert.deepEqual(parts!(training()), ["meta", "train", "validation"]);
  assert.deepEqual(needed!(training()), ["train"]);
  assert.deepEqual(needed!(training({ checkpoint: "best" })), ["train", "validation"]);
  assert.deepEqual(needed!(training({ patience: 2 })), ["train", "validation"]);
});
