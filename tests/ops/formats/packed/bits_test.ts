import assert from "node:assert/strict";
import { bitReader, bitWriter } from "../../../../ops/formats/packed/bits.ts";
import { entriesOf } from "../../../../ops/formats/packed/gaps.ts";
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

Deno.test("reading on behind the end is refused", () => {
  const reader = bitReader(Uint8Array.of(255));
  reader.read(5);
  assert.throws(() => reader.read(4), RangeError);
  assert.equal(reader.read(3), 7);
});

Deno.test("positions 1, 4 and 15 in 3 bits need a filler, of the largest distance", () => {
  const entries = entriesOf([1, 4, 15], 3).map(({ gap, filler }) => [gap, filler ? 0 : 1]);
  assert.deepEqual(entries, [[2, 1], [3, 1], [8, 0], [3, 1]]);
  // Counted from 0, as the paper's figure does, the first distance is the position.
  const figure = entriesOf([0, 3, 14], 3).map(({ gap, filler }) => [gap, filler ? 0 : 1]);
  assert.deepEqual(figure, [[1, 1], [3, 1], [8, 0], [3, 1]]);
});

Deno.test("a distance of 2^b is the largest that needs no filler", () => {
  for (let b = 1; b <= 8; b++) {
    assert.equal(entriesOf([2 ** b - 1], b).length, 1);
    assert.equal(entriesOf([2 ** b], b).length, 2);
    assert.equal(entriesOf([5 * 2 ** b - 1], b).length, 5);
  }
});

Deno.test("distances lead back to the positions, and none is too large", () => {
  const positions = fc.uniqueArray(fc.nat(3000), { maxLength: 100 });
  fc.assert(fc.property(positions, fc.integer({ min: 1, max: 12 }), (set, b) => {
    const sorted = set.sort((x, y) => x - y);
    let at = -1;
    const found: number[] = [];
    for (const { gap, filler } of entriesOf(sorted, b)) {
      assert.ok(gap >= 1 && gap <= 2 ** b && (!filler || gap === 2 ** b));
      at += gap;
      if (!filler) found.push(at);
    }
    assert.deepEqual(found, sorted);
  }));
});
