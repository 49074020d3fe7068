import assert from "node:assert/strict";
import type { Model, Weight } from "../../../ops/model/model.ts";
import {
  countNonzero,
  countParameters,
  decodeWeight,
  floatWeight,
  halfBits,
  kernelRows,
  permuted,
} from "../../../ops/model/weights.ts";

const affine = (axis: number | null, scale: number[], zero: number[], data: number[]): Weight => ({
  shape: [2, 2],
  encoding: {
    use: "affine",
    bits: 8,
    axis,
    symmetry: "symmetric",
    scale: Float32Array.from(scale),
    zero: Int32Array.from(zero),
  },
  data: Int8Array.from(data),
});

Deno.test("affine weights decode with one scale, or one per index of an axis", () => {
  assert.deepEqual([...decodeWeight(affine(null, [0.5], [1], [-127, 1, 3, 127]))], [-64, 0, 1, 63]);
  assert.deepEqual([...decodeWeight(affine(0, [1, 2], [0, 0], [1, 2, 3, 4]))], [1, 2, 6, 8]);
  assert.deepEqual([...decodeWeight(affine(1, [1, 2], [0, 1], [1, 2, 3, 4]))], [1, 2, 3, 6]);
});

Deno.test("codebook weights decode to their centroids", () => {
  const centroids = Float32Array.of(0, -1.5, 2);
  const weight: Weight = {
    shape: [4],
    encoding: { use: "codebook", bits: 2, centroids },
    data: Uint8Array.of(2, 0, 1, 2),
  };
  assert.deepEqual([...decodeWeight(weight)], [2, 0, -1.5, 2]);
});

Deno.test("half precision rounds as IEEE 754 says", () => {
  // Values of binary16, by hand: 1/3, 0.1, ties to even at 2049 and 2051, the largest, the smallest subnormal.
  const given = Float32Array.of(1 / 3, 0.1, 2049, 2051, 65504, 65519, 5.96e-8, 2.9e-8);
  const expected = [0.333251953125, 0.0999755859375, 2048, 2052, 65504, 65504, 2 ** -24, 0];
  const weight: Weight = { shape: [8], encoding: { use: "f16" }, data: halfBits(given) };
  assert.deepEqual([...decodeWeight(weight)], expected);
});

Deno.test("decoded values are a copy: writing to them leaves the weight as it was", () => {
  const data = Float32Array.of(1, 2);
  decodeWeight(floatWeight([2], data))[0] = 9;
  assert.equal(data[0], 1);
});

Deno.test("parameters and nonzero values are counted, encoded or not", () => {
  const weights = {
    "a/kernel": affine(null, [0.5], [1], [1, 1, 3, 4]),
    "a/bias": floatWeight([3], Float32Array.of(0, -0, 5)),
  };
  const model = { weights } as unknown as Model;
  assert.equal(countParameters(model), 7);
  assert.equal(countNonzero(model), 3);
});

Deno.test("axes in another order: values and scales go with their axis", () => {
  const weight: Weight = {
    shape: [2, 3],
    encoding: {
      use: "affine",
      bits: 8,
      axis: 1,
      symmetry: "symmetric",
      scale: Float32Array.of(1, 10, 100),
      zero: Int32Array.of(0, 0, 0),
    },
    data: Int8Array.of(1, 2, 3, 4, 5, 6),
  };
  const turned = permuted(weight, [1, 0]);
  assert.deepEqual([turned.shape, [...turned.data]], [[3, 2], [1, 4, 2, 5, 3, 6]]);
  assert.deepEqual([...decodeWeight(turned)], [1, 4, 20, 50, 300, 600]);
  const cube = floatWeight([2, 1, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
  const moved = permuted(cube, [2, 0, 1]);
  assert.deepEqual([moved.shape, [...moved.data]], [[3, 2, 1], [1, 4, 2, 5, 3, 6]]);
});

Deno.test("rows of a kernel, from one to before another", () => {
  const kernel = floatWeight([3, 2], Float32Array.of(1, 2, 3, 4, 5, 6));
  const rows = kernelRows(kernel, 1, 3);
  assert.deepEqual([rows.shape, [...rows.data]], [[2, 2], [3, 4, 5, 6]]);
});
