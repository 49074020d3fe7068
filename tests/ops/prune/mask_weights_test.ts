/** Masks of single weights: which go, by layer or over all, and what is stored where they were. */
import assert from "node:assert/strict";
import { effectOfPruning } from "../../../ops/prune/lost.ts";
import { maskWeights, type WeightParams } from "../../../ops/prune/mask_weights.ts";
import { decodeWeight } from "../../../ops/model/weights.ts";
import { livelyModel } from "../lively_model.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { denseModel } from "./dense_model.ts";

const layerwise: WeightParams = { criterion: "magnitude", scope: "layer", ratio: 0.5 };
const global: WeightParams = { ...layerwise, scope: "global" };

Deno.test("globally the small layer goes whole, layer by layer each keeps half", () => {
  const model = denseModel([{ kernel: [[1, 2, 3, 4]] }, { kernel: [[0.1], [0.2], [0.3], [0.4]] }]);
  const masks = (params: WeightParams) =>
    Object.values(maskWeights(model, params, 0).weights).map(({ mask }) => [...mask!]);
  assert.deepEqual(masks(global), [[1, 1, 1, 1], [0, 0, 0, 0]]);
  assert.deepEqual(masks(layerwise), [[0, 0, 1, 1], [0, 0, 1, 1]]);
});

Deno.test("sparsity is one minus the share of weights that are not zero", () => {
  const before = livelyModel(zooNetworks["cnn"]!);
  const after = maskWeights(before, { ...global, ratio: 0.9 }, 0);
  const kernels = Object.entries(after.weights).filter(([name]) => name.endsWith("/kernel"));
  const values = kernels.flatMap(([, weight]) => [...decodeWeight(weight)]);
  const zeros = values.filter((value) => value === 0).length;
  assert.equal(zeros, Math.round(0.9 * values.length));
  const { weights } = effectOfPruning(before, after) as {
    weights: Record<string, { zeros: number; of: number; newly: number }>;
  };
  const told = Object.values(weights);
  assert.equal(told.reduce((sum, { zeros }) => sum + zeros, 0), zeros);
  assert.equal(told.reduce((sum, { of }) => sum + of, 0), values.length);
  assert.ok(
    Object.keys(after.weights).every((name) =>
      name.endsWith("/kernel") === (after.weights[name]!.mask !== undefined)
    ),
  );
  assert.equal(after.established.zeros, true);
});

Deno.test("pruning again by the same ratio changes nothing, and has no effect", () => {
  for (const params of [global, layerwise]) {
    const once = maskWeights(livelyModel(zooNetworks["resnet"]!), params, 0);
    const twice = maskWeights(once, params, 0);
    assert.deepEqual(twice, once);
    assert.equal(effectOfPruning(once, twice), undefined);
  }
});

Deno.test("integer weights that go become their zero point, so that they decode to 0", () => {
  const model = denseModel([{ kernel: [[1, 2], [3, 4]] }]);
  const weight = {
    shape: [2, 2],
    encoding: {
      use: "affine",
      bits: 8,
      axis: 1,
      symmetry: "asymmetric",
      scale: Float32Array.of(1, 0.5),
      zero: Int32Array.of(-3, 7),
    },
    data: Int8Array.of(-2, 9, 5, 100),
  } as const;
  const after = maskWeights({ ...model, weights: { "dense1/kernel": weight } }, layerwise, 0);
  assert.deepEqual([...after.weights["dense1/kernel"]!.data], [-3, 7, 5, 100]);
  assert.deepEqual([...decodeWeight(after.weights["dense1/kernel"]!)], [0, 0, 8, 46.5]);
});

Deno.test("random pruning takes the exact count, another seed takes others", () => {
  const model = livelyModel(zooNetworks["mlp"]!);
  const masks = (seed: number) =>
    Object.values(maskWeights(model, { ...global, criterion: "random" }, seed).weights)
      .flatMap(({ mask }) => [...mask ?? []]);
  const total = 7 * 8 + 8 * 6 + 6 * 3;
  assert.equal(masks(1).filter((keep) => keep === 0).length, total / 2);
  assert.deepEqual(masks(1), masks(1));
  assert.notDeepEqual(masks(1), masks(2));
});
