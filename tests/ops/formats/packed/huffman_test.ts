import assert from "node:assert/strict";
import { stream } from "../../../../engine/tensor/random.ts";
import { bitReader, bitWriter } from "../../../../ops/formats/packed/bits.ts";
import {
  canonicalWords,
  codeLengths,
  symbolReader,
} from "../../../../ops/formats/packed/huffman.ts";
import { readSymbols, writeSymbols } from "../../../../ops/formats/packed/symbols.ts";
import { fc } from "../../../deps.ts";

const sum = (values: Iterable<number>) => [...values].reduce((total, each) => total + each, 0);
const bitsOf = (frequencies: readonly number[]) => {
  const lengths = codeLengths(frequencies);
  return sum(frequencies.map((count, i) => count * lengths[i]!));
};
const entropy = (frequencies: readonly number[]) => {
  const total = sum(frequencies);
  return sum(frequencies.filter((f) => f > 0).map((f) => -(f / total) * Math.log2(f / total)));
};

Deno.test("the textbook's six letters take 224 bits", () => {
  const frequencies = [45, 13, 12, 16, 9, 5];
  const lengths = codeLengths(frequencies);
  assert.deepEqual([...lengths], [1, 3, 3, 3, 4, 4]);
  assert.equal(bitsOf(frequencies), 224);
  assert.ok(Math.abs(entropy(frequencies) - 2.21988) < 1e-5);
  assert.equal(sum(lengths.map((length) => 2 ** (4 - length))), 16, "Kraft's sum is 1");
});

Deno.test("shares that are powers of two take exactly their entropy", () => {
  assert.deepEqual([...codeLengths([8, 4, 2, 1, 1])], [1, 2, 3, 4, 4]);
  assert.equal(bitsOf([8, 4, 2, 1, 1]), 30);
});

Deno.test("words follow from lengths alone", () => {
  const lengths = codeLengths([45, 13, 12, 16, 9, 5]);
  const words = [...canonicalWords(lengths)].map((word, symbol) =>
    word.toString(2).padStart(lengths[symbol]!, "0")
  );
  assert.deepEqual(words, ["0", "100", "101", "110", "1110", "1111"]);
});

const counts = fc.array(fc.nat(200), { minLength: 1, maxLength: 40 }).filter((f) => sum(f) > 0);

Deno.test("between the entropy and one bit more, free of prefixes, Kraft's sum 1", () => {
  fc.assert(fc.property(counts, (frequencies) => {
    const lengths = codeLengths(frequencies);
    const average = bitsOf(frequencies) / sum(frequencies);
    assert.ok(average >= entropy(frequencies) - 1e-9 && average < entropy(frequencies) + 1);
    const used = [...lengths.keys()].filter((symbol) => frequencies[symbol]! > 0);
    if (used.length === 1) return assert.equal(average, 0);
    assert.ok(lengths.every((length, symbol) => (length > 0) === frequencies[symbol]! > 0));
    assert.equal(sum(used.map((symbol) => 2 ** -lengths[symbol]!)), 1);
    const words = canonicalWords(lengths);
    const texts = used.map((each) => words[each]!.toString(2).padStart(lengths[each]!, "0"));
    for (const one of texts) {
      for (const other of texts) assert.ok(one === other || !one.startsWith(other));
    }
  }));
});

/** The least cost of any prefix code, by trying every way to join (Huffman's sum of inner weights). */
function leastCost(weights: readonly number[]): number {
  if (weights.length < 2) return 0;
  let least = Infinity;
  for (let a = 0; a < weights.length; a++) {
    for (let b = a + 1; b < weights.length; b++) {
      const joined = weights[a]! + weights[b]!;
      const rest = weights.filter((_, i) => i !== a && i !== b);
      least = Math.min(least, joined + leastCost([...rest, joined]));
    }
  }
  return least;
}

Deno.test("no prefix code is shorter: every tree over few symbols was tried", () => {
  const few = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 5 });
  fc.assert(fc.property(few, (weights) => assert.equal(bitsOf(weights), leastCost(weights))));
});

Deno.test("words of Fibonacci frequencies, the longest there are, are read again", () => {
  const frequencies = [1, 1];
  while (frequencies.length < 44) frequencies.push(frequencies.at(-1)! + frequencies.at(-2)!);
  const lengths = codeLengths(frequencies);
  assert.equal(Math.max(...lengths), 43);
  const words = canonicalWords(lengths);
  const bits = bitWriter();
  const row = [0, 1, 43, 7, 42, 1];
  for (const symbol of row) bits.write(words[symbol]!, lengths[symbol]!);
  const [reader, next] = [bitReader(bits.bytes()), symbolReader(lengths)];
  assert.deepEqual(row.map(() => next(reader)), row);
});

Deno.test("lengths that are those of no complete code are refused", () => {
  for (const lengths of [[], [0, 0], [1], [1, 1, 1], [2, 2, 2], [1, 2], [63, 63], [200, 1]]) {
    assert.throws(() => symbolReader(Uint8Array.from(lengths)), RangeError);
  }
});

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
