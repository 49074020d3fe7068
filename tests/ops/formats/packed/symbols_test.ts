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
