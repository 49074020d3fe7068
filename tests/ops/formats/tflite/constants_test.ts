import assert from "node:assert/strict";
import { constantOf, typeNamed } from "../../../../ops/formats/tflite/constants.ts";

const tensor = { name: "w", shape: [2], type: 9, buffer: 1 };
const numbers = (
  type: number,
  bytes: readonly number[],
  rest: object = {},
) => [...constantOf({ ...tensor, type, ...rest }, Uint8Array.from(bytes)).values];

Deno.test("numbers of every type, low byte first", () => {
  assert.deepEqual(numbers(0, [0, 0, 0xc0, 0x3f, 0, 0, 0, 0x80]), [1.5, -0]);
  assert.deepEqual(numbers(1, [0, 0x3c, 0, 0xc0]), [1, -2]);
  assert.deepEqual(numbers(2, [255, 255, 255, 255, 0, 1, 0, 0]), [-1, 256]);
  assert.deepEqual(numbers(3, [255, 1]), [255, 1]);
  assert.deepEqual(numbers(9, [255, 1]), [-1, 1]);
  assert.deepEqual(numbers(4, [5, ...Array(7).fill(0), ...Array(8).fill(255)]), [5, -1]);
});

Deno.test("scale · (q − zero), one for all or one for each index of an axis", () => {
  const all = { quantization: { scale: [0.5], zero: [3], axis: 0 } };
  assert.deepEqual(numbers(9, [5, 1], all), [1, -1]);
  const each = { shape: [2, 2], quantization: { scale: [0.5, 2], zero: [0, 1], axis: 1 } };
  assert.deepEqual(numbers(9, [4, 4, 6, 6], each), [2, 6, 3, 10]);
});

Deno.test("bytes or scales that do not fit the shape, and a type that is not read, are refused by name", () => {
  const says = (why: RegExp, type: number, bytes: number[], rest: object = {}) =>
    assert.throws(() => numbers(type, bytes, rest), why);
  says(/its shape is 2, and it has 3 bytes/, 9, [1, 2, 3]);
  says(/its shape is -2, /, 9, [], { shape: [-2] });
  says(/neither float32/, 5, [1, 2]);
  says(/3 scales do not fit/, 9, [1, 2], { quantization: { scale: [1, 1, 1], zero: [], axis: 0 } });
  assert.deepEqual([0, 9, 5].map(typeNamed), ["float32", "int8", undefined]);
});

Deno.test("a name out of the file is printable in a sentence", () => {
  assert.throws(
    () => numbers(9, [1], { name: "a\0\x1b[2J" }),
    /Cannot read the constant "a\\u0000\\u001b\[2J"/,
  );
});
