import assert from "node:assert/strict";
import { bitReader, bitWriter } from "../../../../ops/formats/packed/bits.ts";
import {
  type NumberOptions,
  readWeight,
  writeWeight,
} from "../../../../ops/formats/packed/weight_bits.ts";
import type { Weight } from "../../../../ops/model/model.ts";
import { decodeWeight, floatWeight, halfBits } from "../../../../ops/model/weights.ts";
import { fc } from "../../../deps.ts";
import { integerWeight } from "../quantized_by_hand.ts";

const options = (more: Partial<NumberOptions> = {}): NumberOptions => ({
  coding: "huffman",
  indices: "relative",
  indexBits: 5,
  ...more,
});
const written = (weight: Weight, how = options()) => {
  const bits = bitWriter();
  writeWeight(bits, weight, how);
  return bits;
};
const text = (bytes: Uint8Array, length: number) =>
  [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("").slice(0, length);
const patterns = (weight: Weight) => [...new Uint32Array(decodeWeight(weight).buffer)];

const C8: Weight = {
  shape: [4, 16],
  encoding: { use: "codebook", bits: 2, centroids: Float32Array.of(0, 1, -2) },
  data: Uint8Array.from({ length: 64 }, (_, i) => ({ 1: 1, 4: 2, 15: 1 })[i] ?? 0),
};

Deno.test("a weight's bits are those of the description: worked out by hand at positions 1, 4, 15", () => {
  const bits = written(C8, options({ coding: "none", indexBits: 3 }));
  const expected = [
    "11", // codebook
    "0010", // of 2 bits
    "000000011", // 3 values
    "00000000000000000000000000000000", // 0
    "00111111100000000000000000000000", // 1
    "11000000000000000000000000000000", // −2
    "01", // by distances
    "0011", // in 3 bits
    "00000000000000000000000000000100", // 4 entries
    // Distances 2, 3, 8, 3, less 1: from 1 on, 3 bits each.
    "0" + "0000000000000001" + "000011" + "000" + "001" + "110" + "001",
    // Codes 1, 2, 0 for the filler, 1: from 0 on, 2 bits each.
    "0" + "0000000000000000" + "000010" + "01" + "10" + "00" + "01",
  ].join("");
  assert.equal(text(bits.bytes(), bits.length), expected);
});

Deno.test("Huffman words in place of the fixed width, by hand", () => {
  // 96 weights, two of three are code 1: words 0 for it, 10 and 11 for the others.
  const codes = Uint8Array.from(
    { length: 96 },
    (_, i) => i % 3 === 0 ? 1 : i % 6 === 1 ? 0 : i % 6 === 4 ? 2 : 1,
  );
  const weight: Weight = { ...C8, shape: [96], data: codes };
  const bits = written(weight);
  const words = [...codes].map((code) => ["10", "0", "11"][code]).join("");
  const numbers = "1" + "0000000000000000" + "0000000000000010" + "000010" + "100110" + words;
  const whole = text(bits.bytes(), bits.length);
  assert.ok(whole.endsWith("00" + numbers), "all numbers, in words of lengths 2, 1, 2");
  assert.equal(bits.length, 2 + 4 + 9 + 96 + 2 + numbers.length);
});

const shapes = fc.constantFrom([1], [7], [6, 5], [3, 3, 2, 4]);
const size = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);
const finite = fc.float({ min: -8, max: 8, noNaN: true });

/** Weights of every encoding; many of their values are 0, at either end too, or none, or all. */
const weights: fc.Arbitrary<Weight> = fc.record({
  shape: shapes,
  use: fc.constantFrom("f32", "f16", "affine", "affine-axis", "asymmetric", "codebook"),
  density: fc.constantFrom(0, 0.1, 0.9, 1),
  values: fc.array(finite, { minLength: 72, maxLength: 72 }),
  draws: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 72, maxLength: 72 }),
}).map(({ shape, use, density, values, draws }): Weight => {
  const data = Float32Array.from(
    { length: size(shape) },
    (_, i) => draws[i]! < density ? values[i]! : 0,
  );
  const float = floatWeight(shape, data);
  switch (use) {
    case "f16":
      return { shape, encoding: { use }, data: halfBits(data) };
    case "affine":
      return integerWeight(floatWeight(shape, data.map((v) => v + 1e-3)), null);
    case "affine-axis":
      return integerWeight(floatWeight(shape, data.map((v) => v + 1e-3)), shape.length - 1);
    case "asymmetric":
      return integerWeight(floatWeight(shape, data.map((v) => v + 1e-3)), shape.length - 1, -9);
    case "codebook": {
      const centroids = Float32Array.of(0, ...values.slice(0, 5), 0);
      const codes = Uint8Array.from(data, (v, i) => v === 0 ? 0 : 1 + i % 6);
      return { shape, encoding: { use, bits: 3, centroids }, data: codes };
    }
    default:
      return float;
  }
});

