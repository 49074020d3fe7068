/** The rarer functions of each element, beside stock tfjs. */
import { scalarOverrides } from "../../../../engine/tensor/overrides/scalar.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { agree, assertRegistered } from "../compare.ts";
import { size } from "../layer_under_test.ts";
import { pairs } from "../shapes.ts";
import { noise } from "../stock.ts";

refuseLeaks(true);

const special = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -2.5, 1e-30, 3e38];

/** Circular functions lose the argument's fraction beyond 2²⁴, in whatever way. */
const LIMITED = { sin: true, cos: true, tan: true };

const unary = [
  "selu",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "sinh",
  "cosh",
  "asinh",
  "acosh",
  "atanh",
] as const;

for (const name of unary) {
  Deno.test(`tf.${name} agrees with stock tfjs on ordinary and special values`, async () => {
    const far = noise(500, 4).map((value) => value * 5);
    const values = [...special, ...far].filter((v) => !(name in LIMITED) || !(Math.abs(v) > 1e9));
    await agree((tf) => [tf[name](tf.tensor1d(values))], 3e-6);
  });
}

const binary = ["pow", "atan2"] as const;

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

Deno.test("these are the kernels of ours that tfjs runs", async () => {
  await assertRegistered(scalarOverrides, [
    "Sin",
    "Cos",
    "Tan",
    "Asin",
    "Acos",
    "Atan",
    "Sinh",
    "Cosh",
    "Asinh",
    "Acosh",
    "Atanh",
    "Selu",
    "Pow",
    "Atan2",
  ]);
});
