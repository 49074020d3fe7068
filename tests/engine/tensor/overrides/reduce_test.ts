/** Reductions along any axes, beside stock tfjs. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { reduceOverrides } from "../../../../engine/tensor/overrides/reduce.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { agree, assertRegistered } from "../compare.ts";
import { size } from "../layer_under_test.ts";
import { noise } from "../stock.ts";

refuseLeaks(true);

const reductions = ["sum", "mean", "max", "min", "prod"] as const;

for (const name of reductions) {
  Deno.test(`tf.${name} agrees with stock tfjs along any axes`, async () => {
    const cases = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }).chain(
      (shape) =>
        fc.record({
          shape: fc.constant(shape),
          axes: fc.subarray([...shape.keys()]),
          keepDims: fc.boolean(),
        }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, axes, keepDims }) => {
        // Sums in another order differ by the rounding of their terms, which grows with the root of their number.
        const terms = size(axes.length === 0 ? shape : axes.map((axis) => shape[axis]!));
        await agree(
          (tf) => [tf[name](tf.tensor(noise(size(shape), 1), shape), axes, keepDims)],
          1e-6 * Math.sqrt(terms),
        );
      }),
      { numRuns: 80 },
    );
    for (const shape of [[40_000], [3000, 17], [17, 3000], [40, 50, 30]]) {
      for (const axes of shape.map((_, i) => [i])) {
        const values = noise(size(shape), 3).map((v) => name === "prod" ? 1 + v / 1e4 : v);
        await agree(
          (tf) => [tf[name](tf.tensor(values, shape), axes)],
          name === "prod" ? 1e-3 : 1e-5,
        );
      }
    }
  });
}

Deno.test("sums over nothing are 0, products 1, and an axis of length 0 may stay", async () => {
  await agree((tf) => [
    ...[tf.sum(tf.zeros([0, 3]), 0), tf.prod(tf.zeros([2, 0]), 1), tf.sum(tf.zeros([0]))],
    ...[tf.mean(tf.zeros([0, 3]), 1), tf.max(tf.zeros([3, 0]), 0)],
  ], 0);
});

Deno.test("long sums lose no more than a few roundings", async () => {
  const n = 1_000_000;
  const values = noise(n, 8).map((v) => 1000 + v);
  const exact = values.reduce((sum, value) => sum + value, 0);
  const sum = await withTensors(({ tf }) => {
    const result = tf.tidy(() => tf.sum(tf.tensor1d(values)));
    const value = result.dataSync()[0]!;
    result.dispose();
    return value;
  });
  assert.ok(Math.abs(sum / exact - 1) < 5e-7, `${sum} instead of ${exact}`);
});

Deno.test("NaN reaches the maximum; argMax takes the first of equals", async () => {
  await agree((tf) => {
    const x = tf.tensor2d([[1, NaN, 3], [4, 4, 2], [-Infinity, -Infinity, -Infinity]]);
    return [tf.max(x, 1), tf.min(x, 1), tf.argMax(tf.slice(x, [1, 0], [2, 3]), 1), tf.argMax(x, 0)];
  }, 0);
});

Deno.test("these are the kernels of ours that tfjs runs", async () => {
  await assertRegistered(reduceOverrides, [
    "Sum",
    "Mean",
    "Prod",
    "Max",
    "Min",
    "ArgMax",
    "Softmax",
  ]);
});
