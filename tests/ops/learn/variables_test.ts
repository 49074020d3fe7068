/** Weights while they move: masked zeros stay, frozen layers keep every bit, a model takes what it learned with. */
import { learnedModel, openVariables } from "../../../ops/learn/variables.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { captureVariables, closeVariables, updateVariables } from "../../../ops/learn/variables.ts";
import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import type { Architecture, Model } from "../../../ops/model/model.ts";
import { denseModel } from "../prune/dense_model.ts";
import { adam, fitted, sgd, tableData, training, valuesOf } from "./small_trainings.ts";

/** A network with everything that has a state: convolution, BatchNorm, dropout, dense. */
const network: Architecture = {
  family: "test",
  inputs: [{ name: "input", shape: [4, 4, 1] }],
  layers: [
    {
      ...{ name: "conv", kind: "conv", inputs: ["input"], filters: 3, kernel: [3, 3], bias: false },
      ...{ activation: "linear", strides: [1, 1], padding: "same", dilations: [1, 1] },
    },
    {
      name: "norm",
      kind: "batchnorm",
      inputs: ["conv"],
      epsilon: 1e-3,
      momentum: 0.9,
      activation: "relu",
    },
    { name: "flatten", kind: "flatten", inputs: ["norm"] },
    { name: "drop", kind: "dropout", inputs: ["flatten"], rate: 0.25 },
    { name: "dense", kind: "dense", inputs: ["drop"], units: 2, bias: true, activation: "linear" },
  ],
  outputs: ["dense"],
  head: "softmax",
};

/** Images whose class is whether the left half is brighter. */
function images(count: number): Dataset {
  const draws = stream(5, "noise");
  const x = Uint8Array.from(draws.uniforms(0, count * 16), (u) => Math.floor(256 * u));
  const y = Int32Array.from({ length: count }, (_, i) => {
    const at = (column: number) =>
      [0, 4, 8, 12].reduce((sum, row) => sum + x[i * 16 + row + column]!, 0);
    return at(0) + at(1) > at(2) + at(3) ? 1 : 0;
  });
  const part = { count, x, y };
  const meta = {
    ...{ input: [4, 4, 1], type: "uint8" as const, task: "classification" as const },
    ...{ classes: ["dark", "bright"], outputs: 2, normalize: { scale: [1 / 255], offset: [0] } },
  };
  return { meta, parts: { train: part, validation: part } };
}

Deno.test("a masked weight is exactly 0 after Adam with decay, and the mask is still there", async () => {
  const plain = denseModel([{ kernel: [[0.5, 0], [0, 0.25]], bias: [0, 0] }]);
  const mask = Uint8Array.of(1, 0, 0, 1);
  const model: Model = {
    ...plain,
    weights: { ...plain.weights, "dense1/kernel": { ...plain.weights["dense1/kernel"]!, mask } },
    established: { zeros: true },
  };
  const data = tableData([[1, 2], [3, 4], [5, -6]], [[1, 2], [0, 1], [2, 2]]);
  for (
    const optimizer of [
      adam(0.05, { weight_decay: 0.1 }),
      sgd(0.01),
      { ...sgd(0.01), use: "nesterov" } as never,
    ]
  ) {
    const { model: trained } = await fitted(
      model,
      data,
      training({ epochs: 20, batch: 2, optimizer }),
    );
    const [a, b, c, d] = valuesOf(trained, "dense1/kernel");
    assert.ok(Object.is(b, 0) && Object.is(c, 0), `${b} ${c}`);
    assert.ok(a !== 0.5 && d !== 0.25 && a !== 0 && d !== 0);
    assert.deepEqual(trained.weights["dense1/kernel"]!.mask, mask);
    assert.equal(modelKind.holds!(model, trained), undefined);
  }
});

Deno.test("frozen layers keep every bit, BatchNorm's averages too; the others move", async () => {
  const model = initialModel(network, 1);
  const { model: trained } = await fitted(
    model,
    images(10),
    training({
      epochs: 2,
      batch: 4,
      freeze: ["conv", "norm"],
      optimizer: adam(0.01, { weight_decay: 0.1 }),
    }),
  );
  for (const [name, weight] of Object.entries(model.weights)) {
    const same = weight.data.every((value, i) => Object.is(value, trained.weights[name]!.data[i]));
    assert.equal(same, !name.startsWith("dense"), name);
  }
});

Deno.test("what a model is first trained on becomes its own preparation and its class names", async () => {
  const { model } = await fitted(initialModel(network, 1), images(8), training());
  assert.deepEqual(model.preprocess, { scale: [1 / 255], offset: [0] });
  assert.deepEqual([model.classes, model.learned], [["dark", "bright"], true]);
  const prepared: Model = {
    ...model,
    preprocess: { scale: [2], offset: [1] },
    classes: ["no", "yes"],
  };
  const { model: again } = await fitted(prepared, images(8), training());
  assert.deepEqual([again.preprocess, again.classes], [prepared.preprocess, ["no", "yes"]]);
});

Deno.test("one step of plain descent by hand; what has no gradient stays, what is captured comes back", async () => {
  const model = denseModel([{ kernel: [[1, 2]], bias: [3, 4] }]);
  const optimizer = sgd(0.5, { momentum: 0, weight_decay: 0.1 });
  const moment = { epoch: 0, epochs: 1, update: 0 };
  const captured = await withTensors((room) => {
    const variables = openVariables(room, model, { optimizer });
    assert.deepEqual(variables.moving.map(({ name }) => name), ["dense1/kernel", "dense1/bias"]);
    room.tf.tidy(() => {
      const gradient = room.tensor(Float32Array.of(1, -1), [1, 2]);
      updateVariables(room, variables, [gradient, null], { optimizer, moment });
    });
    const arrays = captureVariables(room, variables, "all");
    closeVariables(variables);
    return arrays;
  });
  // w − 0.5 (g + 0.1 w)
  const kernel = [...captured["dense1/kernel"]!];
  [0.45, 2.4].forEach((w, i) => assert.ok(Math.abs(kernel[i]! - w) < 1e-6, `${kernel}`));
  assert.deepEqual([...captured["dense1/bias"]!], [3, 4]);
  await withTensors((room) => {
    const again = openVariables(room, model, { optimizer, arrays: captured });
    assert.deepEqual(captureVariables(room, again, "all"), captured);
    closeVariables(again);
  });
});

Deno.test("a frozen weight does not move, and a learned model has the arrays of its own weights alone", async () => {
  const model = denseModel([{ kernel: [[1]], bias: [2] }, { kernel: [[3]] }]);
  await withTensors((room) => {
    const variables = openVariables(room, model, { optimizer: sgd(1), freeze: ["dense1"] });
    assert.deepEqual(variables.moving.map(({ name }) => name), ["dense2/kernel"]);
    assert.deepEqual(Object.keys(variables.still), ["dense1/kernel", "dense1/bias"]);
    closeVariables(variables);
  });
  const { meta } = tableData([[1]], [[1]]);
  const arrays = { "dense2/kernel": Float32Array.of(7), "~adapter/kernel": Float32Array.of(9) };
  const learned = learnedModel({ ...model, learned: false }, meta, arrays);
  assert.deepEqual(valuesOf(learned, "dense2/kernel"), [7]);
  assert.deepEqual(Object.keys(learned.weights), Object.keys(model.weights));
  assert.equal(learned.learned, true);
});
