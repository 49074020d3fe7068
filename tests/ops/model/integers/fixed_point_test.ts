/** Published vectors: TensorFlow Lite's and gemmlowp's own unit tests. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { quantizeMultiplier } from "../../../../ops/model/integers/fixed_point.ts";
import {
  divideByPowerOfTwo,
  doublingHighProduct,
  multiplyByMultiplier,
} from "../../../engine/tensor/support/gemmlowp.ts";

refuseLeaks(true);

Deno.test("TFLite's multipliers", () => {
  const rows = [
    [0.25, 1073741824, -1],
    [0.499999995, 2147483627, -1],
    [0.5, 1073741824, 0],
    [0.75, 1610612736, 0],
    [0.999999999, 2147483646, 0],
    [1, 1073741824, 1],
    [1.25, 1342177280, 1],
    [1.5, 1610612736, 1],
    [2, 1073741824, 2],
    [1e-10, 0, 0],
    [2 ** -32, 1073741824, -31],
    [2 ** -33, 0, 0],
    [2 ** -40, 0, 0],
    [5e-324, 0, 0],
    // What rounds up to the next power of two.
    [2 ** -32 * (1 - 2 ** -40), 1073741824, -31],
    [2 ** -33 * (1 - 2 ** -40), 0, 0],
    [1 - 2 ** -40, 1073741824, 1],
    [0, 0, 0],
  ];
  for (const [real, multiplier, shift] of rows) {
    assert.deepEqual(quantizeMultiplier(real!), { multiplier, shift });
  }
});

Deno.test("TFLite's multiplication by a multiplier, in the kernels too", async () => {
  const rows = [
    [10000, 0.00097656, 10],
    [-10000, 0.00097656, -10],
    [-2147483648, 1e-5, -21475],
    [2147483647, 1e-5, 21475],
    [7, 1, 7],
    [-7, 1, -7],
    [7, 2, 14],
    [7, 0.5, 4],
  ] as const;
  const factors = rows.map(([, real]) => quantizeMultiplier(real));
  const products = rows.map(([, , product]) => product);
  const found = rows.map(([x], i) =>
    multiplyByMultiplier(x, factors[i]!.multiplier, factors[i]!.shift)
  );
  assert.deepEqual(found, products);
  await withTensors(({ tf, nn, short, integers, tensor }) =>
    tf.tidy(() => {
      // Sums of nothing: the bias alone.
      const end = nn.integerEnd({
        use: "fixed",
        bias: Int32Array.from(rows, ([x]) => x),
        multipliers: Int32Array.from(factors, ({ multiplier }) => multiplier),
        shifts: Int32Array.from(factors, ({ shift }) => shift),
        low: -32768,
        high: 32767,
      });
      const x = short(Int32Array.of(0), [1, 1]);
      const w = tensor(new Int32Array(rows.length), [1, rows.length]);
      assert.deepEqual([...integers(nn.denseInteger(x, w, end))], products);
    })
  );
});

Deno.test("gemmlowp's high product and shift", () => {
  const products = [
    [-2147483648, -2147483648, 2147483647],
    [3, 1073741824, 2],
    [-3, 1073741824, -1],
    [1, 1073741824, 1],
    [-1, 1073741824, 0],
    [1073741824, 1073741824, 536870912],
  ];
  for (const [a, b, product] of products) {
    assert.equal(doublingHighProduct(a!, b!) + 0, product);
  }
  const shifts = [
    [0, 1, 0],
    [9, 0, 9],
    [2147483647, 31, 1],
    [1073741823, 31, 0],
    [2147483647, 30, 2],
    [5, 1, 3],
    [-5, 1, -3],
    [3, 1, 2],
    [-3, 1, -2],
    [6, 2, 2],
    [-6, 2, -2],
    [7, 2, 2],
    [-7, 2, -2],
  ];
  for (const [x, exponent, result] of shifts) {
    assert.equal(divideByPowerOfTwo(x!, exponent!), result);
  }
});
