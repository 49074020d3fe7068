import assert from "node:assert/strict";
import {
  activationFormat,
  affineOfRange,
  allIntegers,
} from "../../../../ops/model/integers/activation_format.ts";

const scheme = { bits: 8, symmetry: "asymmetric", rules: "onnx" } as const;

Deno.test("so many bits have twice as many integers each, half of them below 0", () => {
  assert.deepEqual(allIntegers(8), { low: -128, high: 127 });
  assert.deepEqual(allIntegers(2), { low: -2, high: 1 });
});

Deno.test("a range is widened to hold 0, and spread over all integers", () => {
  assert.deepEqual(affineOfRange({ minimum: 0, maximum: 255 }, scheme), { scale: 1, zero: -128 });
  assert.deepEqual(affineOfRange({ minimum: 51, maximum: 255 }, scheme), { scale: 1, zero: -128 });
  assert.deepEqual(affineOfRange({ minimum: -255, maximum: -51 }, scheme), { scale: 1, zero: 127 });
});

Deno.test("symmetric formats have no zero point; the farther end decides", () => {
  const symmetric = { ...scheme, symmetry: "symmetric" } as const;
  assert.deepEqual(affineOfRange({ minimum: -254, maximum: 3 }, symmetric), { scale: 2, zero: 0 });
  assert.deepEqual(affineOfRange({ minimum: -3, maximum: 127 }, symmetric), { scale: 1, zero: 0 });
});

Deno.test("a range of 0 alone gets scale 1 and no zero point, whatever the rules", () => {
  for (const symmetry of ["symmetric", "asymmetric"] as const) {
    const found = affineOfRange({ minimum: 0, maximum: 0 }, { ...scheme, symmetry });
    assert.deepEqual(found, { scale: 1, zero: 0 });
  }
});

Deno.test("a format names its smallest and largest integer", () => {
  assert.deepEqual(activationFormat({ minimum: 0, maximum: 15 }, { ...scheme, bits: 4 }), {
    bits: 4,
    scale: 1,
    zero: -8,
    minimum: -8,
    maximum: 7,
  });
});

Deno.test("a zero point is 0 where rounding would make it −0", () => {
  const { zero } = affineOfRange({ minimum: -4.125, maximum: 4.125 }, {
    ...scheme,
    rules: "tflite",
  });
  assert.ok(Object.is(zero, 0));
});
