import assert from "node:assert/strict";
import { stream } from "../../../../engine/tensor/random.ts";
import { initialCentroids } from "../../../../ops/model/codebook/initial_centroids.ts";

const draws = stream(0, "cluster:test");
const sortedOf = (values: readonly number[]) => Float32Array.from(values).sort();

Deno.test("density begins at the quantiles in the middle of equal shares", () => {
  const sorted = Float32Array.from({ length: 12 }, (_, i) => i * i);
  assert.deepEqual([...initialCentroids(sorted, 3, "density", draws)], [4, 36, 100]);
  assert.deepEqual([...initialCentroids(sorted, 2, "density", draws)], [9, 81]);
});

Deno.test("k-means++ draws far values: two heaps each get one, whatever the seed", () => {
  const heaps = sortedOf([...Array(50).fill(0), ...Array(50).fill(100)]);
  for (let seed = 0; seed < 20; seed++) {
    const begun = initialCentroids(heaps, 2, "k-means++", stream(seed, "cluster:test"));
    assert.deepEqual([...begun], [0, 100]);
  }
});

Deno.test("k-means++ draws with a probability that grows with the squared distance", () => {
  const far = Array.from({ length: 2000 }, (_, seed) => {
    const begun = initialCentroids(sortedOf([0, 1, 11]), 2, "k-means++", stream(seed, "t"));
    return [...begun].join();
  });
  const share = (pair: string) => far.filter((each) => each === pair).length / far.length;
  // From 0 (a third of the draws): 1 with 1 in 122; from 1: 0 with 1 in 101; from 11: 0 with 121 in 221.
  const expected = { "0,1": (1 / 122 + 1 / 101) / 3, "0,11": (121 / 122 + 121 / 221) / 3 };
  for (const [pair, chance] of Object.entries(expected)) {
    assert.ok(Math.abs(share(pair) - chance) < 4 * Math.sqrt(chance * (1 - chance) / 2000), pair);
  }
});
