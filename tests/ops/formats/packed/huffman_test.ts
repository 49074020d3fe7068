import assert from "node:assert/strict";
import { bitReader, bitWriter } from "../../../../ops/formats/packed/bits.ts";
import {
  canonicalWords,
  codeLengths,
  symbolReader,
} from "../../../../ops/formats/packed/huffman.ts";
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

Deno.test("codes are as long as 48 bits, and no longer", () => {
  const chain = (longest: number) =>
    Uint8Array.from([...Array.from({ length: longest }, (_, i) => i + 1), longest]);
  assert.doesNotThrow(() => symbolReader(chain(48)));
  assert.throws(
    () => symbolReader(chain(49)),
    new RangeError("the lengths of a Huffman code do not fit together"),
  );
  // One word that is longest is a code of one word too few, also where there are no others.
  for (const lengths of [[1], [1, 2], [1, 3, 3], [0]]) {
    assert.throws(() => symbolReader(Uint8Array.from(lengths)), RangeError);
  }
});

Deno.test("of equal weights single symbols are joined before sums, so the longest word is short", () => {
  assert.deepEqual([...codeLengths([1, 1, 2, 2])], [2, 2, 2, 2]);
  assert.deepEqual([...codeLengths([1, 1, 1, 1, 2])], [3, 3, 2, 2, 2]);
  assert.deepEqual([...codeLengths([7])], [0]);
  assert.deepEqual([...codeLengths([0, 7, 0])], [0, 0, 0]);
  assert.deepEqual([...codeLengths([])], []);
  assert.deepEqual([...canonicalWords(Uint8Array.of(0, 1, 0, 1))], [0, 0, 0, 1]);
});

Deno.test("symbols without a word are none, wherever they stand among the others", () => {
  const lengths = Uint8Array.of(0, 1, 0, 2, 0, 2);
  const symbols = [3, 1, 5, 1, 1, 3];
  const writer = bitWriter();
  const words = canonicalWords(lengths);
  assert.deepEqual([words[1], words[3], words[5]], [0b0, 0b10, 0b11]);
  for (const symbol of symbols) writer.write(words[symbol]!, lengths[symbol]!);
  const [bits, read] = [bitReader(writer.bytes()), symbolReader(lengths)];
  assert.deepEqual(symbols.map(() => read(bits)), symbols);
});
