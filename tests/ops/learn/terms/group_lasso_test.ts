/** Whole filters near zero: by hand and by finite differences. */
import { groupLasso as stated } from "../../../../ops/learn/terms/group_lasso.ts";
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { curveAt } from "../../../../ops/learn/curve.ts";
import { termValue } from "../../../../ops/learn/terms/terms.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { decodeWeight } from "../../../../ops/model/weights.ts";
import { families } from "../../../../ops/model/zoo/families.ts";
import { denseModel } from "../../prune/dense_model.ts";
import { assertAllNear, assertNear, term } from "./support/evaluated.ts";

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

Deno.test("group-lasso states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { weights: true });
  assert.equal(stated.compares, undefined);
});
