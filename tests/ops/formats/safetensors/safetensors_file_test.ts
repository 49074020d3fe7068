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

const refused = (file: Uint8Array) => {
  try {
    readSafetensors(file);
  } catch (error) {
    assert.ok(error instanceof RangeError);
    return error.message;
  }
};

Deno.test("the length of a header lies in the file's first 8 bytes, wherever these lie, and in the file", () => {
  const none = "it is no safetensors file: its length of a header cannot be";
  const empty = "it is no safetensors file: its header is no JSON object";
  const long = (length: bigint, size: number) => {
    const file = new Uint8Array(size);
    new DataView(file.buffer).setBigUint64(0, length, true);
    return file;
  };
  assert.equal(refused(new Uint8Array(7)), none);
  assert.equal(refused(long(0n, 8)), empty);
  assert.equal(refused(long(1n, 8)), none);
  assert.equal(refused(long(1n, 9)), empty);
  assert.equal(refused(long(100_000_001n, 9)), none);
  const good = byHand("{}", []);
  assert.equal(refused(good), undefined);
  assert.deepEqual(readSafetensors(Uint8Array.of(9, 9, 9, ...good).subarray(3)).tensors.size, 0);
  assert.equal(
    refused(byHand('{"\u00ff":1}', []).map((byte) => byte === 0xc3 ? 0xff : byte)),
    empty,
  );
  for (const text of ["null", "[]", "{", "1"]) assert.equal(refused(byHand(text, [])), empty);
});

Deno.test("a tensor is described by its type, its extents and where it lies, each as it should be", () => {
  const sound = { dtype: "U8", shape: [1], "data_offsets": [0, 1] };
  const of = (row: unknown) => refused(byHand(JSON.stringify({ a: row }), [1]));
  assert.equal(of(sound), undefined);
  const odd = 'its tensor "a" is not described as it should be';
  const rows = [
    ...[null, 1, [], {}, { ...sound, dtype: undefined }, { ...sound, shape: 1 }],
    ...[[-1], [1.5], ["1"], [null], [1, -1]].map((shape) => ({ ...sound, shape })),
    ...[1, [0], [0, 1, 1], [0, 1.5], [-1, 0], ["0", 1], [0, null]].map((offsets) => ({
      ...sound,
      "data_offsets": offsets,
    })),
  ];
  for (const row of rows) assert.equal(of(row), odd, JSON.stringify(row));
  assert.equal(
    of({ ...sound, dtype: "F8" }),
    'its tensor "a" is of numbers F8, which cannot be read',
  );
  assert.equal(
    of({ ...sound, dtype: "toString" }),
    'its tensor "a" is of numbers toString, which cannot be read',
  );
  assert.equal(
    of({ ...sound, dtype: "F32" }),
    'its tensor "a" of 4 bytes is not where it should be',
  );
  assert.equal(
    of({ ...sound, "data_offsets": [1, 2] }),
    'its tensor "a" of 1 bytes is not where it should be',
  );
});

Deno.test("tensors may be listed in any order, empty ones too; they lie side by side", () => {
  const row = (begin: number, end: number) => ({
    dtype: "U8",
    shape: [end - begin],
    "data_offsets": [begin, end],
  });
  const file = (...rows: readonly (readonly [number, number])[]) =>
    byHand(JSON.stringify(Object.fromEntries(rows.map(([a, b], i) => [`t${i}`, row(a, b)]))), [
      5,
      6,
      7,
    ]);
  assert.equal(refused(file([1, 3], [0, 1])), undefined);
  assert.equal(refused(file([0, 3], [0, 0])), undefined);
  assert.equal(refused(file([0, 0], [0, 3], [3, 3])), undefined);
  assert.equal(refused(file([0, 1], [2, 3])), "its tensors overlap, or leave bytes between them");
  assert.equal(refused(file([0, 2], [1, 3])), "its tensors overlap, or leave bytes between them");
  assert.equal(refused(file([0, 1], [1, 2])), "bytes are left over behind its tensors");
  const { tensors } = readSafetensors(file([1, 3], [0, 1]));
  assert.deepEqual([...tensors.get("t0")!.bytes], [6, 7]);
  assert.deepEqual(readSafetensors(byHand('{"__metadata__":[1]}', [])).metadata, {});
});

Deno.test("a type of numbers that is no name is refused, however deep it is nested", () => {
  const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  const text = ascii(`{"a":{"dtype":${deep},"shape":[1],"data_offsets":[0,4]}}`);
  const file = new Uint8Array(8 + text.length + 4);
  new DataView(file.buffer).setUint32(0, text.length, true);
  file.set(text, 8);
  assert.throws(() => readSafetensors(file), /its tensor "a" is not described as it should be/);
});
