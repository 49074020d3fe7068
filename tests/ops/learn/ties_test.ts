import assert from "node:assert/strict";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { clustered } from "../../../ops/cluster/clustering.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import type { Model, Weight } from "../../../ops/model/model.ts";
import { decodeWeight, floatWeight, mapWeights } from "../../../ops/model/weights.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";
import { maskWeights } from "../../../ops/prune/mask_weights.ts";
import { learnedWeight, tiedGradient, tiesOf } from "../../../ops/learn/ties.ts";
import { livelyModel } from "../lively_model.ts";
import { modelDigest } from "../model_digest.ts";
import { adam, fitted, sgd, tableData, training } from "./small_trainings.ts";
import { assertClose } from "../../close.ts";

const codebook = (codes: readonly number[], centroids: readonly number[]): Weight => ({
  shape: [codes.length],
  encoding: { use: "codebook", bits: 8, centroids: Float32Array.from(centroids) },
  data: Uint8Array.from(codes),
});

// deno-fmt-ignore
const figure = {
  labels: [3, 0, 2, 1, 1, 1, 0, 3, 0, 3, 1, 0, 3, 1, 2, 2],
  gradient: [-0.03, -0.01, 0.03, 0.02, -0.01, 0.01, -0.02, 0.12, -0.01, 0.02, 0.04, 0.01, -0.07, -0.02, 0.01, -0.02],
};

Deno.test("gradients of Deep Compression's figure 3 add up by label, and move its centroids", async () => {
  const weight = codebook(figure.labels, [-1, 0, 1.5, 2]);
  const [sums, moved] = await withTensors((room) =>
    room.tf.tidy(() => {
      const gradient = room.tensor(Float32Array.from(figure.gradient), weight.shape);
      const tied = tiedGradient(room, gradient, tiesOf(weight)!);
      const parameter = room.tensor(decodeWeight(weight), weight.shape);
      const slot = room.tensor(new Float32Array(16), weight.shape);
      const settings = { use: "sgd", learningRate: 1, momentum: 0, weightDecay: 0 } as const;
      room.update(parameter, tied, [slot], settings);
      return [room.values(tied), room.values(parameter)];
    })
  );
  figure.labels.forEach((label, i) => assertClose(sums![i]!, [-0.03, 0.04, 0.02, 0.04][label]!));
  const { encoding, data } = learnedWeight(weight, moved!);
  assert.ok(encoding.use === "codebook");
  [-0.97, -0.04, 1.48, 1.96].forEach((value, c) => assertClose(encoding.centroids[c]!, value));
  assert.deepEqual([...data], figure.labels);
});

Deno.test("a value that no weight has stays in the codebook as it was", () => {
  const { encoding } = learnedWeight(codebook([0, 2], [1, 2, 3]), Float32Array.of(5, 7));
  assert.ok(encoding.use === "codebook");
  assert.deepEqual([...encoding.centroids], [5, 2, 7]);
});

const inputs = Array.from({ length: 96 }, (_, i) => [...stream(i, "noise").uniforms(0, 7)]);
const data = tableData(inputs, inputs.map((row) => [row[0]! - row[1]!, row[2]!, 1 - row[3]!]));
const network = mlp.build([7], 3, { hidden: [9, 6], dropout: 0 });

/** Half of the weights pruned, the others sharing four values per layer. */
function shared(seed = 1): Model {
  const pruning = { criterion: "magnitude", scope: "layer", ratio: 0.5 } as const;
  return clustered(maskWeights(livelyModel(network, seed), pruning, 0), {
    clusters: 4,
    init: "linear",
  });
}

Deno.test("one step of plain descent moves a shared value by the sum of its weights' own steps", async () => {
  const model = shared();
  const plain = mapWeights(model, (weight) => floatWeight(weight.shape, decodeWeight(weight)));
  const one = training({ optimizer: sgd(0.05, { momentum: 0 }), batch: 96 });
  const [tied, free] = [await fitted(model, data, one), await fitted(plain, data, one)];
  for (const [name, { encoding, data: codes }] of Object.entries(model.weights)) {
    if (encoding.use !== "codebook") continue;
    const own = decodeWeight(free.model.weights[name]!);
    const sums = [...encoding.centroids];
    const before = decodeWeight(model.weights[name]!);
    codes.forEach((code, i) => sums[code]! += own[i]! - before[i]!);
    const after = tied.model.weights[name]!.encoding;
    assert.ok(after.use === "codebook");
    assert.equal(after.centroids[0], 0);
    sums.slice(1).forEach((sum, c) => assert.ok(Math.abs(after.centroids[c + 1]! - sum) < 1e-5));
  }
});

for (
  const optimizer of [
    sgd(0.05, { weight_decay: 0.01 }),
    sgd(0.05, { use: "nesterov", weight_decay: 0.01 }),
    adam(0.02, { weight_decay: 0.01 }),
    adam(0.02, { use: "adamw", weight_decay: 0.01 }),
    { use: "rmsprop", learning_rate: 0.01, decay: 0.9, epsilon: 1e-8 } as const,
  ]
) {
  Deno.test(`shared values stay shared and zeros zero over a training with ${optimizer.use}`, async () => {
    const before = shared();
    const { model } = await fitted(before, data, training({ epochs: 8, batch: 16, optimizer }));
    assert.equal(modelKind.holds!(before, model), undefined);
    for (const [name, was] of Object.entries(before.weights)) {
      if (was.encoding.use !== "codebook") continue;
      const is = model.weights[name]!;
      assert.ok(is.encoding.use === "codebook");
      assert.deepEqual(is.data, was.data);
      assert.deepEqual(is.mask, was.mask);
      assert.notDeepEqual(is.encoding.centroids, was.encoding.centroids);
      assert.ok(decodeWeight(is).every((value, i) => was.mask![i] === 1 || value === 0));
    }
    assert.ok(modelDigest(model) !== modelDigest(before));
  });
}

Deno.test("a training of shared values that was killed ends with the same bits", async () => {
  const params = training({ epochs: 3, batch: 16, optimizer: adam(0.02) });
  const whole = await fitted(shared(), data, params, { saveEvery: 0 });
  const resume = whole.reported.saved[7]!;
  const continued = await fitted(shared(), data, params, { given: { resume } });
  assert.equal(modelDigest(continued.model), modelDigest(whole.model));
});

Deno.test("the loss falls although values are shared", async () => {
  const params = training({ epochs: 30, batch: 16, optimizer: adam(0.01) });
  const { note } = await fitted(shared(), data, params);
  assert.ok(note.history.at(-1)!.loss < 0.3 * note.history[0]!.loss);
});
