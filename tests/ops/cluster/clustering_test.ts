import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import { clusterCounts, clustered, effectOfClustering } from "../../../ops/cluster/clustering.ts";
import { sharedWeight } from "../../../ops/model/codebook/shared_weight.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Model, Weight } from "../../../ops/model/model.ts";
import { denseModel } from "../prune/dense_model.ts";

const before = denseModel([{ kernel: [[1, 2], [4, 0]] }]);
const [name] = Object.keys(before.weights).filter((each) => each.endsWith("/kernel"));
const layer = name!.slice(0, name!.lastIndexOf("/"));

/** The model with its kernel stored by these codes. */
function coded(
  codes: readonly number[],
  centroids: readonly number[],
  mask?: readonly number[],
): Model {
  const weight: Weight = {
    shape: before.weights[name!]!.shape,
    encoding: { use: "codebook", bits: 2, centroids: Float32Array.from(centroids) },
    data: Uint8Array.from(codes),
    ...mask && { mask: Uint8Array.from(mask) },
  };
  return { ...before, weights: { ...before.weights, [name!]: weight } };
}

Deno.test("the effect counts values before and after, and how far the weights moved", () => {
  assert.deepEqual(effectOfClustering(before, coded([0, 0, 1, 2], [1.5, 4, 0])), {
    layers: { [layer]: { weights: 4, before: 4, values: 3, wcss: 0.5 } },
  });
});

Deno.test("what is pruned has no part in it", () => {
  assert.deepEqual(effectOfClustering(before, coded([0, 0, 1, 2], [1.5, 4, 0], [1, 1, 1, 0])), {
    layers: { [layer]: { weights: 3, before: 3, values: 2, wcss: 0.5 } },
  });
});

Deno.test("a layer that was stored so before, and has lost no value, was not changed", () => {
  const shared = coded([0, 0, 1, 2], [1.5, 4, 0]);
  assert.equal(effectOfClustering(shared, shared), undefined);
  assert.equal(effectOfClustering(before, before), undefined);
  const fewer = coded([0, 0, 1, 1], [1.5, 4, 0]);
  assert.deepEqual(effectOfClustering(shared, fewer), {
    layers: { [layer]: { weights: 4, before: 3, values: 2, wcss: 16 } },
  });
});

Deno.test("a kernel that is stored by codebook for the first time was changed, whatever it lost", () => {
  assert.deepEqual(effectOfClustering(before, coded([0, 1, 2, 3], [1, 2, 4, 0])), {
    layers: { [layer]: { weights: 4, before: 4, values: 4, wcss: 0 } },
  });
});

Deno.test("each kernel draws by its name, from the seed or from 0", () => {
  const kernel = Array.from({ length: 8 }, (_, i) => [Math.sin(i * i)]);
  const network = denseModel([{ kernel }, { kernel: [[3, -1, 2, 0.5, 1, 7, -2, 4]] }]);
  const params = { clusters: 3, init: "k-means++" } as const;
  for (const seed of [0, 5]) {
    const given = seed === 0 ? params : { ...params, seed };
    const { weights, established } = clustered(network, given);
    for (const name of ["dense1/kernel", "dense2/kernel"]) {
      const draws = stream(seed, `cluster:${name}`);
      const expected = sharedWeight(network.weights[name]!, 3, "k-means++", draws);
      assert.deepEqual(weights[name], expected);
    }
    assert.deepEqual(established, { clusters: true });
  }
});

Deno.test("layers with a kernel share as many values as is said, of all or of one", () => {
  const { layers } = modelFacts(before, before);
  const params = { clusters: 4, init: "linear" } as const;
  assert.deepEqual([...clusterCounts(layers!, params)], [[layer, 4]]);
  const own = { ...params, "per_layer": [{ layers: [layer], clusters: 8 }] };
  assert.deepEqual([...clusterCounts(layers!, own as never)], [[layer, 8]]);
});
