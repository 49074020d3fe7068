/** Published vectors of TensorFlow Lite's and gemmlowp's own unit tests, and roundings by hand. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { quantizeMultiplier, REQUANTIZE } from "../../../../ops/model/integers/requantize.ts";
import {
  divideByPowerOfTwo,
  doublingHighProduct,
  multiplyByMultiplier,
} from "../../../engine/tensor/support/gemmlowp.ts";

refuseLeaks(true);

/** What sums of two channels become, by each of the rules. */
function requantized(sums: readonly number[], factor = 0.5, low = -100, high = 100) {
  const rules = ["onnx", "tflite", "tensorflow"] as const;
  const results = withTensors(({ tf, nn, short, integers, tensor }) =>
    tf.tidy(() =>
      rules.map((rules) => {
        const columns = REQUANTIZE[rules]({
          bias: Int32Array.of(0, 10),
          scales: Float32Array.of(2 * factor, 8 * factor),
          scale: 2,
          low,
          high,
        });
        const x = short(Int32Array.from(sums), [sums.length / 2, 2]);
        const same = tensor(Int32Array.of(1, 0, 0, 1), [2, 2]);
        return [rules, [...integers(nn.denseInteger(x, same, nn.integerEnd(columns)))]];
      })
    )
  );
  return results.then((found) => Object.fromEntries(found));
}

Deno.test("a sum and its channel's bias, times what it is worth", async () => {
  const expected = [2, 28, -3, 0];
  assert.deepEqual(await requantized([4, 4, -6, -10]), {
    onnx: expected,
    tflite: expected,
    tensorflow: expected,
  });
});

Deno.test("half-way: to the even one, up in fake quantization; of TFLite's two roundings the shift's is away from 0", async () => {
  assert.deepEqual(await requantized([1, -10, 3, -10, -1, -10, -3, -10]), {
    onnx: [0, 0, 2, 0, 0, 0, -2, 0],
    // No shift follows the high product, and that rounds up.
    tflite: [1, 0, 2, 0, 0, 0, -1, 0],
    tensorflow: [1, 0, 2, 0, 0, 0, -1, 0],
  });
  assert.deepEqual(await requantized([2, -10, -2, -10], 0.25), {
    onnx: [0, 0, 0, 0],
    tflite: [1, 0, -1, 0],
    tensorflow: [1, 0, 0, 0],
  });
});

Deno.test("requantized values beyond the range are its bounds, under all rules", async () => {
  const expected = [5, 5, -7, -7];
  assert.deepEqual(await requantized([1000, 1000, -1000, -1000], 0.5, -7, 5), {
    onnx: expected,
    tflite: expected,
    tensorflow: expected,
  });
});

Deno.test("multipliers and shifts are those of TFLite's own tests, down to numbers that become 0", () => {
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
