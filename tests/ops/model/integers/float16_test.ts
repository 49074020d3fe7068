import assert from "node:assert/strict";
import { decodeWeight, halfBits } from "../../../../ops/model/weights.ts";
import { atHalfPrecision } from "../../../../ops/model/integers/float16.ts";
import { denseModel } from "../../prune/dense_model.ts";

Deno.test("half precision rounds to even, keeps subnormals and refuses infinities", () => {
  const values = [1 / 3, 0.1, 65504, 65519, 2049, 2051, 5.96e-8, 2.9e-8];
  const expected = [
    0.333251953125,
    0.0999755859375,
    65504,
    65504,
    2048,
    2052,
    5.960464477539063e-8,
    0,
  ];
  const model = denseModel([{ kernel: [values] }]);
  const half = atHalfPrecision(model, new Set(["dense1"])).weights["dense1/kernel"]!;
  assert.deepEqual(half.encoding, { use: "f16" });
  assert.deepEqual([...decodeWeight(half)], expected);
  assert.deepEqual([...new Float16Array(halfBits(Float32Array.of(65520)).buffer)], [Infinity]);
  assert.throws(
    () => atHalfPrecision(denseModel([{ kernel: [[1, -65520]] }]), new Set(["dense1"])),
    new Error("Cannot store dense1/kernel at half precision: it holds -65520, the limit is 65504"),
  );
});
