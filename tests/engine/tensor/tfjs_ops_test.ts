import assert from "node:assert/strict";
import type { Tensor, Tf } from "../../../engine/deps/tfjs_core.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { fc } from "../../deps.ts";
import { assertClose, noise, onStock } from "./stock.ts";
import { size } from "./layer_under_test.ts";

refuseLeaks(true);

/** Runs `body`, tfjs code alone, in the room and on stock tfjs, and compares every tensor it returns. */
async function agree(body: (tf: Tf) => Tensor[], tolerance: number): Promise<void> {
  const ours = await withTensors(({ tf }) => {
    const tensors = tf.tidy(() => body(tf));
    const all = tensors.map((tensor) => Float32Array.from(tensor.dataSync()));
    const shapes = tensors.map(({ shape, dtype }) => `${dtype} ${shape}`);
    tf.dispose(tensors);
    return { all, shapes };
  });
  let shapes: string[] = [];
  const theirs = await onStock((tf) => {
    const tensors = body(tf);
    shapes = tensors.map(({ shape, dtype }) => `${dtype} ${shape}`);
    return tensors;
  });
  assert.deepEqual(ours.shapes, shapes);
  theirs.forEach((values, i) => assertClose(ours.all[i]!, values, tolerance, `result ${i}`));
}

const special = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -2.5, 1e-30, 3e38];

const unary = [
  ...["neg", "abs", "square", "sqrt", "rsqrt", "reciprocal", "floor", "ceil", "round", "exp"],
  ...["expm1", "log", "erf", "sigmoid", "tanh", "log1p", "softplus", "relu", "relu6", "elu"],
  ...["selu", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh"],
  ...["atanh"],
] as const;

for (const name of unary) {
  Deno.test(`tf.${name} agrees with stock tfjs on ordinary and special values`, async () => {
    const far = noise(500, 4).map((value) => value * 5);
    const values = [...special, ...far].filter((v) => !(name in LIMITED) || !(Math.abs(v) > 1e9));
    await agree((tf) => [tf[name](tf.tensor1d(values))], 3e-6);
  });
}

Deno.test("integers stay integers where they can, and change type by value", async () => {
  await agree((tf) => {
    const x = tf.tensor1d([0, 1, -3, 8], "int32");
    const flags = tf.tensor1d([0, 1, 1], "bool");
    return [
      ...[tf.neg(x), tf.abs(x), tf.square(x), tf.relu(x), tf.erf(x), tf.sum(x), tf.max(x)],
      ...[tf.cast(x, "float32"), tf.cast(x, "bool"), tf.cast(flags, "float32")],
      ...[tf.cast(flags, "int32"), tf.cast(tf.tensor1d([-1.7, 2.9, 0]), "int32")],
      ...[tf.add(x, 0.5), tf.mul(x, x), tf.add(flags, 1)],
    ];
  }, 1e-6);
});

/** Circular functions lose the argument's fraction beyond 2²⁴, in whatever way. */
const LIMITED = { sin: true, cos: true, tan: true };

const binary = [
  ...["add", "sub", "mul", "div", "maximum", "minimum", "squaredDifference", "pow", "atan2"],
] as const;

/** Two shapes that broadcast: the same axes, some of length 1 in one of them, and there dropped where they lead. */
const pairs = fc.tuple(
  fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom("both", "a", "b")), {
    maxLength: 6,
  }),
  fc.tuple(fc.nat(6), fc.nat(6)),
).map(([axes, drops]) =>
  ["a", "b"].map((me, i) => {
    const shape = axes.map(([n, who]) => who === "both" || who === me ? n : 1);
    const ones = shape.findIndex((n) => n !== 1);
    return shape.slice(Math.min(drops[i]!, ones < 0 ? shape.length : ones));
  }) as [number[], number[]]
);

for (const name of binary) {
  Deno.test(`tf.${name} broadcasts as stock tfjs does`, async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([a, b]) => {
        await agree((tf) => {
          const left = tf.tensor(noise(size(a), 1).map((v) => v + 1.01), a);
          const right = tf.tensor(noise(size(b), 2).map((v) => 2 * v), b);
          return [tf[name](left, right)];
        }, 2e-6);
      }),
      { numRuns: 60 },
    );
    await agree((tf) => [tf[name](tf.tensor1d([7, -3, 2], "int32"), tf.scalar(2, "int32"))], 1e-7);
  });
}

Deno.test("pow knows negative bases, zeros and infinities", async () => {
  const bases = [-2, -2, -2, 0, 0, -0, -Infinity, NaN, 2, 0.5, -1];
  const exponents = [2, 3, 0.5, 0, -1, -3, 3, 0, Infinity, Infinity, 1e20];
  await agree((tf) => [tf.pow(tf.tensor1d(bases), tf.tensor1d(exponents))], 1e-7);
});

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

Deno.test("gradients of broadcasting, powers and reductions agree with stock tfjs", async () => {
  await agree((tf) => {
    const x = tf.tensor(noise(60, 1).map((v) => v + 1.5), [3, 4, 5]);
    const row = tf.tensor(noise(5, 2), [5]);
    const column = tf.tensor(noise(4, 3), [4, 1]);
    return tf.grads((x, row, column) => {
      const mixed = tf.add(tf.mul(x!, row!), tf.div(column!, x!));
      return tf.sum(tf.mul(tf.pow(x!, 1.5), tf.softmax(tf.sub(mixed, tf.max(mixed, 1, true)))));
    })([x, row, column]);
  }, 1e-5);
});
