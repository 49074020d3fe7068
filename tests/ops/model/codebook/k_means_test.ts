import assert from "node:assert/strict";
import { stream } from "../../../../engine/tensor/random.ts";
import { initialCentroids, INITS } from "../../../../ops/model/codebook/initial_centroids.ts";
import { kMeans } from "../../../../ops/model/codebook/k_means.ts";
import { fc } from "../../../deps.ts";
import { assertClose } from "../../../close.ts";

const draws = stream(0, "cluster:test");
const sortedOf = (values: readonly number[]) => Float32Array.from(values).sort();

/** Σ of squared distances to the nearest centroid, by brute force. */
const scatter = (values: ArrayLike<number>, centroids: ArrayLike<number>) =>
  Array.from(
    values,
    (value) => Math.min(...Array.from(centroids, (centroid) => (value - centroid) ** 2)),
  )
    .reduce((sum, each) => sum + each, 0);

/** k-means as textbooks write it, on values in any order: distances to all, the first nearest, means. */
function textbook(values: readonly number[], initial: readonly number[], passes: number): number[] {
  let centroids = [...initial];
  for (let pass = 0; pass < passes; pass++) {
    const members = centroids.map((): number[] => []);
    for (const value of values) {
      const distances = centroids.map((centroid) => Math.abs(value - centroid));
      members[distances.indexOf(Math.min(...distances))]!.push(value);
    }
    centroids = members.map((own, c) =>
      own.length === 0 ? centroids[c]! : own.reduce((sum, value) => sum + value, 0) / own.length
    );
  }
  return centroids;
}

Deno.test("linear initialisation of Deep Compression's figure 3, and where it comes to rest", () => {
  // deno-fmt-ignore
  const weights = [2.09, -0.98, 1.48, 0.09, 0.05, -0.14, -1.08, 2.12, -0.91, 1.92, 0, -1.03, 1.87, 0, 1.53, 1.49];
  const sorted = sortedOf(weights);
  const initial = initialCentroids(sorted, 4, "linear", draws);
  assertClose(initial, [-1.08, -0.0133, 1.0533, 2.12], 1e-4);
  const centroids = kMeans(sorted, initial);
  assertClose(centroids, [-1, 0, 1.5, 2], 1e-6);
  assert.ok(Math.abs(scatter(weights, initial) - 0.775822) < 1e-5);
  assert.ok(Math.abs(scatter(weights, centroids) - 0.0932) < 1e-6);
});

const values = fc.array(fc.float({ min: -4, max: 4, noNaN: true }), {
  minLength: 1,
  maxLength: 80,
});
const counts = fc.integer({ min: 1, max: 12 });

Deno.test("as many centroids as different values lose nothing", () => {
  fc.assert(fc.property(values, (weights) => {
    const distinct = new Set(weights.map((w) => w + 0));
    for (const init of INITS) {
      const sorted = sortedOf(weights);
      const centroids = kMeans(sorted, initialCentroids(sorted, distinct.size, init, draws));
      assert.equal(scatter(weights, centroids), 0);
    }
  }));
});

Deno.test("centroids are means of what is nearest, ascending, no worse than the beginning", () => {
  fc.assert(fc.property(values, counts, fc.constantFrom(...INITS), (weights, count, init) => {
    const sorted = sortedOf(weights);
    const initial = initialCentroids(sorted, count, init, draws);
    const centroids = [...kMeans(sorted, initial)];
    assert.ok(centroids.length <= count);
    assert.ok(centroids.every((each, c) => c === 0 || each > centroids[c - 1]!));
    assert.ok(scatter(weights, centroids) <= scatter(weights, initial) + 1e-9);
    assertClose(textbook(weights, centroids, 1), centroids, 1e-6);
  }));
});

Deno.test("the order of the weights does not matter, to the bit", () => {
  fc.assert(fc.property(values, counts, fc.constantFrom(...INITS), (weights, count, init) => {
    const run = (of: readonly number[]) => {
      const sorted = sortedOf(of);
      return kMeans(sorted, initialCentroids(sorted, count, init, draws));
    };
    assert.deepEqual(run(weights.toReversed()), run(weights));
  }));
});

