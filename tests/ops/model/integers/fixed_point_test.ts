/** Published vectors: TensorFlow Lite's and gemmlowp's own unit tests. */
import assert from "node:assert/strict";
import {
  divideByPowerOfTwo,
  doublingHighProduct,
  multiplyByMultiplier,
  quantizeMultiplier,
} from "../../../../ops/model/integers/fixed_point.ts";
import { fc } from "../../../deps.ts";

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

Deno.test("TFLite's multiplication by a multiplier", () => {
  const rows = [
    [10000, 0.00097656, 10],
    [-10000, 0.00097656, -10],
    [-2147483648, 1e-5, -21475],
    [2147483647, 1e-5, 21475],
    [7, 1, 7],
    [-7, 1, -7],
    [7, 2, 14],
    [7, 0.5, 4],
  ];
  for (const [x, real, product] of rows) {
    assert.equal(multiplyByMultiplier(x!, quantizeMultiplier(real!)), product);
  }
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
  for (const [a, b, product] of products) assert.equal(doublingHighProduct(a!, b!), product);
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
    [
      -7,
      2,
      -2,
    ],
  ];
  for (const [x, exponent, result] of shifts) {
    assert.equal(divideByPowerOfTwo(x!, exponent!), result);
  }
});

Deno.test("the high product in doubles is the one in big integers", () => {
  const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  fc.assert(fc.property(int32, int32, (a, b) => {
    fc.pre(a !== -(2 ** 31) || b !== -(2 ** 31));
    const ab = BigInt(a) * BigInt(b);
    const nudge = ab >= 0n ? 1n << 30n : 1n - (1n << 30n);
    // C++ division truncates, as that of big integers does.
    assert.equal(doublingHighProduct(a, b), Number((ab + nudge) / (1n << 31n)));
  }));
});
