/** Terms of the model's own weights: which layers, and what is refused. */
import { penalisedLayers } from "../../../../../ops/learn/terms/parts/own_weights.ts";
import assert from "node:assert/strict";
import { withTensors } from "../../../../../engine/tensor/mod.ts";
import { recipe, RecipeError } from "../../../../../mod.ts";
import { curveAt } from "../../../../../ops/learn/curve.ts";
import { termValue } from "../../../../../ops/learn/terms/terms.ts";
import type { Layer, Model } from "../../../../../ops/model/model.ts";
import { decodeWeight, floatWeight } from "../../../../../ops/model/weights.ts";
import { denseModel } from "../../../prune/dense_model.ts";
import { assertNear, term } from "../support/evaluated.ts";

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

Deno.test("bn-scale holds the layers that it is given", async () => {
  const { value, gradients } = await held(slim(), { use: "bn-scale", layers: "bn2" });
  // 0.3 + 0.02 + 0 + 0.7.
  assertNear(value, 1.02);
  assert.deepEqual(Object.keys(gradients), ["bn2/gamma"]);
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

Deno.test("those layers are penalised that suit and are chosen, in the model's order", () => {
  const suits = { suits: ({ kind }: Layer) => kind === "batchnorm", needs: "a batchnorm layer" };
  const names = (params: Readonly<Record<string, unknown>>) =>
    penalisedLayers(slim(), suits, params).map(({ name }) => name);
  assert.deepEqual(names({}), ["bn1", "bn2"]);
  assert.deepEqual(names({ layers: ["bn2"] }), ["bn2"]);
});
