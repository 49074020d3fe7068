/** Operations on each element, beside stock tfjs. */
import { elementwiseOverrides } from "../../../../engine/tensor/overrides/elementwise.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { agree, assertRegistered } from "../support/compare.ts";
import { size } from "../support/layer_under_test.ts";
import { pairs } from "../support/shapes.ts";
import { called, spied } from "../support/spied.ts";
import { noise } from "../support/stock.ts";
import assert from "node:assert/strict";
import { type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";

refuseLeaks(true);

const special = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -2.5, 1e-30, 3e38];

const unary = [
  "neg",
  "abs",
  "square",
  "sqrt",
  "rsqrt",
  "reciprocal",
  "floor",
  "ceil",
  "round",
  "exp",
  "expm1",
  "log",
  "erf",
  "sigmoid",
  "tanh",
  "log1p",
  "softplus",
  "relu",
  "relu6",
  "elu",
] as const;

for (const name of unary) {
  Deno.test(`tf.${name} agrees with stock tfjs on ordinary and special values`, async () => {
    const far = noise(500, 4).map((value) => value * 5);
    const values = [...special, ...far];
    await agree((tf) => [tf[name](tf.tensor1d(values))], 3e-6);
  });
}

const binary = ["add", "sub", "mul", "div", "maximum", "minimum", "squaredDifference"] as const;

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

Deno.test("these are the kernels of ours that tfjs runs", async () => {
  await assertRegistered(elementwiseOverrides, [
    "Neg",
    "Abs",
    "Square",
    "Sqrt",
    "Rsqrt",
    "Reciprocal",
    "Floor",
    "Ceil",
    "Round",
    "Exp",
    "Expm1",
    "Log",
    "Erf",
    "Sigmoid",
    "Tanh",
    "Log1p",
    "Softplus",
    "Relu",
    "Relu6",
    "Elu",
    "Add",
    "Sub",
    "Multiply",
    "RealDiv",
    "Maximum",
    "Minimum",
    "SquaredDifference",
  ]);
});

Deno.test("functions that IEEE 754 leaves open are ours for integers as well, the others tfjs's", async () => {
  const open = ["Exp", "Expm1", "Log", "Erf", "Sigmoid", "Tanh", "Log1p", "Softplus", "Elu"];
  await withTensors(({ tf, values }) => {
    tf.tidy(() => {
      const { machine, calls } = spied();
      const overrides = elementwiseOverrides(machine);
      const of = (name: string, x: Tensor) => called(overrides[name]!, { x })[0]!;
      for (const name of open) {
        const y = of(name, tf.tensor1d([1, 2, 3], "int32"));
        assert.equal(y.dtype, "float32", name);
        assert.deepEqual(values(y), values(of(name, tf.tensor1d([1, 2, 3]))), name);
      }
      calls.length = 0;
      const x = tf.ones([2], "int32");
      of("Neg", x);
      called(overrides["Add"]!, { a: x, b: x });
      assert.deepEqual(calls, []);
    });
  });
});

Deno.test("elements go in units of 8192, broadcast runs in one each, and more than four loops to tfjs", async () => {
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      const { machine, calls } = spied();
      const overrides = elementwiseOverrides(machine);
      const launched = (name: string, inputs: Record<string, Tensor>) => {
        calls.length = 0;
        called(overrides[name]!, inputs);
        return calls.map(([kernel, units, code]) => `${kernel} ${units} ${code}`);
      };
      for (const [n, units] of [[8192, 1], [8193, 2]] as const) {
        const x = tf.ones([n]);
        assert.deepEqual(launched("Exp", { x }), [`unary ${units} 9`]);
        assert.deepEqual(launched("Add", { a: x, b: tf.scalar(1) }), [`binary ${units} 0`]);
      }
      const of = (...shape: number[]) => tf.ones(shape);
      assert.deepEqual(launched("Sub", { a: of(2, 3), b: of(3) }), ["binaryRuns 2 1"]);
      assert.deepEqual(launched("Sub", { a: of(0, 3), b: of(3) }), []);
      const [a, b] = [of(2, 1, 2, 3), of(1, 2, 1, 3)];
      assert.deepEqual(launched("Multiply", { a, b }), ["binaryRuns 8 2"]);
      assert.deepEqual(launched("Multiply", { a: of(2, 1, 2, 1, 2), b: of(1, 2, 1, 2, 1) }), []);
      assert.deepEqual(launched("Multiply", { a: of(), b: of() }), ["binary 1 2"]);
    });
  });
});
