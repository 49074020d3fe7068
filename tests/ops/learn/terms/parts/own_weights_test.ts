/** Terms of the model's own weights: worked out by hand, by finite differences, and over a whole training. */
import assert from "node:assert/strict";
import { recipe, RecipeError } from "../../../../../mod.ts";
import { curveAt } from "../../../../../ops/learn/curve.ts";
import { initialModel } from "../../../../../ops/model/initialize.ts";
import type { Layer, Model } from "../../../../../ops/model/model.ts";
import { decodeWeight, floatWeight } from "../../../../../ops/model/weights.ts";
import { families } from "../../../../../ops/model/zoo/families.ts";
import { termValue } from "../../../../../ops/learn/terms/terms.ts";
import { withTensors } from "../../../../../engine/tensor/mod.ts";
import { noise } from "../../../distill/noise.ts";
import { denseModel } from "../../../prune/dense_model.ts";
import { fitted, sgd, training } from "../../small_trainings.ts";
import { assertAllNear, assertNear, term } from "../evaluated.ts";

/** Value of a term on a model, and its gradient for every weight that it reaches. */
async function held(model: Model, written: Readonly<Record<string, unknown>>) {
  const chosen = term({ weight: 1, ...written });
  return await withTensors((room) => {
    const names = Object.keys(model.weights);
    const tensors = names.map((name) => {
      const weight = model.weights[name]!;
      return room.tensor(decodeWeight(weight), weight.shape);
    });
    const weights = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
    const { value, gradients } = room.valueAndGradients(
      () =>
        termValue({
          room,
          task: "classification",
          logits: tensors[0]!,
          targets: null,
          at: (curve) => curveAt(curve, 0, 1),
          own: { model, weights },
        }, chosen),
      tensors,
    );
    const found = Object.fromEntries(
      names.flatMap((name, i) => gradients[i] ? [[name, [...room.values(gradients[i]!)]]] : []),
    );
    const result = { value: room.values(value)[0]!, gradients: found };
    for (const tensor of [...tensors, value, ...gradients]) tensor?.dispose();
    return result;
  });
}

const norm = (name: string, input: string): Layer => (
  { name, kind: "batchnorm", inputs: [input], epsilon: 1e-3, momentum: 0.9, activation: "relu" }
);

/** Two BatchNorms whose scales are those of vector P8, one of them negative and one 0. */
function slim(): Model {
  const scales = { bn1: [0.9, 0.05, 0.4], bn2: [0.3, -0.02, 0, 0.7] };
  const dense = denseModel([{ kernel: [[1, 1, 1]] }, { kernel: Array(3).fill([1, 1, 1, 1]) }]);
  const [one, two] = dense.layers as [Layer, Layer];
  const gammas = Object.entries(scales).map(([name, values]) =>
    [`${name}/gamma`, floatWeight([values.length], Float32Array.from(values))] as const
  );
  return {
    ...dense,
    layers: [one, norm("bn1", "dense1"), { ...two, inputs: ["bn1"] }, norm("bn2", "dense2")],
    outputs: ["bn2"],
    weights: { ...dense.weights, ...Object.fromEntries(gammas) },
  };
}

Deno.test("bn-scale is the sum of the scales' absolute values, its gradient their sign", async () => {
  const { value, gradients } = await held(slim(), { use: "bn-scale" });
  assertNear(value, 2.37);
  assert.deepEqual(gradients["bn1/gamma"], [1, 1, 1]);
  assert.deepEqual(gradients["bn2/gamma"], [1, -1, 0, 1]);
  assert.deepEqual(Object.keys(gradients).sort(), ["bn1/gamma", "bn2/gamma"]);
});

Deno.test("bn-scale holds the layers that it is given", async () => {
  const { value, gradients } = await held(slim(), { use: "bn-scale", layers: "bn2" });
  assertNear(value, 1.02);
  assert.deepEqual(Object.keys(gradients), ["bn2/gamma"]);
});

Deno.test("group-lasso is the sum of the units' lengths without the outputs, its gradient unit vectors", async () => {
  const model = denseModel([
    { kernel: [[3, 0, 0], [4, 5, 0]], bias: [7, 7, 7] },
    { kernel: [[9], [9], [9]] },
  ]);
  const { value, gradients } = await held(model, { use: "group-lasso" });
  assertNear(value, 10);
  assert.deepEqual(Object.keys(gradients), ["dense1/kernel"]);
  assertAllNear(gradients["dense1/kernel"]!, [0.6, 0, 0, 0.8, 1, 0]);
});

Deno.test("group-lasso of a convolution takes a filter as one group; differences say the same of its gradient", async () => {
  const model = initialModel(
    families.cnn.build([4, 4, 2], 3, { filters: [2], dense: [], dropout: 0 } as never),
    4,
  );
  const name = "conv1.conv/kernel";
  const [kernel] = Object.keys(model.weights).filter((each) => /^conv1.*kernel$/.test(each));
  assert.ok(kernel, name);
  const values = Float64Array.from(decodeWeight(model.weights[kernel]!));
  const length = (filter: number, of = values) =>
    Math.sqrt(of.reduce((sum, w, i) => i % 2 === filter ? sum + w * w : sum, 0));
  const { value, gradients } = await held(model, { use: "group-lasso" });
  assertNear(value, length(0) + length(1));
  const step = 1e-5;
  const numeric = [...values].map((w, i) => {
    const [above, below] = [values.with(i, w + step), values.with(i, w - step)];
    return (length(i % 2, above) - length(i % 2, below)) / (2 * step);
  });
  assertAllNear(gradients[kernel]!, numeric, 1e-4);
});

Deno.test("alone and by plain descent, bn-scale takes rate times weight from every scale and update, and touches nothing else", async () => {
  const model = initialModel(
    families.resnet.build([8, 8, 1], 4, { depth: 8, width: 0.25 } as never),
    1,
  );
  const data = noise(24, 8);
  const { model: learned, note } = await fitted(
    model,
    data,
    training({
      epochs: 2,
      batch: 8,
      optimizer: sgd(0.5, { momentum: 0 } as never),
      loss: [term({ use: "bn-scale", weight: 0.125 })],
    }),
  );
  for (const [name, { data: before }] of Object.entries(model.weights)) {
    const after = learned.weights[name]!.data;
    if (name.endsWith("/gamma")) {
      const left = 1 - note.updates * 0.5 * 0.125;
      assert.ok(after.every((scale) => scale === left), `${name}: ${after}`);
    } else if (!/\/(mean|variance)$/.test(name)) assert.deepEqual(after, before, name);
  }
});

Deno.test("a network without BatchNorm is refused before anything runs, and so are layers that have none", async () => {
  const refused = async (document: unknown) => {
    const written = recipe(document as never);
    return await assert.rejects(() => written.compile(), (error: unknown) => {
      assert.ok(error instanceof RecipeError);
      assert.equal(error.diagnostics.length, 1);
      const { code, path, message } = error.diagnostics[0]!;
      assert.equal(code, "selector-empty");
      assert.match(message, /bn-scale/);
      assert.match(path, /loss\.1/);
      return true;
    });
  };
  const train = (more: object) => ({
    epochs: 1,
    loss: ["labels", { use: "bn-scale", weight: 0.0001, ...more }],
  });
  const bare = { name: "bare", data: "digits" };
  await refused({ ...bare, model: { use: "lenet5", train: train({}) } });
  await refused({
    ...bare,
    model: { use: "resnet", depth: 8, train: train({ layers: "head.dense" }) },
  });
});
