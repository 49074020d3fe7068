import assert from "node:assert/strict";
import {
  depthwiseIntegers,
  formatOfTensor,
  sameFormat,
  storedIntegers,
} from "../../../../ops/formats/tflite/kept_integers.ts";
import { TYPES } from "../../../../ops/formats/tflite/schema.ts";
import { decodeWeight } from "../../../../ops/model/weights.ts";

const tensor = (
  type: keyof typeof TYPES,
  quantization?: { scale: number[]; zero: number[]; axis: number },
) => ({
  ...{ name: "t", shape: [2, 2], type: TYPES[type], buffer: 1 },
  ...quantization === undefined ? {} : { quantization },
});

Deno.test("integers stay as they lie, unsigned ones moved down with their zero points", () => {
  const bytes = Uint8Array.of(1, 255, 128, 0);
  const each = { scale: [0.5, 2], zero: [0, 0], axis: 1 };
  const signed = storedIntegers(tensor("int8", each), bytes)!;
  assert.deepEqual([...signed.data], [1, -1, -128, 0]);
  assert.deepEqual(signed.encoding, {
    ...{ use: "affine", bits: 8, axis: 1, symmetry: "symmetric" },
    ...{ scale: Float32Array.of(0.5, 2), zero: Int32Array.of(0, 0) },
  });
  // 0.5 · (q − 130), in any of the two.
  const one = storedIntegers(tensor("uint8", { scale: [0.5], zero: [130], axis: 0 }), bytes)!;
  assert.deepEqual([...one.data], [-127, 127, 0, -128]);
  assert.deepEqual([...decodeWeight(one)], [-64.5, 62.5, -1, -65]);
  assert.equal((one.encoding as { axis: unknown }).axis, null);
  assert.equal((one.encoding as { symmetry: unknown }).symmetry, "asymmetric");
  const shared = storedIntegers(tensor("int8", { scale: [1, 1], zero: [3], axis: 0 }), bytes)!;
  assert.deepEqual([...(shared.encoding as { zero: Int32Array }).zero], [3, 3]);
  const mixed = storedIntegers(tensor("int8", { scale: [1, 1], zero: [0, 3], axis: 0 }), bytes)!;
  assert.equal((mixed.encoding as { symmetry: unknown }).symmetry, "asymmetric");
  assert.equal(storedIntegers(tensor("int8"), bytes), undefined, "no scales");
  assert.equal(storedIntegers(tensor("int32", each), bytes), undefined);
});

Deno.test("a depthwise kernel keeps its integers where a channel has one scale", () => {
  const of = (scale: number[]) =>
    storedIntegers(
      { ...tensor("int8", { scale, zero: [0], axis: 3 }), shape: [1, 1, 1, 4] },
      Uint8Array.of(1, 2, 3, 4),
    );
  const each = depthwiseIntegers(of([1, 2, 3, 4]), [1, 1, 4, 1])!;
  assert.deepEqual(each.shape, [1, 1, 4, 1]);
  assert.deepEqual([...decodeWeight(each)], [1, 4, 9, 16]);
  assert.equal(depthwiseIntegers(of([1, 2, 3, 4]), [1, 1, 2, 2]), undefined);
  assert.deepEqual(depthwiseIntegers(of([2]), [1, 1, 2, 2])!.shape, [1, 1, 2, 2]);
  assert.equal(depthwiseIntegers(undefined, [1, 1, 4, 1]), undefined);
});

Deno.test("the format of a value is its scale and zero point; none for floats, an error for what cannot be", () => {
  const format = { bits: 8, scale: 0.5, zero: 4, minimum: -128, maximum: 127 };
  const one = (scale: number, zero: number) => ({ scale: [scale], zero: [zero], axis: 0 });
  assert.deepEqual(formatOfTensor(tensor("int8", one(0.5, 4))), format);
  assert.deepEqual(formatOfTensor(tensor("uint8", one(0.5, 132))), format);
  assert.deepEqual(formatOfTensor(tensor("int8", { scale: [0.5], zero: [], axis: 0 }))!.zero, 0);
  assert.equal(formatOfTensor(tensor("int8")), undefined);
  assert.equal(formatOfTensor(tensor("float32", one(0.5, 4))), undefined);
  for (const bad of [one(0, 0), one(-1, 0), one(NaN, 0), one(Infinity, 0), one(1, 128)]) {
    assert.throws(() => formatOfTensor(tensor("int8", bad)), /"t" has scale .* and zero point/);
  }
  assert.throws(() => formatOfTensor(tensor("uint8", one(1, -1))), /zero point -1/);
  assert.ok(sameFormat(format, { ...format }));
  assert.ok(!sameFormat(format, { ...format, zero: 3 }));
  assert.ok(!sameFormat(format, { ...format, scale: 1 }));
});
