import assert from "node:assert/strict";
import { initialModel } from "../../../ops/model/initialize.ts";
import type { Established, Model, Weight } from "../../../ops/model/model.ts";
import { floatWeight } from "../../../ops/model/weights.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";
import { brokenInvariant } from "../../../ops/model/established.ts";

const fresh = () => initialModel(mlp.build([3], 2, { hidden: [4], dropout: 0 }), 0);
const quantized: Weight = {
  shape: [3, 4],
  encoding: {
    use: "affine",
    bits: 8,
    axis: 1,
    symmetry: "symmetric",
    scale: Float32Array.of(1, 2, 3, 4),
    zero: new Int32Array(4),
  },
  data: new Int8Array(12).fill(-127),
};
const coded: Weight = {
  shape: [4, 2],
  encoding: { use: "codebook", bits: 1, centroids: Float32Array.of(0, 1) },
  data: new Uint8Array(8).fill(1),
  mask: new Uint8Array(8).fill(1),
};

function masked(established: Established, values: number[], mask: number[] | undefined): Model {
  const kernel = floatWeight(
    [4, 2],
    Float32Array.from(values),
    mask === undefined ? undefined : Uint8Array.from(mask),
  );
  const model = fresh();
  return { ...model, established, weights: { ...model.weights, "head.dense/kernel": kernel } };
}

Deno.test("zeros under a mask must stay zero", () => {
  const before = masked({ zeros: true }, [0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 1, 1, 1, 1, 1, 1]);
  const holds = (values: number[], mask: number[] | undefined) =>
    brokenInvariant(before, masked({ zeros: true }, values, mask));
  assert.equal(holds([0, 9, 9, 9, 9, 9, 9, 9], [0, 1, 1, 1, 1, 1, 1, 1]), undefined);
  assert.equal(holds([0, 0, 9, 9, 9, 9, 9, 9], [0, 0, 1, 1, 1, 1, 1, 1]), undefined);
  const kernel = "`head.dense/kernel`";
  const refilled = `${kernel} has pruned weights that are not zero any more`;
  assert.equal(holds([1, 1, 2, 3, 4, 5, 6, 7], [0, 1, 1, 1, 1, 1, 1, 1]), refilled);
  assert.equal(holds([0, 1, 2, 3, 4, 5, 6, 7], [1, 1, 1, 1, 1, 1, 1, 1]), refilled);
  assert.equal(holds([0, 1, 2, 3, 4, 5, 6, 7], undefined), `the mask of ${kernel} is gone`);
  const forgotten = masked({}, [0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 1, 1, 1, 1, 1, 1]);
  assert.equal(brokenInvariant(before, forgotten), "it forgot that zeros were established");
});

Deno.test("removed channels must stay removed and a number format must stay", () => {
  const model = fresh();
  const promised = { ...model, established: { channels: { dense1: 3 } } };
  assert.equal(brokenInvariant(promised, promised), "`dense1` has 4 channels, pruning had left 3");
  const kept = { ...model, established: { channels: { dense1: 4 } } };
  assert.equal(brokenInvariant(kept, kept), undefined);
  const whole = {
    ...model,
    weights: { ...model.weights, "dense1/kernel": quantized },
    established: { format: "int8" },
  };
  assert.equal(brokenInvariant(whole, whole), undefined);
  const decoded = { ...model, established: { format: "int8" } };
  const broken = "`dense1/kernel` is not stored as int8 any more";
  assert.equal(brokenInvariant(whole, decoded), broken);
});

Deno.test("a clustered kernel with more different values than before breaks its promise", () => {
  const model = fresh();
  const established = { clusters: true } as const;
  const clustered = { ...model.weights, "head.dense/kernel": coded };
  const before: Model = { ...model, weights: clustered, established };
  assert.equal(brokenInvariant(before, before), undefined);
  const spread = floatWeight([4, 2], Float32Array.from([0, 1, 2, 0, 1, 2, 0, 1]));
  const after = { ...before, weights: { ...clustered, "head.dense/kernel": spread } };
  const broken = "`head.dense/kernel` has 3 different values, it was clustered to 2";
  assert.equal(brokenInvariant(before, after), broken);
});

Deno.test("of what replaced a layer something must be left, under its name", () => {
  const model = fresh();
  const established = { replaced: ["dense1"] };
  const before: Model = { ...model, established };
  assert.equal(brokenInvariant(before, before), undefined);
  const renamed = model.layers.map((layer) => ({
    ...layer,
    name: layer.name.replace("dense1", "x"),
  }));
  const sentence = "nothing is left of what replaced `dense1`";
  assert.equal(brokenInvariant(before, { ...before, layers: renamed }), sentence);
  const inside = model.layers.map((layer) =>
    layer.name === "dense1" ? { ...layer, name: "dense1.expand" } : layer
  );
  assert.equal(brokenInvariant(before, { ...before, layers: inside }), undefined);
  assert.equal(brokenInvariant(before, { ...before, established: { replaced: [] } }), sentence);
});

Deno.test("zeros that come later are no cluster, where clusters have none of 0", () => {
  const before: Model = {
    ...fresh(),
    weights: {
      ...fresh().weights,
      "head.dense/kernel": {
        ...coded,
        encoding: { use: "codebook", bits: 1, centroids: Float32Array.of(1, 2) },
      },
    },
    established: { clusters: true },
  };
  const values = Float32Array.of(0, 1, 2, 1, 2, 1, 2, 1);
  const after = (mask: number) => ({
    ...before,
    weights: {
      ...before.weights,
      "head.dense/kernel": floatWeight([4, 2], values, Uint8Array.of(mask, 1, 1, 1, 1, 1, 1, 1)),
    },
  });
  assert.equal(brokenInvariant(before, after(0)), undefined);
  assert.match(brokenInvariant(before, after(1))!, /has 3 different values/);
});

Deno.test("where 0 is one of the shared values, it counts as one, pruned or not", () => {
  const established = { clusters: true } as const;
  const mask = Uint8Array.of(0, 1, 1, 1, 1, 1, 1, 1);
  const weights = { ...fresh().weights, "head.dense/kernel": { ...coded, mask } };
  const before: Model = { ...fresh(), weights, established };
  const after = (values: readonly number[]): Model => ({
    ...before,
    weights: {
      ...weights,
      "head.dense/kernel": floatWeight([4, 2], Float32Array.from(values), mask),
    },
  });
  assert.equal(brokenInvariant(before, after([0, 1, 1, 1, 1, 1, 1, 1])), undefined);
  const broken = "`head.dense/kernel` has 3 different values, it was clustered to 2";
  assert.equal(brokenInvariant(before, after([0, 1, 2, 1, 2, 1, 2, 1])), broken);
});
