/** The weights of a model with a new classifier. */
import assert from "node:assert/strict";
import type { Model } from "../../../ops/model/model.ts";
import { assertSound } from "../../../ops/model/sound.ts";
import { decodeWeight } from "../../../ops/model/weights.ts";
import { withOwnFiles } from "../../../ops/model/kind.ts";
import { headed } from "../../../ops/transfer/headed.ts";
import { livelyModel } from "../lively_model.ts";
import { zooNetworks } from "../zoo_networks.ts";

const params = { pool: "auto", hidden: [64], dropout: 0, outputs: 7, seed: 3 } as const;
const before: Model = {
  ...livelyModel(zooNetworks["mobilenet-v1"]!),
  preprocess: { scale: [1 / 255], offset: [0] },
  classes: ["a", "b", "c"],
  learned: true,
};

Deno.test("the base keeps its weights to the bit, and what the samples must be like", () => {
  const after = headed(before, params);
  assertSound(after);
  for (const [name, weight] of Object.entries(before.weights)) {
    if (name.startsWith("head.dense/")) continue;
    assert.equal(after.weights[name], weight, name);
  }
  assert.deepEqual(after.preprocess, before.preprocess);
  assert.deepEqual([after.classes, after.learned, after.established], [[], false, {}]);
});

Deno.test("new kernels are Glorot uniform, new biases 0, each kernel with draws of its own", () => {
  const { weights } = headed(before, params);
  const kernel = decodeWeight(weights["head.dense1/kernel"]!);
  const [inputs, units] = weights["head.dense1/kernel"]!.shape as [number, number];
  const limit = Math.sqrt(6 / (inputs + units));
  assert.ok(kernel.every((value) => Math.abs(value) <= limit));
  // Uniform within ±limit: deviation limit/√3, mean 0, and the largest is near the end.
  const mean = kernel.reduce((sum, value) => sum + value, 0) / kernel.length;
  const square = kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length;
  assert.ok(Math.abs(mean) < 4 * limit / Math.sqrt(3 * kernel.length));
  assert.ok(Math.abs(square / (limit * limit / 3) - 1) < 4 / Math.sqrt(kernel.length));
  assert.ok(Math.max(...kernel) > 0.95 * limit);
  for (const name of ["head.dense1/bias", "head.dense/bias"]) {
    assert.ok(decodeWeight(weights[name]!).every((value) => value === 0));
  }
  assert.deepEqual(weights["head.dense/kernel"]!.shape, [64, 7]);
});

Deno.test("another seed draws other kernels, the same the same; the layers before do not matter", () => {
  const kernel = (seed: number, model = before) =>
    decodeWeight(headed(model, { ...params, seed }).weights["head.dense/kernel"]!);
  assert.deepEqual(kernel(3), kernel(3));
  assert.notDeepEqual(kernel(3), kernel(4));
  assert.deepEqual(kernel(3, livelyModel(zooNetworks.resnet!)), kernel(3));
});

Deno.test("masks stay, and what the files of the old model weighed is not said of the new one", () => {
  const name = "stem/kernel";
  const weight = before.weights[name]!;
  const mask = new Uint8Array(weight.data.length).fill(1);
  const masked = {
    ...before,
    weights: { ...before.weights, [name]: { ...weight, mask } },
    established: { zeros: true as const },
  };
  const loaded = withOwnFiles(masked, { encoded: 1, gzip: 1, format: "tfjs" });
  const after = headed(loaded, params);
  assert.equal(after.weights[name]!.mask, mask);
  assert.deepEqual(after.established, { zeros: true });
  assert.equal(after.files, undefined);
});
