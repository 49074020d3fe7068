import assert from "node:assert/strict";
import { pairOf, samplesOf } from "../../../../ops/data/readers/array_pair.ts";

const names = { inputs: "x", labels: "y" };

Deno.test("images get their channel axis, a number per sample becomes one feature", () => {
  const shaped = (...shape: number[]) =>
    samplesOf({ shape, data: new Uint8Array(shape.reduce((a, b) => a * b)) }, "x").input;
  assert.deepEqual(shaped(5), [1]);
  assert.deepEqual(shaped(5, 3), [3]);
  assert.deepEqual(shaped(5, 4, 3), [4, 3, 1]);
  assert.deepEqual(shaped(5, 4, 3, 2), [4, 3, 2]);
});

Deno.test("whole numbers wider than a byte are kept as floats, bytes as they are", () => {
  const wide = samplesOf({ shape: [2, 1], data: Int32Array.of(-300, 70000) }, "x");
  assert.deepEqual(wide.x, Float32Array.of(-300, 70000));
  assert.ok(samplesOf({ shape: [2], data: Uint8Array.of(1, 2) }, "x").x instanceof Uint8Array);
});

Deno.test("inputs are paired with as many labels", () => {
  const inputs = { shape: [2, 1], data: Float32Array.of(1, 2) };
  const pair = pairOf(inputs, { shape: [2], data: Uint8Array.of(4, 0) }, names, "classification");
  assert.deepEqual(pair.y, Int32Array.of(4, 0));
  assert.throws(
    () => pairOf(inputs, { shape: [3], data: new Uint8Array(3) }, names, "classification"),
    /Cannot pair "x" with "y": 2 samples, 3 labels/,
  );
  assert.throws(
    () => pairOf(inputs, { shape: [2], data: Float32Array.of(0, NaN) }, names, "regression"),
    /Cannot use "y": its value at \[1\] is NaN/,
  );
  assert.throws(
    () => samplesOf({ shape: [2, 0], data: new Float32Array() }, "x"),
    /Cannot use "x": its samples of 0 hold nothing/,
  );
});

Deno.test("samples that hold nothing, and values that are none, are refused by their array's name", () => {
  const empty = { shape: [2, 0, 3], data: new Uint8Array() };
  assert.throws(
    () => samplesOf(empty, "d/x"),
    new RangeError('Cannot use "d/x": its samples of 0×3 hold nothing'),
  );
  const odd = { shape: [2], data: Float32Array.of(1, NaN) };
  assert.throws(() => samplesOf(odd, "d/x"), /"d\/x"/);
});
