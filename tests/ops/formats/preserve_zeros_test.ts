import assert from "node:assert/strict";
import { withZerosHeld, zeroShare } from "../../../ops/formats/preserve_zeros.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { mapWeights } from "../../../ops/model/weights.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";

const drawn = initialModel(mlp.build([4], 2, { hidden: [2], dropout: 0 }), 0);
/** Of the first kernel's 8 weights, two are zero; of the second's 4, one. */
const sparse = mapWeights(drawn, (weight, name) => {
  const places = name === "dense1/kernel" ? [1, 6] : name === "head.dense/kernel" ? [3] : [];
  const data = Float32Array.from(weight.data, (value, i) => places.includes(i) ? 0 : value);
  return { ...weight, data };
});

Deno.test("the share of zeros is that of kernels, biases aside", () => {
  assert.equal(zeroShare(sparse), 3 / 12);
  assert.equal(zeroShare(drawn), 0);
  assert.equal(zeroShare({ ...drawn, weights: {} }), 0);
});

Deno.test("kernels with zeros get a mask that holds them, other weights none", () => {
  const { weights, established } = withZerosHeld(sparse);
  assert.deepEqual([...weights["dense1/kernel"]!.mask!], [1, 0, 1, 1, 1, 1, 0, 1]);
  assert.deepEqual([...weights["head.dense/kernel"]!.mask!], [1, 1, 1, 0]);
  assert.equal(weights["dense1/bias"]!.mask, undefined);
  assert.equal(established.zeros, true);
  assert.equal(withZerosHeld(drawn).weights["dense1/kernel"]!.mask, undefined);
});
