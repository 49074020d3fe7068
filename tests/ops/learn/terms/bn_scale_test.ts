/** Small BatchNorm scales: by hand, and over a whole training. */
import { bnScale as stated } from "../../../../ops/learn/terms/bn_scale.ts";
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { curveAt } from "../../../../ops/learn/curve.ts";
import { termValue } from "../../../../ops/learn/terms/terms.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import type { Layer, Model } from "../../../../ops/model/model.ts";
import { decodeWeight, floatWeight } from "../../../../ops/model/weights.ts";
import { families } from "../../../../ops/model/zoo/families.ts";
import { noise } from "../../distill/noise.ts";
import { denseModel } from "../../prune/dense_model.ts";
import { fitted, sgd, training } from "../small_trainings.ts";
import { assertNear, term } from "./support/evaluated.ts";

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

/** Two BatchNorms whose scales are small and large, one of them negative and one 0. */
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
  // 0.9 + 0.05 + 0.4 and 0.3 + 0.02 + 0 + 0.7.
  assertNear(value, 2.37);
  assert.deepEqual(gradients["bn1/gamma"], [1, 1, 1]);
  assert.deepEqual(gradients["bn2/gamma"], [1, -1, 0, 1]);
  assert.deepEqual(Object.keys(gradients).sort(), ["bn1/gamma", "bn2/gamma"]);
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

Deno.test("bn-scale states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { weights: true });
  assert.equal(stated.compares, undefined);
});
