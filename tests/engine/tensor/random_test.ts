import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { philox } from "../../../engine/tensor/random.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { fc } from "../../deps.ts";

Deno.test("philox4x32-10 gives Random123's known answers", () => {
  // kat_vectors of the Random123 distribution.
  const known: [number[], [number, number], number[]][] = [
    [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ];
  for (const [counter, key, answer] of known) {
    const out = new Uint32Array(4);
    const [c0, c1, c2, c3] = counter as [number, number, number, number];
    philox(key, [c0, c1, c2, c3], out);
    assert.deepEqual([...out], answer);
  }
});

Deno.test("philox agrees with 64-bit arithmetic on any counter and key", () => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
    const out = new Uint32Array(4);
    philox(key, counter, out);
    assert.deepEqual([...out], philoxOfBigInts(counter, key));
  }));
});

Deno.test("a stream's key is the head of SHA-256 over [seed, purpose]", () => {
  const hash = createHash("sha256").update('[7,"order"]').digest();
  const expected = philoxOfBigInts([0, 3, 0, 0], [hash.readUInt32LE(0), hash.readUInt32LE(4)]);
  const order = stream(7, "order");
  assert.deepEqual([0, 1, 2, 3].map((index) => order.bits(3, index)), expected);
});

Deno.test("a value depends on its name and position alone", () => {
  const noise = stream(1, "noise");
  const long = noise.uniforms(5, 100);
  assert.deepEqual(noise.uniforms(5, 37), long.slice(0, 37));
  assert.deepEqual(stream(1, "noise").normals(2, 9), noise.normals(2, 50).slice(0, 9));
  assert.equal(noise.uniform(5, 61), long[61]);
  assert.notDeepEqual(stream(2, "noise").uniforms(5, 100), long);
  assert.notDeepEqual(stream(1, "noises").uniforms(5, 100), long);
  assert.notDeepEqual(noise.uniforms(6, 100), long);
});

Deno.test("uniforms lie in [0, 1) on the grid of 2⁻²⁴ and are even", () => {
  const values = stream(0, "noise").uniforms(0, 1 << 16);
  const bins = new Array<number>(16).fill(0);
  for (const value of values) {
    assert.ok(value >= 0 && value < 1 && Number.isInteger(value * 16777216));
    bins[Math.floor(value * 16)]!++;
  }
  const expected = values.length / 16;
  const chi2 = bins.reduce((total, n) => total + (n - expected) ** 2 / expected, 0);
  assert.ok(chi2 < 37.7, `χ² with 15 degrees of freedom is ${chi2}`); // p = 0.001
});

Deno.test("normals have a normal's moments and tails", () => {
  const values = stream(3, "noise").normals(0, 200_000);
  const moment = (k: number) => values.reduce((total, v) => total + v ** k, 0) / values.length;
  // Four standard errors of each moment.
  assert.ok(Math.abs(moment(1)) < 4 * Math.sqrt(1 / values.length));
  assert.ok(Math.abs(moment(2) - 1) < 4 * Math.sqrt(2 / values.length));
  assert.ok(Math.abs(moment(3)) < 4 * Math.sqrt(15 / values.length));
  assert.ok(Math.abs(moment(4) - 3) < 4 * Math.sqrt(96 / values.length));
  const beyond2 = values.filter((v) => Math.abs(v) > 2).length / values.length;
  assert.ok(Math.abs(beyond2 - 0.0455) < 0.002, `${beyond2} lie beyond 2`);
});

Deno.test("normals follow Box–Muller on the words", () => {
  const noise = stream(9, "noise");
  const values = noise.normals(4, 3);
  for (const k of [0, 1]) {
    const radius = Math.sqrt(-2 * Math.log((noise.bits(4, 2 * k) + 1) / 2 ** 32));
    const angle = 2 * Math.PI * noise.bits(4, 2 * k + 1) / 2 ** 32;
    assert.ok(Math.abs(values[2 * k]! - radius * Math.cos(angle)) < 1e-6);
    if (k === 0) assert.ok(Math.abs(values[1]! - radius * Math.sin(angle)) < 1e-6);
  }
});

Deno.test("permutations hold every index once and all orders are equally likely", () => {
  const order = stream(5, "order");
  for (const n of [0, 1, 2, 1000]) {
    const sorted = [...order.permutation(1, n)].sort((a, b) => a - b);
    assert.deepEqual(sorted, [...new Array(n).keys()]);
  }
  const seen = new Map<string, number>();
  for (let block = 0; block < 4800; block++) {
    const name = order.permutation(block, 4).join();
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  assert.equal(seen.size, 24);
  const chi2 = [...seen.values()].reduce((total, n) => total + (n - 200) ** 2 / 200, 0);
  assert.ok(chi2 < 49.7, `χ² with 23 degrees of freedom is ${chi2}`); // p = 0.001
});

Deno.test("a seed must be an integer below 2⁵³", () => {
  assert.throws(() => stream(0.5, "order"), RangeError);
  assert.throws(() => stream(2 ** 53, "order"), RangeError);
  assert.notEqual(stream(2 ** 53 - 1, "order").bits(0, 0), stream(2 ** 53 - 2, "order").bits(0, 0));
});

function philoxOfBigInts(counter: readonly number[], key: readonly number[]): number[] {
  const mask = 0xffffffffn;
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * c0;
    const p1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [c0, c1, c2, c3].map(Number);
}

Deno.test("a draw that would favour some numbers is drawn again, from the next attempt", () => {
  // The first word of this block leaves a low half of the product below (2³² − 1767) mod 1767 = 1678.
  const hash = createHash("sha256").update('[7,"order"]').digest();
  const key = [hash.readUInt32LE(0), hash.readUInt32LE(4)];
  const [first, second] = [0, 1].map((attempt) =>
    philoxOfBigInts([1766 >>> 2, 3078, attempt, 0], key)[1766 % 4]!
  );
  const product = (word: number) => BigInt(word) * 1767n;
  assert.ok(BigInt.asUintN(32, product(first!)) < 1678n);
  assert.ok(BigInt.asUintN(32, product(second!)) >= 1678n);
  const [once, twice] = [first!, second!].map((word) => Number(product(word) >> 32n));
  assert.notEqual(once, twice);
  assert.equal(stream(7, "order").permutation(3078, 1767)[1766], twice);
});

Deno.test("a permutation swaps from the end, and a seed that is no integer is refused with it", () => {
  const hash = createHash("sha256").update('[7,"order"]').digest();
  const key = [hash.readUInt32LE(0), hash.readUInt32LE(4)];
  const order = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  for (let i = 8; i > 0; i--) {
    const word = philoxOfBigInts([i >>> 2, 2, 0, 0], key)[i % 4]!;
    const j = Number(BigInt(word) * BigInt(i + 1) >> 32n);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  assert.deepEqual([...stream(7, "order").permutation(2, 9)], order);
  assert.throws(() => stream(0.5, "order"), {
    name: "RangeError",
    message: "Cannot make a random stream from seed 0.5: it must be an integer",
  });
});