Deno.test("where no cluster runs empty it is the textbook's k-means", () => {
  const weights = [...stream(3, "cluster:test").normals(0, 4000)];
  const sorted = sortedOf(weights);
  const initial = initialCentroids(sorted, 7, "linear", draws);
  assertClose(kMeans(sorted, initial), textbook(weights, [...initial], 300), 1e-9);
});

Deno.test("a centroid that nothing is nearest to moves where it helps most", () => {
  // Linear: 0, 50, 100. Nothing is nearest to 50; of the rest 3 lies farthest from its mean.
  const sorted = sortedOf([0, 0, 1, 3, 99, 100]);
  const centroids = kMeans(sorted, initialCentroids(sorted, 3, "linear", draws));
  assertClose(centroids, [1 / 3, 3, 99.5], 1e-9);
});

Deno.test("a centroid below all values moves too, and the order of centroids is kept", () => {
  // Nothing is nearest to −10; the mean of all is 4, and 0 lies as far from it as nothing else.
  const low = kMeans(sortedOf([0, 3, 6, 7]), Float64Array.of(-10, 5));
  assertClose(low, [0, 16 / 3], 1e-9);
  // 40 lies farthest from the mean of 0, 1 and 40; in the first place it would leave the second nothing.
  const high = kMeans(sortedOf([0, 1, 40, 100]), Float64Array.of(-200, 5, 100));
  assertClose(high, [0.5, 40, 100], 1e-9);
});

Deno.test("of equal values, and of the two zeros, the first stands for all", () => {
  const twice = sortedOf(Array.from({ length: 800 }, (_, i) => i >> 1));
  assert.deepEqual(
    kMeans(twice, new Float64Array(400)),
    Float64Array.from({ length: 400 }, (_, i) => i),
  );
  assert.deepEqual(
    kMeans(Float32Array.of(-0, 0, 1), Float64Array.of(0, 1)),
    Float64Array.of(-0, 1),
  );
});

/** As many passes over all distances, after each of which the first centroid without values moves. */
function moving(sorted: Float32Array, initial: Float64Array, passes: number): number[] {
  const nearest = (value: number, centroids: Float64Array) => {
    let best = 0;
    for (let c = 1; c < centroids.length; c++) {
      if (Math.abs(value - centroids[c]!) < Math.abs(value - centroids[best]!)) best = c;
    }
    return best;
  };
  const ofEach = (centroids: Float64Array) => [...sorted].map((value) => nearest(value, centroids));
  let centroids = initial;
  for (let pass = 0; pass < passes; pass++) {
    const own = ofEach(centroids);
    const [sums, counts] = [new Float64Array(initial.length), new Float64Array(initial.length)];
    own.forEach((c, i) => {
      sums[c]! += sorted[i]!;
      counts[c]!++;
    });
    centroids = centroids.map((centroid, c) => counts[c] === 0 ? centroid : sums[c]! / counts[c]!);
    const idle = counts.indexOf(0);
    const far = own.map((c, i) => Math.abs(sorted[i]! - centroids[c]!));
    if (idle >= 0) centroids[idle] = sorted[far.indexOf(Math.max(...far))]!;
    centroids = centroids.toSorted();
  }
  const own = ofEach(centroids);
  return [...centroids].filter((_, c) => own.includes(c));
}

Deno.test("values that have come to rest are not passed over again", () => {
  const sorted = Float32Array.from({ length: 20_000 }, (_, i) => i < 10_000 ? i : i + 1e6);
  const initial = Float64Array.of(4999.5, 1_014_999.5);
  const least = (work: () => void) =>
    Math.min(...Array.from({ length: 7 }, () => {
      const begun = performance.now();
      work();
      return performance.now() - begun;
    }));
  // One pass that calls a function for each value, as kMeans makes once, takes as long as some ten without.
  const pass = least(() => void sorted.filter((value, i) => value !== sorted[i - 1]));
  assert.deepEqual(kMeans(sorted, initial), initial);
  assert.ok(least(() => void kMeans(sorted, initial)) < 8 * pass);
});

Deno.test("it stops after 300 passes, without the centroids that hold nothing by then", () => {
  const sorted = Float32Array.from({ length: 330 }, (_, i) => i);
  const initial = Float64Array.from({ length: 320 }, (_, i) => i + 330);
  const found = kMeans(sorted, initial);
  assert.ok(found.length < 320);
  assertClose(found, moving(sorted, initial, 300), 1e-9);
});
