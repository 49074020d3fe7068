/** Matrix products on addresses against sums in double precision. */
import assert from "node:assert/strict";
import {
  multiply,
  multiplyPacked,
  multiplyTransposed,
  packedFor,
  RECTIFIERS,
} from "../../../../engine/tensor/products/matrix.ts";
import { fc } from "../../../deps.ts";
import { assertClose, noise } from "../support/stock.ts";
import { computed, machine } from "./addresses.ts";
import { planned, SCRATCH } from "./planned.ts";

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

Deno.test("a side packed once serves products of rows that lie apart, with the bits of its own", () => {
  // A row of five numbers of which a product reads the first `inner`, or 400 of 401; 9 columns make two panels.
  const [rows, columns] = [6, 9];
  for (
    const [inner, aRow, transposeB] of [[3, 5, false], [5, 5, true], [400, 401, true]] as const
  ) {
    const a = noise(rows * aRow, 1), b = noise(inner * columns, 2);
    const together = Float32Array.from(
      Array.from({ length: rows }, (_, r) => [...a.slice(r * aRow, r * aRow + inner)]).flat(),
    );
    const right = { inner, columns, transposeB };
    const expected = computed([together, b], rows * columns, (out, at) =>
      multiply(machine, {
        ...{ ...right, rows, a: at[0]!, b: at[1]!, out, bias: 0, activation: "linear" },
      }));
    const found = computed(
      [a, b],
      rows * columns,
      (out, at) =>
        packedFor(machine, { ...right, b: at[1]! }, (right) => {
          multiplyPacked(machine, right, { rows: 4, a: at[0]!, aRow, out });
          const rest = { a: at[0]! + 4 * aRow * 4, out: out + 4 * columns * 4 };
          multiplyPacked(machine, right, { rows: 2, ...rest, aRow });
          multiplyPacked(machine, right, { rows: 0, ...rest, aRow });
        }),
    );
    assert.deepEqual(found, expected);
  }
});

