/** Reductions along any axes, beside stock tfjs. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { reduceOverrides } from "../../../../engine/tensor/overrides/reduce.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { agree, assertRegistered } from "../support/compare.ts";
import { size } from "../support/layer_under_test.ts";
import { called, spied } from "../support/spied.ts";
import { noise } from "../support/stock.ts";

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

Deno.test("beyond 16384 elements one reduction is done in pieces, and several groups of axes one by one", async () => {
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      const { machine, calls } = spied();
      const overrides = reduceOverrides(machine);
      const plan = (name: string, shape: number[], axis: number[]) => {
        calls.length = 0;
        called(overrides[name]!, { x: tf.zeros(shape) }, { axis, keepDims: false });
        return calls.map(([kernel, units, code, _x, _y, ...rest]) =>
          kernel === "scratch" ? [kernel, units] : [kernel, units, code, ...rest]
        );
      };
      // Numbers, numbers to each result, divisor; of rows also their width.
      assert.deepEqual(plan("Sum", [16384], [0]), [["reduceRuns", 1, 0, 16384, 16384, 1]]);
      assert.deepEqual(plan("Mean", [16385], [0]), [
        ["scratch", 20],
        ["reduceRuns", 5, 0, 16385, 4096, 1],
        ["reduceRuns", 1, 0, 5, 5, 16385],
      ]);
      assert.deepEqual(plan("Max", [31, 1000], [0]), [["reduceRows", 1, 2, 31, 31, 1000, 1]]);
      assert.deepEqual(plan("Prod", [32, 1000], [0]), [
        ["scratch", 8000],
        ["reduceRows", 2, 1, 32, 16, 1000, 1],
        ["reduceRows", 1, 1, 2, 2, 1000, 1],
      ]);
      assert.deepEqual(plan("Min", [700, 100], [0]), [
        ["scratch", 18 * 400],
        ["reduceRows", 18, 3, 700, 40, 100, 1],
        ["reduceRows", 1, 3, 18, 18, 100, 1],
      ]);
      assert.deepEqual(plan("Sum", [2, 20_000], [1]), [["reduceRuns", 2, 0, 40_000, 20_000, 1]]);
      assert.deepEqual(plan("Mean", [2, 3, 4, 5], [0, 2]), [
        ["scratch", 2 * 3 * 5 * 4],
        ["reduceRows", 6, 0, 24, 4, 5, 1],
        ["reduceRows", 1, 0, 2, 2, 15, 8],
      ]);
      assert.deepEqual(plan("Sum", [2, 3], []), [["reduceRows", 1, 0, 1, 1, 6, 1]]);
      assert.deepEqual(plan("Sum", [2, 3, 4], [1, 2]), [["reduceRuns", 2, 0, 24, 12, 1]]);
    });
  });
});

Deno.test("over nothing each reduction gives what leaves others as they are; axes may be kept", async () => {
  await withTensors(({ tf, values }) => {
    tf.tidy(() => {
      const none = tf.zeros([2, 0]);
      assert.deepEqual([...values(tf.sum(none, 1))], [0, 0]);
      assert.deepEqual([...values(tf.prod(none, 1))], [1, 1]);
      assert.deepEqual([...values(tf.max(none, 1))], [-Infinity, -Infinity]);
      assert.deepEqual([...values(tf.min(none, 1))], [Infinity, Infinity]);
      assert.deepEqual([...values(tf.mean(none, 1))], [NaN, NaN]);
      assert.deepEqual(tf.sum(tf.zeros([2, 3, 4]), [1], true).shape, [2, 1, 4]);
    });
  });
});

Deno.test("integers, other axes and rows without numbers have tfjs's own maximum; softmax has one axis", async () => {
  await agree((tf) => [
    tf.argMax(tf.tensor2d([3, 9, 2, 1], [2, 2], "int32"), 1),
    tf.argMax(tf.tensor2d([3, 9, 2, 1], [2, 2]), 0),
    tf.argMax(tf.tensor3d(noise(60, 1), [3, 4, 5]), -1),
    tf.mean(tf.tensor2d([3, 9, 2, 1], [2, 2], "int32"), 0),
  ], 1e-7);
  await withTensors(({ tf, values }) => {
    tf.tidy(() => {
      const { machine, calls } = spied();
      const overrides = reduceOverrides(machine);
      called(overrides["ArgMax"]!, { x: tf.zeros([2, 3, 4]) }, { axis: 2 });
      called(overrides["Softmax"]!, { logits: tf.zeros([2, 3, 4]) }, { dim: 2 });
      assert.deepEqual(calls.map((call) => call.slice(0, 2)), [["argMax", 6], ["softmax", 6]]);
      const [one] = called(overrides["Softmax"]!, { logits: tf.tensor1d([1, 1]) }, { dim: 0 });
      assert.deepEqual([...values(one!)], [0.5, 0.5]);
      assert.throws(
        () => called(overrides["Softmax"]!, { logits: tf.zeros([2, 3]) }, { dim: 0 }),
        { message: "Cannot take the softmax along axis 0: only along the last one" },
      );
    });
  });
});
