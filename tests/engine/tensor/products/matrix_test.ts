/** Matrix products on addresses against sums in double precision. */
import assert from "node:assert/strict";
import {
  multiply,
  multiplyTransposed,
  RECTIFIERS,
} from "../../../../engine/tensor/products/matrix.ts";
import { fc } from "../../../deps.ts";
import { assertClose, noise } from "../stock.ts";
import { computed, machine } from "./addresses.ts";

const clamps = { linear: [-Infinity, Infinity], relu: [0, Infinity], relu6: [0, 6] } as const;

const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 11 }),
  // Beyond 384 the product is cut into blocks.
  inner: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(383, 384, 385, 900)),
  columns: fc.integer({ min: 1, max: 19 }),
  transposeB: fc.boolean(),
  bias: fc.boolean(),
  activation: fc.constantFrom(...Object.keys(RECTIFIERS) as (keyof typeof RECTIFIERS)[]),
});

Deno.test("a product, b either way round, with bias and rectifier, is the sum of its definition", () => {
  fc.assert(
    fc.property(shapes, ({ rows, inner, columns, transposeB, bias, activation }) => {
      const [a, b] = [noise(rows * inner, 1), noise(inner * columns, 2)];
      const added = noise(columns, 3).map((value) => 4 * value);
      const found = computed([a, b, added], rows * columns, (out, at) =>
        multiply(machine, {
          ...{ rows, inner, columns, a: at[0]!, b: at[1]!, transposeB, out, activation },
          bias: bias ? at[2]! : 0,
        }));
      const [low, high] = clamps[activation];
      const expected = Array.from({ length: rows * columns }, (_, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns];
        let sum = bias ? added[column]! : 0;
        for (let k = 0; k < inner; k++) {
          sum += a[row * inner + k]! * b[transposeB ? column * inner + k : k * columns + column]!;
        }
        return Math.min(Math.max(sum, low), high);
      });
      assertClose(found, expected, 1e-4, "product");
    }),
    { numRuns: 150 },
  );
});

Deno.test("aᵀ d is the sum over the rows that both have; over no rows it is 0", () => {
  const sizes = fc.record({
    rows: fc.oneof(fc.nat(9), fc.constantFrom(127, 128, 129, 300)),
    left: fc.integer({ min: 1, max: 9 }),
    right: fc.integer({ min: 1, max: 70 }),
  });
  fc.assert(
    fc.property(sizes, ({ rows, left, right }) => {
      const [a, d] = [noise(rows * left, 1), noise(rows * right, 2)];
      const found = computed(
        [a, d],
        left * right,
        (out, at) => multiplyTransposed(machine, { rows, a: at[0]!, left, d: at[1]!, right, out }),
      );
      const expected = Array.from({ length: left * right }, (_, i) => {
        let sum = 0;
        for (let row = 0; row < rows; row++) {
          sum += a[row * left + Math.floor(i / right)]! * d[row * right + i % right]!;
        }
        return sum;
      });
      assertClose(found, expected, 1e-4, "product");
    }),
    { numRuns: 150 },
  );
});

Deno.test("a product without rows or columns writes nothing, and one without a sum the bias", () => {
  const none = computed([[1], [1]], 2, (out, at) => {
    const product = { a: at[0]!, b: at[1]!, transposeB: false, out, bias: 0 } as const;
    multiply(machine, { ...product, rows: 0, inner: 1, columns: 1, activation: "linear" });
    multiply(machine, { ...product, rows: 1, inner: 1, columns: 0, activation: "linear" });
  });
  assert.deepEqual([...none], [NaN, NaN]);
  const bias = computed([[], [], [3, -3]], 4, (out, at) =>
    multiply(machine, {
      ...{ rows: 2, inner: 0, columns: 2, a: at[0]!, b: at[1]!, transposeB: false, out },
      ...{ bias: at[2]!, activation: "relu" },
    }));
  assert.deepEqual([...bias], [3, 0, 3, 0]);
});