Deno.test("every weight is read as it was, to the bit, in every way of writing", () => {
  const ways = fc.record({
    coding: fc.constantFrom("huffman" as const, "none" as const),
    indices: fc.constantFrom("relative" as const, "bitmap" as const),
    indexBits: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(weights, ways, (weight, way) => {
      const bits = written(weight, way);
      const reader = bitReader(bits.bytes());
      const again = readWeight(reader, weight.shape);
      assert.equal(reader.left, bits.bytes().length * 8 - bits.length, "no bit more, no bit less");
      assert.deepEqual(patterns(again), patterns(weight));
      assert.deepEqual(again.encoding, weight.encoding);
      assert.equal(again.data.constructor, weight.data.constructor);
    }),
    { numRuns: 300 },
  );
});

Deno.test("zeros at both ends, none, one, all: every mask of six weights", () => {
  for (let mask = 0; mask < 64; mask++) {
    const data = Float32Array.from({ length: 6 }, (_, i) => mask >> i & 1 ? i + 0.5 : 0);
    for (const indices of ["relative", "bitmap"] as const) {
      const bits = written(floatWeight([6], data), options({ indices, indexBits: 1 }));
      assert.deepEqual(readWeight(bitReader(bits.bytes()), [6]).data, data);
    }
  }
});

Deno.test("a negative zero keeps its sign", () => {
  const weight = floatWeight([40], new Float32Array(40).fill(0).with(7, -0));
  const again = readWeight(bitReader(written(weight).bytes()), [40]);
  assert.deepEqual(patterns(again), patterns(weight));
});

Deno.test("zeros cost no numbers: a sparse weight is a twentieth, a dense one its values and a few bits", () => {
  const sparse = new Float32Array(4000).map((_, i) => i % 32 === 3 ? i : 0);
  assert.ok(written(floatWeight([4000], sparse)).length < 4000 * 32 / 20);
  const dense = Float32Array.from({ length: 4000 }, (_, i) => i + 1);
  assert.equal(written(floatWeight([4000], dense)).length, 4 + 4000 * 32);
});

Deno.test("integers with a zero point are sparse where they mean 0, not where they are 0", () => {
  const scale = Float32Array.of(1);
  const weight: Weight = {
    shape: [400],
    encoding: {
      use: "affine",
      bits: 8,
      axis: null,
      symmetry: "asymmetric",
      scale,
      zero: Int32Array.of(-100),
    },
    data: new Int8Array(400).fill(-100).with(17, 0),
  };
  const bits = written(weight);
  assert.ok(bits.length < 2 + 8 + 32 + 1 + 32 + 2 + 4 + 32 + 200);
  assert.deepEqual(readWeight(bitReader(bits.bytes()), [400]), weight);
});

Deno.test("bits that are those of no weight are refused with a sentence", () => {
  const number = (value: number, width: number) =>
    (value >>> 0).toString(2).padStart(32, "0").slice(-width);
  const float = (value: number) => number(new Int32Array(Float32Array.of(value).buffer)[0]!, 32);
  const read = (bits: string, size: number) => {
    const bytes = Uint8Array.from(
      { length: Math.ceil(bits.length / 8) },
      (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8).padEnd(8, "0"), 2),
    );
    try {
      return [...decodeWeight(readWeight(bitReader(bytes), [size]))];
    } catch (error) {
      assert.ok(error instanceof RangeError);
      return error.message;
    }
  };
  const floats = "00";
  const absent = "numbers are left out, and no number stands for 0";
  assert.equal(read(floats + "11", 1), absent);
  const ones = "11" + number(1, 4) + number(1, 9) + float(1);
  assert.equal(read(ones + "01", 1), absent);
  assert.equal(read(ones + "10", 1), absent);
  // By distances: bits of one, how many entries, a row of equal distances, the numbers.
  const entries = (indexBits: number, count: number, distance: number) =>
    floats + "01" + number(indexBits, 4) + number(count, 32) + "0" + number(distance, 16) +
    "000000" +
    float(7).repeat(count);
  assert.deepEqual(read(entries(1, 0, 0), 3), [0, 0, 0]);
  assert.deepEqual(read(entries(1, 3, 0), 3), [7, 7, 7]);
  assert.equal(read(entries(1, 4, 0), 3), "4 entries do not fit into 3 weights");
  assert.deepEqual(read(entries(1, 1, 1), 3), [0, 7, 0]);
  assert.equal(read(entries(1, 1, 2), 3), "a distance of 3 does not fit into 1 bits");
  assert.equal(read(entries(1, 1, -1), 3), "a distance of 0 does not fit into 1 bits");
  assert.deepEqual(read(entries(2, 2, 1), 4), [0, 7, 0, 7]);
  assert.equal(read(entries(2, 2, 1), 3), "an entry lies behind the last of 3 weights");
  assert.deepEqual(read(floats + "10" + "010" + float(7), 3), [0, 7, 0]);
  assert.deepEqual(read(floats + "00" + float(7) + float(-2), 2), [7, -2]);
  assert.equal(read(floats + "00" + float(7), 2), "the weights end too early");
  assert.equal(read(floats + "00" + float(7) + float(NaN), 2), "a weight is not finite");
  const affine = (axis: number) => "10" + number(8, 4) + "0" + number(axis + 1, 3);
  const rest = float(0.5) + "0" + "00" + "0" + number(3, 16) + "000000";
  assert.deepEqual(read(affine(-1) + rest, 1), [1.5]);
  assert.deepEqual(read(affine(0) + rest, 1), [1.5]);
  assert.equal(read(affine(1) + rest, 1), "weights of 1 axes have no axis 1");
});
