import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { REQUANTIZE } from "../../../../ops/model/integers/requantize.ts";

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

Deno.test("what lies outside is cut", async () => {
  const expected = [5, 5, -7, -7];
  assert.deepEqual(await requantized([1000, 1000, -1000, -1000], 0.5, -7, 5), {
    onnx: expected,
    tflite: expected,
    tensorflow: expected,
  });
});
