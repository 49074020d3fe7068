import assert from "node:assert/strict";
import { bitReader, bitWriter } from "../../../../ops/formats/packed/bits.ts";
import { fc } from "../../../deps.ts";

Deno.test("the highest bit of a byte comes first, zeros fill the last one", () => {
  const bits = bitWriter();
  bits.write(0b101, 3);
  bits.write(0, 4);
  bits.write(0b1_1111_0000_1, 10);
  assert.equal(bits.length, 17);
  assert.deepEqual([...bits.bytes()], [0b10100001, 0b11110000, 0b10000000]);
});

const numbers = fc.array(
  fc.integer({ min: 1, max: 53 }).chain((width) =>
    fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n }).map((value) =>
      [Number(value), width] as const
    )
  ),
);

Deno.test("numbers of any width are read as they were written", () => {
  fc.assert(fc.property(numbers, (rows) => {
    const bits = bitWriter();
    for (const [value, width] of rows) bits.write(value, width);
    const text = rows.map(([value, width]) => value.toString(2).padStart(width, "0")).join("");
    const written = [...bits.bytes()].map((byte) => byte.toString(2).padStart(8, "0")).join("");
    assert.equal(written.slice(0, text.length), text);
    const reader = bitReader(bits.bytes());
    for (const [value, width] of rows) assert.equal(reader.read(width), value);
    assert.ok(reader.left < 8);
  }));
});

Deno.test("negative numbers keep their sign", () => {
  const rows = [[-1, 1], [-1, 16], [-32768, 16], [32767, 16], [-2147483648, 32], [-5, 32]] as const;
  const bits = bitWriter();
  for (const [value, width] of rows) bits.write(value, width);
  const reader = bitReader(bits.bytes());
  assert.deepEqual(rows.map(([, width]) => reader.readSigned(width)), rows.map(([value]) => value));
});

Deno.test("a negative number of any width is its two's complement", () => {
  const cases = fc.integer({ min: 1, max: 53 }).chain((width) =>
    fc.bigInt({ min: -(1n << BigInt(width - 1)), max: -1n }).map((value) => [value, width] as const)
  );
  fc.assert(fc.property(cases, ([value, width]) => {
    const bits = bitWriter();
    bits.write(Number(value), width);
    assert.equal(bitReader(bits.bytes()).read(width), Number(BigInt.asUintN(width, value)));
  }));
});

Deno.test("reading on behind the end is refused", () => {
  const reader = bitReader(Uint8Array.of(255));
  reader.read(5);
  assert.throws(() => reader.read(4), RangeError);
  assert.equal(reader.read(3), 7);
});

Deno.test("more than the first kilobyte is kept, to the bit where the room doubles", () => {
  const bits = bitWriter();
  for (let i = 0; i < 1024; i++) bits.write(i & 255, 8);
  assert.equal(bits.bytes().length, 1024);
  bits.write(1, 1);
  for (let i = 0; i < 3000; i++) bits.write(5, 3);
  const reader = bitReader(bits.bytes());
  for (let i = 0; i < 1024; i++) assert.equal(reader.read(8), i & 255);
  assert.equal(reader.read(1), 1);
  for (let i = 0; i < 3000; i++) assert.equal(reader.read(3), 5);
  assert.equal(bits.length, 8192 + 1 + 9000);
});

Deno.test("what ends too early is said so, and the widest numbers keep their highest bit", () => {
  assert.throws(
    () => bitReader(new Uint8Array()).read(1),
    new RangeError("the weights end too early"),
  );
  const bits = bitWriter();
  bits.write(2 ** 53 - 1, 53);
  bits.write(-1, 25);
  bits.write(0xffff_ffff, 32);
  const reader = bitReader(bits.bytes());
  assert.deepEqual([reader.read(53), reader.read(25), reader.read(32)], [
    2 ** 53 - 1,
    2 ** 25 - 1,
    2 ** 32 - 1,
  ]);
});
