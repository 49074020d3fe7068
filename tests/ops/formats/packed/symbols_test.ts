import assert from "node:assert/strict";
import { stream } from "../../../../engine/tensor/random.ts";
import { bitReader, bitWriter } from "../../../../ops/formats/packed/bits.ts";
import { readSymbols, writeSymbols } from "../../../../ops/formats/packed/symbols.ts";
import { fc } from "../../../deps.ts";

const sum = (values: Iterable<number>) => [...values].reduce((total, each) => total + each, 0);

const entropy = (frequencies: readonly number[]) => {
  const total = sum(frequencies);
  return sum(frequencies.filter((f) => f > 0).map((f) => -(f / total) * Math.log2(f / total)));
};

const rows = fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 1, maxLength: 300 });

Deno.test("rows of numbers are read as they were written, whatever stands before and after", () => {
  fc.assert(
    fc.property(rows, fc.constantFrom("huffman", "none"), fc.nat(7), (row, coding, lead) => {
      const bits = bitWriter();
      bits.write(0, lead);
      writeSymbols(bits, Int32Array.from(row), coding);
      bits.write(5, 3);
      const reader = bitReader(bits.bytes());
      reader.read(lead);
      assert.deepEqual([...readSymbols(reader, row.length)], row);
      assert.equal(reader.read(3), 5);
    }),
  );
});

Deno.test("a row of one number costs its description alone", () => {
  const bits = bitWriter();
  writeSymbols(bits, new Int32Array(10_000).fill(-7), "huffman");
  assert.equal(bits.length, 1 + 16 + 6);
  assert.deepEqual([...readSymbols(bitReader(bits.bytes()), 3)], [-7, -7, -7]);
});

Deno.test("integers of 8 bits take their entropy and at most a bit and a table more", () => {
  for (const deviation of [2, 12, 40]) {
    const normals = stream(deviation, "noise").normals(0, 20_000);
    const row = Int32Array.from(
      normals,
      (z) => Math.max(-127, Math.min(127, Math.round(z * deviation))),
    );
    const frequencies = Array.from({ length: 255 }, () => 0);
    for (const value of row) frequencies[value + 127]!++;
    const bits = bitWriter();
    writeSymbols(bits, row, "huffman");
    const least = row.length * entropy(frequencies);
    assert.ok(bits.length >= least);
    assert.ok(bits.length <= least + row.length + 255 * 8);
  }
});

Deno.test("the shorter way is taken, and only the fixed one where words are not wanted", () => {
  const row = Int32Array.from({ length: 256 }, (_, i) => i);
  const [words, fixed] = (["huffman", "none"] as const).map((coding) => {
    const bits = bitWriter();
    writeSymbols(bits, row, coding);
    return bits.length;
  });
  assert.equal(fixed, 1 + 16 + 6 + 256 * 8);
  assert.equal(words, fixed, "256 numbers once each: a table of words would be lost");
});

Deno.test("numbers beyond 16 bits have no row", () => {
  const write = (row: readonly number[]) => writeSymbols(bitWriter(), Int32Array.from(row), "none");
  assert.throws(() => write([0, 40_000]), /more than 16 bits/);
  assert.throws(() => write([]), /empty/);
});

/** A row's bits as text. */
const written = (row: readonly number[], coding: "huffman" | "none") => {
  const bits = bitWriter();
  writeSymbols(bits, Int32Array.from(row), coding);
  return [...bits.bytes()].map((byte) => byte.toString(2).padStart(8, "0")).join("").slice(
    0,
    bits.length,
  );
};
const sixteen = (value: number) => (value & 0xffff).toString(2).padStart(16, "0");

Deno.test("a row is written bit by bit as the file says", () => {
  // 5 numbers from −1 to 2 in two bits each.
  assert.equal(
    written([-1, 0, 2, 1, -1], "none"),
    `0${sixteen(-1)}00001000` + "01" + "11" + "10" + "00",
  );
  // Words of 3 and 4: one bit each, so lengths take one bit: 1 for both.
  const many = [3, ...Array(30).fill(4), ...Array(30).fill(3)];
  const words = many.map((value) => value - 3).join("");
  assert.equal(
    written(many, "huffman"),
    `0${sixteen(3)}000001${words}`,
    "as long at a fixed width",
  );
  // 3 numbers far apart: 0 of them between.
  const apart = [0, ...Array(60).fill(9), 4];
  const lengths = [2, 0, 0, 0, 2, 0, 0, 0, 0, 1].map((each) => each.toString(2).padStart(2, "0"))
    .join("");
  assert.equal(
    written(apart, "huffman"),
    `1${sixteen(0)}${sixteen(9)}000010${lengths}10${"0".repeat(60)}11`,
  );
});

Deno.test("words are taken where they are shorter by a bit, not where they are as long", () => {
  // Of 0, 1 and 3, n times 0: fixed 6 + 2 (n + 2); words 16 + 6 + 2 · 4 + n + 4.
  const row = (zeros: number) => [...Array(zeros).fill(0), 1, 3];
  assert.equal(written(row(24), "huffman")[0], "0");
  assert.equal(written(row(25), "huffman")[0], "1");
  assert.equal(written(row(25), "huffman").length, 1 + 16 + 16 + 6 + 8 + 25 + 4);
});

Deno.test("the ends of 16 bits have rows, and what lies beyond has none", () => {
  const wide = [-32768, 32767, 0];
  const bits = bitWriter();
  writeSymbols(bits, Int32Array.from(wide), "none");
  assert.deepEqual([...readSymbols(bitReader(bits.bytes()), 3)], wide);
  const refused = (row: readonly number[]) => {
    try {
      writeSymbols(bitWriter(), Int32Array.from(row), "none");
    } catch (error) {
      assert.ok(error instanceof RangeError);
      return error.message;
    }
  };
  assert.equal(
    refused([0, 32768]),
    "Cannot pack numbers from 0 to 32768: they need more than 16 bits",
  );
  assert.equal(
    refused([5, -32769]),
    "Cannot pack numbers from -32769 to 5: they need more than 16 bits",
  );
  assert.equal(refused([]), "Cannot pack an empty row of numbers");
});

Deno.test("widths beyond what is ever written are refused", () => {
  const read = (text: string) => {
    const bits = bitWriter();
    for (const bit of text) bits.write(Number(bit), 1);
    bits.write(0, 40);
    return () => [...readSymbols(bitReader(bits.bytes()), 1)];
  };
  const fixed = (width: number) => read(`0${sixteen(7)}${width.toString(2).padStart(6, "0")}`);
  assert.deepEqual(fixed(16)(), [7]);
  assert.throws(fixed(17), new RangeError("numbers cannot be 17 bits wide"));
  const words = (width: number) =>
    read(
      `1${sixteen(7)}${sixteen(1)}${width.toString(2).padStart(6, "0")}` +
        `${"1".padStart(width, "0")}`.repeat(2),
    );
  assert.deepEqual(words(6)(), [7]);
  assert.throws(words(7), new RangeError("lengths of Huffman words cannot be 7 bits wide"));
});
