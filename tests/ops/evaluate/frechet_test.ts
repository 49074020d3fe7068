import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import { frechetDistance, type Moments, momentsOf } from "../../../ops/evaluate/frechet.ts";

const near = (found: number, expected: number, tolerance = 1e-9) =>
  assert.ok(
    Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${found} ${expected}`,
  );

const diagonal = (mean: readonly number[], variances: readonly number[]): Moments => ({
  mean: Float64Array.from(mean),
  covariance: Float64Array.from(
    variances.flatMap((variance, i) => variances.map((_, j) => i === j ? variance : 0)),
  ),
});

Deno.test("with diagonal covariances it is Σ (μ₁ − μ₂)² + (σ₁ − σ₂)²", () => {
  const [one, other] = [diagonal([1, 2, 3], [4, 9, 0]), diagonal([0, 2, 5], [1, 16, 25])];
  near(frechetDistance(one, other), 1 + 0 + 4 + 1 + 1 + 25);
  near(frechetDistance(one, one), 0);
});

Deno.test("two turned ellipses in the plane have the distance of the closed form of 2 × 2 roots", () => {
  // tr (A^½) of a 2 × 2 matrix is √(tr A + 2 √det A), and Σ₁Σ₂ has the eigenvalues of √Σ₁ Σ₂ √Σ₁.
  const [a, b] = [[3, 1, 1, 2], [1, -0.5, -0.5, 4]];
  const trace = 3 * 1 + 1 * -0.5 + (1 * -0.5 + 2 * 4);
  const det = (3 * 2 - 1) * (1 * 4 - 0.25);
  const expected = 3 + 2 + 1 + 4 - 2 * Math.sqrt(trace + 2 * Math.sqrt(det)) + 2;
  const moments = (mean: number[], covariance: number[]) => ({
    mean: Float64Array.from(mean),
    covariance: Float64Array.from(covariance),
  });
  near(frechetDistance(moments([1, 0], a), moments([0, 1], b)), expected);
});

Deno.test("mean and covariance are those of a table worked out by hand", () => {
  const { mean, covariance } = momentsOf(Float32Array.of(1, 2, 3, 6, 5, 4), 3);
  assert.deepEqual([...mean], [3, 4]);
  // Deviations (−2, −2), (0, 2), (2, 0), divided by 2.
  assert.deepEqual([...covariance], [4, 2, 2, 4]);
  assert.throws(
    () => momentsOf(Float32Array.of(1, 2), 1),
    new RangeError("Cannot compare clouds of fewer than two samples"),
  );
  assert.deepEqual([...momentsOf(Float32Array.of(1, 3), 2).covariance], [2]);
});

// numpy 2 and scipy.linalg.sqrtm: FID of two tables of 40 × 6 numbers, by sines that any program can make.
Deno.test("numpy and scipy give the same of two tables", () => {
  const table = (phase: number) =>
    Float32Array.from(
      { length: 240 },
      (_, i) => Math.fround(Math.sin(i * i * 0.37 + phase) + (i % 6) * phase),
    );
  near(
    frechetDistance(momentsOf(table(0), 40), momentsOf(table(0.3), 40)),
    4.993743428968208,
    1e-6,
  );
});

Deno.test("clouds of one distribution are near, and nearer the more samples there are", () => {
  const cloud = (seed: number, count: number) =>
    momentsOf(stream(seed, "cloud").normals(0, 8 * count), count);
  const [few, many] = [100, 10_000].map((count) =>
    frechetDistance(cloud(1, count), cloud(2, count))
  );
  assert.ok(many! < 0.02 && few! > 5 * many!, `${few} ${many}`);
});
