import assert from "node:assert/strict";
import { decodeWeight, floatWeight } from "../../../../ops/model/weights.ts";
import type { Weight } from "../../../../ops/model/model.ts";
import {
  integersOf,
  quantizedWeight,
  type WeightFormat,
} from "../../../../ops/model/integers/weight_format.ts";
import { RULES, toInteger } from "../../../../ops/model/integers/rules.ts";
import { fc } from "../../../deps.ts";
import { assertClose } from "../../../close.ts";

const symmetric = { bits: 8, axis: null, symmetry: "symmetric", rules: "onnx" } as const;

function squaredError(weight: Weight, quantized: Weight): number {
  const [w, q] = [decodeWeight(weight), decodeWeight(quantized)];
  return w.reduce((sum, value, i) => sum + (value - q[i]!) ** 2, 0) / w.length;
}

Deno.test("symmetric integers per tensor and per channel", () => {
  // The vector's channels are rows; ours are the last axis, so axis 0 is named.
  const w = floatWeight([2, 3], Float32Array.of(0.02, -0.01, 0.015, 1, -2, 0.5));
  const check = (
    format: Partial<WeightFormat>,
    scale: number[],
    q: number[],
    error: number,
  ) => {
    const quantized = quantizedWeight(w, { ...symmetric, ...format });
    assert.ok(quantized.encoding.use === "affine");
    assertClose(quantized.encoding.scale, scale, 2e-8);
    assert.deepEqual([...quantized.data], q);
    assert.deepEqual([...quantized.encoding.zero], scale.map(() => 0));
    assertClose([squaredError(w, quantized) / error], [1], 1e-6);
  };
  check({}, [0.0157480315], [1, -1, 1, 64, -127, 32], 2.1529801392936075e-5);
  check(
    { axis: 0 },
    [0.0001574803, 0.0157480315],
    [127, -64, 95, 64, -127, 32],
    1.2917984169301624e-5,
  );
  check(
    { axis: 0, bits: 4 },
    [0.0028571429, 0.2857142857],
    [7, -4, 5, 4, -7, 2],
    0.004252125850340132,
  );
});

const COUNT = 1 << 16;
/** Evenly spread over (−1, 1). */
const uniform = Float32Array.from({ length: COUNT }, (_, i) => (2 * i + 1) / COUNT - 1);
const decibels = (power: number, noise: number): number => 10 * Math.log10(power / noise);

Deno.test("a uniform signal over all integers has 6.0206 dB a bit", () => {
  for (const [bits, expected] of [[4, 24.0824], [8, 48.1648]] as const) {
    const [low, high] = [-(1 << bits - 1), (1 << bits - 1) - 1];
    const scale = 2 / (1 << bits);
    // Moved by half a step, the signal fills the cells of all integers.
    const noise = uniform.reduce((sum, x) => {
      const moved = Math.fround(x - scale / 2);
      const q = toInteger(moved, { scale, zero: 0 }, { low, high }, RULES.onnx);
      return sum + (moved - scale * q) ** 2 / COUNT;
    }, 0);
    assertClose([decibels(1 / 3, noise)], [expected], 0.001);
  }
});

Deno.test("uniform weights have the error s²/12, so 20 log(2 · high) dB", () => {
  for (const bits of [2, 4, 8]) {
    const weight = floatWeight([COUNT], uniform);
    const noise = squaredError(weight, quantizedWeight(weight, { ...symmetric, bits }));
    const high = (1 << bits - 1) - 1;
    assertClose([noise * 12 * high * high], [1], 0.002);
    assertClose([decibels(1 / 3, noise)], [20 * Math.log10(2 * high)], 0.01);
  }
});

const values = fc.array(fc.float({ min: -100, max: 100, noNaN: true, noDefaultInfinity: true }), {
  minLength: 1,
  maxLength: 40,
});
const formats = fc.record({
  bits: fc.integer({ min: 2, max: 8 }),
  axis: fc.constant(null),
  symmetry: fc.constantFrom("symmetric" as const, "asymmetric" as const),
  rules: fc.constantFrom("onnx" as const, "tflite" as const, "tensorflow" as const),
});

Deno.test("errors are at most half a step, order and zeros are kept, twice is once", () => {
  fc.assert(
    fc.property(values, formats, (list, format) => {
      const w = Float32Array.from([0, ...list]);
      const weight = floatWeight([w.length], w);
      const quantized = quantizedWeight(weight, format);
      assert.ok(quantized.encoding.use === "affine");
      const decoded = decodeWeight(quantized);
      const [scale] = quantized.encoding.scale;
      const { low, high } = integersOf(format);
      // With a zero point that was rounded, an end may lie half a step outside the integers.
      const steps = format.symmetry === "symmetric" ? 0.5 : 1;
      w.forEach((value, i) => {
        assert.ok(quantized.data[i]! >= low && quantized.data[i]! <= high);
        assert.ok(Math.abs(value - decoded[i]!) <= scale! * steps * (1 + 1e-5));
        if (value === 0) assert.equal(decoded[i], 0);
      });
      const order = [...w.keys()].sort((a, b) => w[a]! - w[b]!);
      order.forEach((at, i) => {
        if (i > 0) assert.ok(decoded[order[i - 1]!]! <= decoded[at]!);
      });
      if (format.symmetry === "symmetric") {
        const again = quantizedWeight(floatWeight([w.length], decoded), format);
        assertClose(decodeWeight(again), [...decoded], scale! * 1e-5);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("in a symmetric format −w has the negative integers of w", () => {
  fc.assert(fc.property(values, fc.integer({ min: 2, max: 8 }), (list, bits) => {
    const [plus, minus] = [1, -1].map((sign) => {
      const w = Float32Array.from(list, (value) => sign * value);
      return [...quantizedWeight(floatWeight([w.length], w), { ...symmetric, bits }).data];
    });
    assert.deepEqual(plus, minus!.map((q) => 0 - q));
  }));
});

Deno.test("pruned zeros stay zero; in an asymmetric format they are stored as the zero point", () => {
  const mask = Uint8Array.of(1, 0, 1, 0);
  const weight = floatWeight([4], Float32Array.of(3, 0, 1, 0), mask);
  for (const symmetry of ["symmetric", "asymmetric"] as const) {
    const quantized = quantizedWeight(weight, { ...symmetric, symmetry });
    assert.ok(quantized.encoding.use === "affine");
    const zero = symmetry === "symmetric" ? 0 : -128;
    assert.equal(quantized.encoding.zero[0], zero);
    assert.deepEqual([quantized.data[1], quantized.data[3]], [zero, zero]);
    assert.deepEqual([...decodeWeight(quantized)].map((w) => w === 0), [false, true, false, true]);
    assert.equal(quantized.mask, mask);
  }
});

Deno.test("a channel of zeros has scale 1 and no NaN, and the smallest weights do not overflow", () => {
  const weight = floatWeight([2, 2], Float32Array.of(0, 1e-44, 0, -1e-44));
  const quantized = quantizedWeight(weight, { ...symmetric, axis: 1 });
  assert.ok(quantized.encoding.use === "affine");
  assert.equal(quantized.encoding.scale[0], 1);
  assert.deepEqual([...decodeWeight(quantized)], [0, 0, 0, 0]);
});
