import assert from "node:assert/strict";
import {
  floatsOf,
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from "../../../../ops/formats/safetensors/safetensors_file.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

/** A file written by hand: two numbers of half precision and three bytes, as the format's page draws it. */
const header = '{"a":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},' +
  '"b":{"dtype":"I8","shape":[3],"data_offsets":[4,7]},"__metadata__":{"k":"v"}}';
const byHand = (text: string, data: readonly number[]) =>
  Uint8Array.of(text.length, 0, 0, 0, 0, 0, 0, 0, ...ascii(text), ...data);

Deno.test("bytes written by hand are read: 1 and −2 in half precision, 1, −1, 127", () => {
  const { tensors, metadata } = readSafetensors(byHand(header, [0, 0x3c, 0, 0xc0, 1, 255, 127]));
  assert.deepEqual(metadata, { k: "v" });
  assert.deepEqual([...floatsOf(tensors.get("a")!)], [1, -2]);
  assert.deepEqual([...floatsOf(tensors.get("b")!)], [1, -1, 127]);
  assert.deepEqual(tensors.get("a")!.shape, [1, 2]);
});

Deno.test("what is written is what the format says, and is read again", () => {
  const one: StoredTensor = { dtype: "F32", shape: [1], bytes: Uint8Array.of(0, 0, 128, 63) };
  const file = writeSafetensors({ tensors: new Map([["x", one]]), metadata: {} });
  const text = '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const blanks = " ".repeat(56 - text.length);
  assert.deepEqual(
    file,
    Uint8Array.of(56, 0, 0, 0, 0, 0, 0, 0, ...ascii(text + blanks), 0, 0, 128, 63),
  );
  assert.deepEqual([...floatsOf(readSafetensors(file).tensors.get("x")!)], [1]);
});

Deno.test("numbers of every type become floats", () => {
  const tensor = (dtype: StoredTensor["dtype"], ...bytes: number[]): StoredTensor => ({
    dtype,
    shape: [1],
    bytes: Uint8Array.from(bytes),
  });
  const cases: [StoredTensor, number][] = [
    [tensor("F64", 0, 0, 0, 0, 0, 0, 0xf8, 0x3f), 1.5],
    [tensor("BF16", 0xc0, 0x3f), 1.5],
    [tensor("I64", 254, 255, 255, 255, 255, 255, 255, 255), -2],
    [tensor("U64", 7, 0, 0, 0, 0, 0, 0, 0), 7],
    [tensor("I32", 254, 255, 255, 255), -2],
    [tensor("I16", 254, 255), -2],
    [tensor("U16", 1, 1), 257],
    [tensor("BOOL", 1), 1],
  ];
  for (const [each, value] of cases) assert.deepEqual([...floatsOf(each)], [value], each.dtype);
});

Deno.test("a file that is broken is refused in a sentence", () => {
  const good = byHand(header, [0, 0x3c, 0, 0xc0, 1, 255, 127]);
  const bad: [Uint8Array, RegExp][] = [
    [good.subarray(0, 5), /no safetensors file/],
    [Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0, 1), /length of a header/],
    [byHand("[]", []), /no JSON object/],
    [byHand('{"a":{"dtype":"F32"}}', []), /"a" is not described/],
    [byHand('{"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}', [1]), /numbers F8/],
    [byHand('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}', [1]), /2 bytes is not where/],
    [good.subarray(0, good.length - 1), /"b" of 3 bytes is not where/],
    [Uint8Array.of(...good, 0), /left over/],
    [
      byHand(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        [1],
      ),
      /overlap/,
    ],
  ];
  for (const [file, message] of bad) assert.throws(() => readSafetensors(file), message);
});
