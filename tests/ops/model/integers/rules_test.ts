/** Published vectors: TensorFlow Lite's, TensorFlow's, ONNX's and tfjs's own unit tests. */
import assert from "node:assert/strict";
import { clamp, RULES, toInteger } from "../../../../ops/model/integers/rules.ts";
import { assertClose } from "../../../close.ts";

const BYTE = { low: 0, high: 255 };

Deno.test("the three roundings differ where a value lies half-way", () => {
  const { onnx, tflite, tensorflow } = RULES;
  const x = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5];
  assert.deepEqual(x.map(onnx.round), [-2, -2, -0, 0, 2, 2]);
  assert.deepEqual(x.map(tflite.round), [-3, -2, -1, 1, 2, 3]);
  assert.deepEqual(x.map(tensorflow.round), [-2, -1, -0, 1, 2, 3]);
  assert.deepEqual([0.9, 2.5, 2.3, 1.5, -4.5].map(onnx.round), [1, 2, 2, 2, -4]);
});

Deno.test("TFLite chooses scale and zero point as its tests say", () => {
  const rows = [[-10, 30, 0.156863, 64], [0, 30, 0.117647, 0], [-10, 0, 0.039216, 255], [
    0,
    0,
    0,
    0,
  ]];
  for (const [minimum, maximum, scale, zero] of rows as [number, number, number, number][]) {
    const affine = RULES.tflite.choose(minimum, maximum, BYTE);
    assertClose(affine.scale, scale, 1e-6);
    assert.equal(affine.zero, zero);
  }
});

Deno.test("fake quantization gives the numbers of TensorFlow's own tests", () => {
  const cases: [number, number, number, number, number[], number[]][] = [
    [-0.1, 63.65, 0, 255, [-0.1, 0, 0.1, 0.25, 63.75, 63.8], [0, 0, 0, 0.25, 63.75, 63.75]],
    [
      -0.1275,
      63.6225,
      0,
      255,
      [-0.26, -0.25, -0.24, 0, 63.5, 63.6],
      [-0.25, -0.25, -0.25, 0, 63.5, 63.5],
    ],
    [-0.1, 63.4, 1, 255, [-0.1, 0, 0.1, 0.25, 63.5, 63.6], [0, 0, 0, 0.25, 63.5, 63.5]],
    [-0.4, 7.1, 0, 15, [-0.6, -0.5, -0.24, 0, 7, 7.1], [-0.5, -0.5, 0, 0, 7, 7]],
    [-7.3, 0.2, 0, 15, [-7.6, -7.5, -7.4, -7.2, 0, 0.1], [-7.5, -7.5, -7.5, -7, 0, 0]],
    [
      -10,
      53.75,
      0,
      255,
      [-10.1, -10, -9.9, -9.75, 53.75, 53.8],
      [-10, -10, -10, -9.75, 53.75, 53.75],
    ],
    [-1, 0.5, 0, 3, [-1.1, -1, -0.9, -0.3, 0.1, 0.6], [-1, -1, -1, -0.5, 0, 0.5]],
  ];
  for (const [minimum, maximum, low, high, x, y] of cases) {
    const integers = { low, high };
    const affine = RULES.tensorflow.choose(minimum, maximum, integers);
    x.forEach((value, i) => {
      const q = toInteger(Math.fround(value), affine, integers, RULES.tensorflow);
      assertClose(affine.scale * (q - affine.zero), y[i]!, 1e-5);
    });
  }
});

Deno.test("ONNX QuantizeLinear, for bytes, 16 bits and along an axis", () => {
  const quantize = (x: number[], scale: number, zero: number, high = 255) =>
    x.map((value) => toInteger(value, { scale, zero }, { low: 0, high }, RULES.onnx));
  assert.deepEqual(quantize([0, 2, 3, 1000, -254, -1000], 2, 128), [128, 129, 130, 255, 1, 0]);
  const wide = [0, -128, 3, -3, 2.9, -2.9, 3.1, -3.1, 65536, -65534, 70000, -70000];
  assert.deepEqual(
    quantize(wide.map(Math.fround), 2, 32767, 65535),
    [32767, 32703, 32769, 32765, 32768, 32766, 32769, 32765, 65535, 0, 65535, 0],
  );
  const channels = [[-162, 10, -100, 232, -20, -50], [-76, 0, 0, 252, 32, -44], [
    245,
    -485,
    -960,
    -270,
    -375,
    -470,
  ]];
  const expected = [[3, 89, 34, 200, 74, 59], [5, 24, 24, 87, 32, 13], [245, 99, 4, 142, 121, 102]];
  const [scales, zeros] = [[2, 4, 5], [84, 24, 196]];
  channels.forEach((x, c) => assert.deepEqual(quantize(x, scales[c]!, zeros[c]!), expected[c]));
});

Deno.test("ONNX DynamicQuantizeLinear, which only float32 gets right", () => {
  const cases: [number[], number, number, number[]][] = [
    [[0, 2, -3, -2.5, 1.34, 0.5], 0.0196078438, 153, [153, 255, 0, 26, 221, 179]],
    [[-1, -2.1, -1.3, -2.5, -3.34, -4], 0.0156862754, 255, [191, 121, 172, 96, 42, 0]],
    [
      [1, 2.1, 1.3, 2.5, 3.34, 4, 1.5, 2.6, 3.9, 4, 3, 2.345],
      0.0156862754,
      0,
      [64, 134, 83, 159, 213, 255, 96, 166, 249, 255, 191, 149],
    ],
  ];
  for (const [x, scale, zero, y] of cases) {
    const affine = RULES.onnx.choose(Math.min(0, ...x), Math.max(0, ...x), BYTE);
    assertClose(affine.scale, scale, 1e-9);
    assert.equal(affine.zero, zero);
    assert.deepEqual(x.map((v) => toInteger(Math.fround(v), affine, BYTE, RULES.onnx)), y);
  }
});

const SIGNED = { low: -128, high: 127 };

Deno.test("signed integers: where 0 lies is counted from their lowest", () => {
  // 4 / 255 to a unit: 63.75 of them below 0.
  for (const rules of ["onnx", "tflite", "tensorflow"] as const) {
    assert.deepEqual(RULES[rules].choose(-1, 3, SIGNED), {
      ...{ scale: Math.fround(4 / 255), zero: -64 },
    });
  }
});

Deno.test("a range beside 0 has it at the nearer end of the integers", () => {
  for (const rules of ["onnx", "tflite", "tensorflow"] as const) {
    const scale = Math.fround(2 / 255);
    assert.deepEqual(RULES[rules].choose(1, 3, BYTE), { scale, zero: 0 });
    assert.deepEqual(RULES[rules].choose(-3, -1, BYTE), { scale, zero: 255 });
  }
});

Deno.test("of TFLite's two ends the one nearer to 0 decides between half-way integers", () => {
  // From below −119.5, from above a last bit less; and the other way round.
  assert.equal(RULES.tflite.choose(-0.375, 10.875, SIGNED).zero, -120);
  assert.equal(RULES.tflite.choose(-4.125, 4.125, SIGNED).zero + 0, 0);
});

Deno.test("a value on a bound is the bound, one beyond it too", () => {
  assert.deepEqual([-3, -2, 0, 5, 6].map((value) => clamp(value, -2, 5)), [-2, -2, 0, 5, 5]);
});