Deno.test("aᵀ d of rows that lie apart is added whole to what is there", () => {
  const [left, right, aRow, dRow] = [5, 9, 7, 11];
  for (const rows of [0, 1, 128, 129, 300]) {
    const [a, d, before] = [noise(rows * aRow, 1), noise(rows * dRow, 2), noise(left * right, 3)];
    const near = (values: Float32Array, stride: number, width: number) =>
      Array.from({ length: rows }, (_, r) => [...values.slice(r * stride, r * stride + width)])
        .flat();
    const product = computed(
      [near(a, aRow, left), near(d, dRow, right)],
      45,
      (out, at) => multiplyTransposed(machine, { rows, a: at[0]!, left, d: at[1]!, right, out }),
    );
    const found = computed([a, d, before], 45, (out, at) => {
      machine.kernels.copyBytes(out, at[2]!, 45 * 4);
      const apart = { rows, a: at[0]!, left, aRow, d: at[1]!, right, dRow };
      multiplyTransposed(machine, { ...apart, out, add: true });
    });
    assert.deepEqual(found, before.map((value, i) => value + product[i]!), `${rows} rows`);
  }
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

const addresses = { a: 100, b: 200, out: 300 } as const;

Deno.test("a product is cut into blocks of equal depth and sweeps that the caches hold, and no more", () => {
  const product = { ...addresses, transposeB: false, bias: 400, activation: "relu6" } as const;
  const plan = (rows: number, inner: number, columns: number, other: object = {}) =>
    planned((machine) => multiply(machine, { ...product, ...other, rows, inner, columns })).calls;
  const packed = SCRATCH + 64;
  // 385 = 196 + 189: two halves, the first a multiple of 4. Two panels of 8 columns, two blocks of 4 rows.
  assert.deepEqual(plan(5, 385, 9), [
    ["scratch", 64 + 2 * 32 * 196],
    ["packPanels", 2, packed, 196 * 32, 200, 196, 9, 9],
    ["gatherProduct", 2, 100, 0, 0, 385 * 4, 5, 1, 5, SCRATCH, 1, 196, packed, 9]
      .concat([300, 0, 0, 36, 0, 0, 0]),
    ["packPanels", 2, packed, 189 * 32, 200 + 196 * 36, 189, 9, 9],
    ["gatherProduct", 2, 100 + 196 * 4, 0, 0, 385 * 4, 5, 1, 5, SCRATCH, 1, 189, packed, 9]
      .concat([300, 0, 0, 36, 1, 400, 2]),
  ]);
  // The other way round, a block begins 196 floats further in each row of b.
  assert.deepEqual(plan(4, 385, 8, { transposeB: true }).filter(([name]) => name !== "scratch"), [
    ["packPanelsTransposed", 1, packed, 196 * 32, 200, 196, 8, 385],
    ["gatherProduct", 1, 100, 0, 0, 1540, 4, 1, 4, SCRATCH, 1, 196, packed, 8, 300, 0, 0, 32]
      .concat([0, 0, 0]),
    ["packPanelsTransposed", 1, packed, 189 * 32, 200 + 196 * 4, 189, 8, 385],
    ["gatherProduct", 1, 884, 0, 0, 1540, 4, 1, 4, SCRATCH, 1, 189, packed, 8, 300, 0, 0, 32]
      .concat([1, 400, 2]),
  ]);
  // 384 rows of a panel are 12 KiB; 32 of them, 256 columns, are swept at once.
  assert.deepEqual(plan(1, 384, 257, { bias: 0 }), [
    ["scratch", 64 + 33 * 32 * 384],
    ["packPanels", 33, packed, 384 * 32, 200, 384, 257, 257],
    ["gatherProduct", 1, 100, 0, 0, 1536, 1, 1, 1, SCRATCH, 1, 384, packed, 256, 300, 0, 0, 1028]
      .concat([0, 0, 2]),
    ["gatherProduct", 1, 100, 0, 0, 1536, 1, 1, 1, SCRATCH, 1, 384, packed + 32 * 12288, 1]
      .concat([300 + 1024, 0, 0, 1028, 0, 0, 2]),
  ]);
  assert.deepEqual(plan(1, 384, 257).at(-1)!.slice(-2), [400 + 1024, 2]);
  assert.deepEqual(plan(1, 0, 1), [
    ["scratch", 64 + 32 * 4],
    ["packPanels", 1, packed, 0, 200, 0, 1, 1],
    ["gatherProduct", 1, 100, 0, 0, 0, 1, 1, 1, SCRATCH, 1, 0, packed, 1, 300, 0, 0, 4, 0, 400, 2],
  ]);
  assert.deepEqual([plan(0, 3, 3), plan(3, 3, 0)], [[], []]);
});

Deno.test("weights that stay packed are packed once, whole, and read block by block", () => {
  const asked: unknown[] = [];
  const kept = 0x20000;
  const product = { ...addresses, transposeB: false, bias: 0, activation: "linear" } as const;
  const { calls } = planned(
    (machine) => multiply(machine, { ...product, rows: 1, inner: 385, columns: 9, keep: true }),
    {
      of: (weights, shape, pack) => {
        asked.push([weights, shape]);
        pack(kept);
        return kept;
      },
      changed: () => {},
    },
  );
  const layout = "panels of 8";
  assert.deepEqual(asked, [[200, { layout, inner: 385, columns: 9, bytes: 385 * 64 }]]);
  assert.deepEqual(calls.map((call) => call.slice(0, 4)), [
    ["packPanels", 2, kept, 196 * 32],
    ["packPanels", 2, kept + 196 * 64, 189 * 32],
    ["scratch", 64],
    ["gatherProduct", 1, 100, 0],
    ["gatherProduct", 1, 100 + 784, 0],
  ]);
  assert.deepEqual(calls.slice(3).map((call) => call[12]), [kept, kept + 196 * 64]);
});

Deno.test("aᵀ d is one kernel over tiles of 4 rows and 64 columns, in chains of 128 rows", () => {
  const plan = (rows: number, left: number, right: number) =>
    planned((machine) =>
      multiplyTransposed(machine, { rows, a: 100, left, d: 200, right, out: 300 })
    );
  const { calls, table } = plan(3, 5, 65);
  const [offsets, packed] = [SCRATCH, 2 * SCRATCH];
  assert.deepEqual(calls, [
    ["scratch", 20],
    ["scratch", 9 * 96],
    ["packPanels", 9, packed, 96, 200, 3, 65, 65],
    ["patchProduct", 2 * 2, 100, 0, 20, 20, packed, 96, 32, 1, 3, 1, 128, offsets, 5, 65, 300, 0],
  ]);
  assert.deepEqual(table(offsets, 5), [0, 4, 8, 12, 16]);
  assert.deepEqual(plan(0, 2, 3).calls, [["zeroBytes", 300, 24]]);
  assert.deepEqual([plan(3, 0, 3).calls, plan(3, 3, 0).calls], [[], []]);
});
