import assert from "node:assert/strict";
import {
  countIn,
  DamagedError,
  readStruct,
  structIn,
  structsIn,
} from "../../../../ops/data/parquet/thrift.ts";

const read = (...bytes: number[]) => readStruct(Uint8Array.from(bytes), 0, bytes.length);
const float = [...new Uint8Array(Float64Array.of(1.5).buffer)];

Deno.test("fields of every type, by the compact protocol's own table", () => {
  const { value, end } = read(
    0x11, // 1: true
    0x12, // 2: false
    0x13,
    0xff, // 3: byte −1
    0x14,
    0x03, // 4: i16 −2
    0x15,
    0xac,
    0x04, // 5: i32, zigzag of 278
    0x16,
    0x01, // 6: i64 −1
    0x17,
    ...float, // 7: double
    0x18,
    0x02,
    0x61,
    0x62, // 8: "ab"
    0x19,
    0x25,
    0x02,
    0x04, // 9: list of 2 i32: 1, 2
    0x1c,
    0x15,
    0x06,
    0x00, // 10: struct { 1: 3 }
    0x05,
    0xc8,
    0x01,
    0x08, // 100, its number written out: 4
    0x00,
  );
  assert.equal(end, 37);
  assert.deepEqual(value, {
    1: true,
    2: false,
    3: -1,
    4: -2,
    5: 278,
    6: -1,
    7: 1.5,
    8: Uint8Array.of(0x61, 0x62),
    9: [1, 2],
    10: { 1: 3 },
    100: 4,
  });
});

Deno.test("a list of truth values takes a byte each, a long one says its length apart", () => {
  const flags = read(0x19, 0x21, 0x01, 0x02, 0x00).value;
  assert.deepEqual(flags[1], [1, 2]);
  assert.deepEqual(read(0x19, 0x22, 0x01, 0x02, 0x00).value[1], [1, 2]);
  const long = read(0x19, 0xf3, 0x10, ...Array(16).fill(7), 0x00).value;
  assert.deepEqual(long[1], Array(16).fill(7));
});

Deno.test("bytes that are cut off, too long or of no known type are damaged", () => {
  const cases: readonly (readonly [number[], RegExp])[] = [
    [[], /cut off/],
    [[0x15], /cut off/],
    [[0x18, 0x05, 0x61], /cut off/],
    [[0x17, 0, 0, 0], /cut off/],
    [[0x15, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], /number is too long/],
    [[0x15, 0xff, 0xff, 0xff, 0xff, 0x7f], /number is too large/],
    [[0x16, ...Array(10).fill(0x80), 0x01], /number is too long/],
    [[0x05, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], /number is too long/],
    [[0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], /number is too long/],
    [[0x18, 0x02, 0x61], /cut off/],
    [[0x19, 0xf6, 0x05, 0x01, 0x01], /cut off/],
    [[0x1a, 0x00], /no known type/],
    [Array(40).fill(0x1c), /too deep/],
    [Array(40).fill(0x19), /too deep/],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(
      () => read(...bytes),
      (error) => error instanceof DamagedError && message.test(error.message),
      bytes.join(),
    );
  }
});

Deno.test("structures are sixteen deep at most", () => {
  const deep = (depth: number) =>
    read(...Array(depth).fill(0x1c), 0x11, ...Array(depth + 1).fill(0));
  assert.equal(deep(16).end, 34);
  assert.throws(() => deep(17), { name: "DamagedError", message: "its structures are too deep" });
});

Deno.test("bytes are read where they lie in a file, a byte of 128 begins a longer number", () => {
  const bytes = Uint8Array.from([9, 9, 9, 0x17, ...float, 0x15, 0x80, 0x01, 0x00, 9]);
  assert.deepEqual(readStruct(bytes.subarray(1), 2, 16), { value: { 1: 1.5, 2: 64 }, end: 15 });
  assert.throws(() => readStruct(bytes, 3, 15), /a structure is cut off/);
});

Deno.test("what is asked of a struct is of its type, or it is damaged", () => {
  const struct = { 1: 3, 2: -1, 3: { 1: 1 }, 4: [{ 1: 1 }], 5: [{ 1: 1 }, 1], 6: new Uint8Array() };
  assert.equal(countIn(struct, 1), 3);
  assert.equal(countIn(struct, 9, 0), 0);
  const size = { name: "DamagedError", message: "a size in its header cannot be" };
  for (const field of [2, 3, 9]) assert.throws(() => countIn(struct, field), size);
  assert.throws(() => countIn({ 1: 1.5 }, 1), size);
  assert.equal(countIn({ 1: 0 }, 1), 0);
  assert.deepEqual(structIn(struct, 3), { 1: 1 });
  const part = { name: "DamagedError", message: "a part of its header is missing" };
  for (const field of [1, 4, 6, 9]) assert.throws(() => structIn(struct, field), part);
  assert.deepEqual(structsIn(struct, 4), [{ 1: 1 }]);
  const list = { name: "DamagedError", message: "a list in its header is missing" };
  for (const field of [3, 5, 9]) assert.throws(() => structsIn(struct, field), list);
});
