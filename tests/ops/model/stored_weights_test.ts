import assert from "node:assert/strict";
import type { Weight } from "../../../ops/model/model.ts";
import { storedWeights, weightsStored } from "../../../ops/model/stored_weights.ts";
import { floatWeight, halfBits } from "../../../ops/model/weights.ts";

const weights: Readonly<Record<string, Weight>> = {
  "a/kernel": floatWeight([2], Float32Array.of(1, 2), Uint8Array.of(1, 0)),
  "b/kernel": { shape: [1], encoding: { use: "f16" }, data: halfBits(Float32Array.of(0.5)) },
  "c/kernel": {
    shape: [2],
    encoding: {
      use: "affine",
      bits: 4,
      axis: 0,
      symmetry: "asymmetric",
      scale: Float32Array.of(1, 2),
      zero: Int32Array.of(3, 4),
    },
    data: Int8Array.of(5, 6),
  },
  "d/kernel": {
    shape: [2],
    encoding: { use: "codebook", bits: 1, centroids: Float32Array.of(7, 8) },
    data: Uint8Array.of(0, 1),
  },
};

Deno.test("arrays are named after their weight and what they are of it", () => {
  const { rows, arrays } = storedWeights(weights);
  assert.deepEqual(Object.keys(arrays).sort(), [
    "a/kernel",
    "a/kernel#mask",
    "b/kernel",
    "c/kernel",
    "c/kernel#scale",
    "c/kernel#zero",
    "d/kernel",
    "d/kernel#centroids",
  ]);
  assert.deepEqual(rows["a/kernel"], { encoding: { use: "f32" }, masked: true });
  assert.deepEqual(rows["c/kernel"], {
    encoding: { use: "affine", bits: 4, axis: 0, symmetry: "asymmetric" },
    masked: false,
  });
  assert.deepEqual(rows["d/kernel"]!.encoding, { use: "codebook", bits: 1 });
  assert.deepEqual(arrays["c/kernel#zero"]!.shape, [2]);
});

Deno.test("weights of every encoding come back as they went", () => {
  const { rows, arrays } = storedWeights(weights);
  assert.deepEqual(weightsStored(rows, arrays), weights);
});
