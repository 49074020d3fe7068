import assert from "node:assert/strict";
import { REQUANTIZE } from "../../../../ops/model/integers/requantize.ts";

/** What sums of two channels become, by each of the rules. */
function requantized(sums: readonly number[], factor = 0.5, low = -100, high = 100) {
  return Object.fromEntries(
    (["onnx", "tflite", "tensorflow"] as const).map((rules) => {
      const values = Int32Array.from(sums);
      REQUANTIZE[rules]({
        sums: values,
        bias: Int32Array.of(0, 10),
        scales: Float32Array.of(2 * factor, 8 * factor),
        scale: 2,
        low,
        high,
      });
      return [rules, [...values]];
    }),
  );
}

Deno.test("a sum and its channel's bias, times what it is worth", () => {
  const expected = [2, 28, -3, 0];
  assert.deepEqual(requantized([4, 4, -6, -10]), {
    onnx: expected,
    tflite: expected,
    tensorflow: expected,
  });
});

Deno.test("half-way: to the even one, up in fake quantization; of TFLite's two roundings the shift's is away from 0", () => {
  assert.deepEqual(requantized([1, -10, 3, -10, -1, -10, -3, -10]), {
    onnx: [0, 0, 2, 0, 0, 0, -2, 0],
    // No shift follows the high product, and that rounds up.
    tflite: [1, 0, 2, 0, 0, 0, -1, 0],
    tensorflow: [1, 0, 2, 0, 0, 0, -1, 0],
  });
  assert.deepEqual(requantized([2, -10, -2, -10], 0.25), {
    onnx: [0, 0, 0, 0],
    tflite: [1, 0, -1, 0],
    tensorflow: [1, 0, 0, 0],
  });
});

Deno.test("what lies outside is cut", () => {
  const expected = [5, 5, -7, -7];
  assert.deepEqual(requantized([1000, 1000, -1000, -1000], 0.5, -7, 5), {
    onnx: expected,
    tflite: expected,
    tensorflow: expected,
  });
});
