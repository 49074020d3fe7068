/** Masks of single weights: which go, by layer or over all, and what is stored where they were. */
import assert from "node:assert/strict";
import type { Gathered } from "../../../ops/prune/weight_criteria.ts";
import type { Model } from "../../../ops/model/model.ts";
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

Deno.test("of an odd count a half stays; what gradients told is what the criterion ranks by", () => {
  const model = denseModel([{ kernel: [[5, 4, 3, 2, 1]] }]);
  const mask = (params: WeightParams, gathered?: Gathered) => [
    ...maskWeights(model, params, 0, gathered).weights["dense1/kernel"]!.mask!,
  ];
  assert.deepEqual(mask(layerwise), [1, 1, 1, 0, 0]);
  assert.deepEqual(mask(global), [1, 1, 1, 0, 0]);
  const gathered = { "dense1/kernel": Float32Array.of(0, 9, 1, 9, 9) };
  assert.deepEqual(mask({ ...layerwise, criterion: "taylor" }, gathered), [0, 1, 0, 1, 1]);
});

/** A kernel of one row whose weights share these values. */
const shared = (centroids: readonly number[], codes: readonly number[]): Model => {
  const model = denseModel([{ kernel: [codes.map(() => 1)] }]);
  const bits = Math.max(1, Math.ceil(Math.log2(centroids.length)));
  const encoding = { use: "codebook", bits, centroids: Float32Array.from(centroids) } as const;
  const weight = { shape: [1, codes.length], encoding, data: Uint8Array.from(codes) };
  return { ...model, weights: { "dense1/kernel": weight } };
};

Deno.test("weights that share values become the shared 0, or one that is added for them", () => {
  const kernel = (model: Model) => maskWeights(model, layerwise, 0).weights["dense1/kernel"]!;
  const zeroed = kernel(shared([-2, 0, 3], [2, 1, 0, 2]));
  assert.deepEqual([...decodeWeight(zeroed)], [3, 0, 0, 3]);
  assert.deepEqual([...zeroed.data], [2, 1, 1, 2]);
  assert.deepEqual([...zeroed.mask!], [1, 0, 0, 1]);
  const added = kernel(shared([-2, 3], [1, 0, 0, 1]));
  assert.deepEqual([...decodeWeight(added)], [3, 0, 0, 3]);
  assert.deepEqual([...added.data], [2, 0, 0, 2]);
  assert.ok(added.encoding.use === "codebook");
  assert.deepEqual([added.encoding.bits, [...added.encoding.centroids]], [2, [0, -2, 3]]);
});

Deno.test("a codebook has room for a 0 up to 255 shared values", () => {
  const full = (values: number) => {
    const centroids = Array.from({ length: values }, (_, i) => i + 1);
    return shared(centroids, [0, values - 1]);
  };
  assert.deepEqual(
    [...decodeWeight(maskWeights(full(255), layerwise, 0).weights["dense1/kernel"]!)],
    [0, 255],
  );
  assert.throws(
    () => maskWeights(full(256), layerwise, 0),
    new Error(
      "Cannot prune weights that share 256 values, none of which is 0: prune before cluster",
    ),
  );
});
