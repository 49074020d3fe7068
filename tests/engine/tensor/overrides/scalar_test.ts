/** The rarer functions of each element, beside stock tfjs. */
import { scalarOverrides } from "../../../../engine/tensor/overrides/scalar.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { agree, assertRegistered } from "../support/compare.ts";
import { size } from "../support/layer_under_test.ts";
import { pairs } from "../support/shapes.ts";
import { noise } from "../support/stock.ts";
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";

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

Deno.test("whole powers of whole numbers are exact, signed and in the type of both", async () => {
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      const bases = Array.from({ length: 13 }, (_, i) => i - 6);
      for (let exponent = 0; exponent <= 11; exponent++) {
        const expected = bases.map((base) => Math.round(base ** exponent) + 0);
        const whole = tf.pow(tf.tensor1d(bases, "int32"), tf.scalar(exponent, "int32"));
        assert.equal(whole.dtype, "int32");
        assert.deepEqual([...whole.dataSync()], expected, `${exponent}`);
        const real = tf.pow(tf.tensor1d(bases), tf.scalar(exponent));
        assert.equal(real.dtype, "float32");
        assert.deepEqual([...real.dataSync()].map((v) => v + 0), expected.map(Math.fround));
      }
    });
  });
});

Deno.test("powers of zeros, infinities and negative bases are those of IEEE 754", async () => {
  const cases: readonly (readonly [base: number, exponent: number, value: number])[] = [
    ...[[0, -1, Infinity], [-0, -1, -Infinity], [-0, -2, Infinity], [0, 0.5, 0], [
      -0,
      -0.5,
      Infinity,
    ]] as const,
    ...[[-2, -1, -0.5], [-2, -2, 0.25], [-2, 0.5, NaN], [-Infinity, 3, -Infinity]] as const,
    ...[[-Infinity, 2, Infinity], [-Infinity, -1, -0], [2, Infinity, Infinity]] as const,
    ...[[-2, Infinity, Infinity], [-0.5, Infinity, 0], [-2, -Infinity, 0], [
      1,
      Infinity,
      1,
    ]] as const,
    ...[[NaN, 0, 1], [NaN, 1, NaN], [2, NaN, NaN], [0.25, 0.5, 0.5]] as const,
  ];
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      const y = tf.pow(
        tf.tensor1d(cases.map(([base]) => base)),
        tf.tensor1d(cases.map(([, e]) => e)),
      );
      cases.forEach(([base, exponent, value], i) =>
        assert.equal(y.dataSync()[i], value, `${base} to the power of ${exponent}`)
      );
    });
  });
});
