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

Deno.test("k-means++ by its definition: each lands where the distances to the nearest one before add up to it", () => {
  for (let seed = 0; seed < 30; seed++) {
    const values = [...stream(seed, "values").normals(0, 24)];
    const sorted = sortedOf([...values, ...values.slice(0, 6)]);
    const draws = stream(seed, "cluster:test");
    const chosen: number[] = [];
    for (let k = 0; k < 9; k++) {
      const shares = [...sorted].map((value) =>
        k === 0 ? 1 : Math.min(...chosen.map((each) => (value - each) * (value - each)))
      );
      const target = draws.uniform(0, k) * shares.reduce((sum, share) => sum + share, 0);
      let sum = 0;
      chosen.push(sorted[shares.findIndex((share) => (sum += share) > target)]!);
    }
    const begun = initialCentroids(sorted, 9, "k-means++", draws);
    assert.deepEqual([...begun], chosen.toSorted((one, other) => one - other));
    assert.equal(new Set(begun).size, 9);
  }
});

Deno.test("linear begins evenly from the smallest to the largest, one alone in the middle", () => {
  const sorted = Float32Array.of(-2, 0, 5, 6);
  assert.deepEqual([...initialCentroids(sorted, 5, "linear", draws)], [-2, 0, 2, 4, 6]);
  assert.deepEqual([...initialCentroids(sorted, 2, "linear", draws)], [-2, 6]);
  assert.deepEqual([...initialCentroids(sorted, 1, "linear", draws)], [2]);
});
