import assert from "node:assert/strict";
import { stream } from "../../../../engine/tensor/random.ts";
import { codeBits, sharedWeight } from "../../../../ops/model/codebook/shared_weight.ts";
import { decodeWeight, floatWeight } from "../../../../ops/model/weights.ts";

const draws = stream(0, "cluster:test");
const shared = (values: readonly number[], clusters: number, mask?: readonly number[]) =>
  sharedWeight(
    floatWeight([values.length], Float32Array.from(values), mask && Uint8Array.from(mask)),
    clusters,
    "linear",
    draws,
  );

Deno.test("codes have as many bits as tell them apart, and one at least", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 16, 17, 256].map(codeBits), [1, 1, 2, 2, 3, 4, 5, 8]);
});

Deno.test("two heaps become their means; centroids ascend", () => {
  const weight = shared([5, 1, 7, 3], 2);
  assert.deepEqual([...decodeWeight(weight)], [6, 2, 6, 2]);
  assert.ok(weight.encoding.use === "codebook");
  assert.deepEqual([...weight.encoding.centroids], [2, 6]);
  assert.deepEqual([...weight.data], [1, 0, 1, 0]);
  assert.equal(weight.encoding.bits, 1);
});

Deno.test("no more different values than clusters are stored exactly", () => {
  assert.deepEqual([...decodeWeight(shared([4, 4, -1], 2))], [4, 4, -1]);
});

Deno.test("pruned weights have a code of their own, which is 0, and move no centroid", () => {
  const weight = shared([9, 1, 3, 0], 1, [0, 1, 1, 0]);
  assert.deepEqual([...decodeWeight(weight)], [0, 2, 2, 0]);
  assert.ok(weight.encoding.use === "codebook");
  assert.deepEqual([...weight.encoding.centroids], [0, 2]);
  assert.deepEqual([...weight.data], [0, 1, 1, 0]);
  assert.deepEqual([...weight.mask!], [0, 1, 1, 0]);
  const all = shared([9, 1], 2, [0, 0]);
  assert.deepEqual([...decodeWeight(all)], [0, 0]);
});

Deno.test("with 256 clusters and a mask one of them makes place for the zeros", () => {
  const values = Array.from({ length: 300 }, (_, i) => i + 1);
  const weight = shared(values, 256, values.map((_, i) => i === 0 ? 0 : 1));
  assert.ok(weight.encoding.use === "codebook");
  assert.equal(weight.encoding.centroids.length, 256);
  assert.deepEqual([weight.encoding.centroids[0], weight.encoding.bits], [0, 8]);
});

Deno.test("half-way between two centroids the lower one is taken", () => {
  assert.deepEqual([...decodeWeight(shared([0, 0, 0, 2, 4, 4, 4], 2))].slice(3, 4), [0.5]);
});
