import assert from "node:assert/strict";
import { apportion, divide, type Split } from "../../../ops/data/split.ts";
import { fc } from "../../deps.ts";

const split = (validation: number, test: number, by: Split["by"] = "label"): Split => ({
  validation,
  test,
  by,
});

const counted = (labels: Int32Array, indices: Uint32Array) => {
  const counts: number[] = [];
  for (const i of indices) counts[labels[i]!] = (counts[labels[i]!] ?? 0) + 1;
  return Array.from(counts, (count) => count ?? 0);
};

/** `counts[c]` labels of class c, sorted. */
const labelsOf = (...counts: number[]) =>
  Int32Array.from(counts.flatMap((count, c) => Array(count).fill(c)));

Deno.test("shares are whole quotas, the rest goes to the largest remainders", () => {
  // 2000 of MNIST's first 10,000 images: quotas 200.2 225.4 198.2 206.4 196 172.6 202.8 214 188.8 195.6
  const digits = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978];
  assert.deepEqual(apportion(2000, digits), [200, 225, 198, 206, 196, 173, 203, 214, 189, 196]);
});

Deno.test("equal remainders go to the lower index", () => {
  assert.deepEqual(apportion(1, [5, 5]), [1, 0]);
  assert.deepEqual(apportion(2, [1, 1, 1, 1]), [1, 1, 0, 0]);
  assert.deepEqual(apportion(3, [0, 6]), [0, 3]);
  assert.deepEqual(apportion(0, [0, 0]), [0, 0]);
});

Deno.test("by label every class is in each part in its share", () => {
  const labels = labelsOf(10, 20, 30, 40);
  const { train, validation, test } = divide(100, labels, split(0.1, 0.2), 0);
  assert.deepEqual(counted(labels, test), [2, 4, 6, 8]);
  assert.deepEqual(counted(labels, validation), [1, 2, 3, 4]);
  assert.deepEqual(counted(labels, train), [7, 14, 21, 28]);
});

Deno.test("each sample is in exactly one part, sizes are the rounded fractions", () => {
  const labels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 });
  const fraction = fc.double({ min: 0, max: 0.49, noNaN: true });
  const by = fc.constantFrom<Split["by"]>("label", "random", "order");
  fc.assert(fc.property(labels, fraction, fraction, by, fc.integer(), (values, v, t, by, seed) => {
    const { train, validation, test } = divide(
      values.length,
      Int32Array.from(values),
      split(v, t, by),
      seed,
    );
    const all = [...train, ...validation, ...test].sort((a, b) => a - b);
    assert.deepEqual(all, values.map((_, i) => i));
    assert.equal(test.length, Math.round(values.length * t));
    assert.equal(
      validation.length,
      Math.min(Math.round(values.length * v), values.length - test.length),
    );
  }));
});

Deno.test("by order the last samples test and those before them validate", () => {
  const { train, validation, test } = divide(10, null, split(0.2, 0.3, "order"), 5);
  assert.deepEqual([...test].sort(), [7, 8, 9]);
  assert.deepEqual([...validation].sort(), [5, 6]);
  assert.deepEqual([...train].sort(), [0, 1, 2, 3, 4]);
});

Deno.test("the test samples do not depend on how many validate", () => {
  const labels = labelsOf(30, 30);
  const a = divide(60, labels, split(0, 0.2), 1);
  const b = divide(60, labels, split(0.3, 0.2), 1);
  assert.deepEqual(a.test, b.test);
});

Deno.test("another seed is another division, the same seed the same", () => {
  const labels = labelsOf(50, 50);
  const [a, b, c] = [3, 3, 4].map((seed) => divide(100, labels, split(0.1, 0.2), seed));
  assert.deepEqual(a, b);
  assert.notDeepEqual(new Set(a!.test), new Set(c!.test));
});

Deno.test("parts are shuffled: sorted labels do not stay sorted", () => {
  const labels = labelsOf(50, 50);
  const { train, test } = divide(100, labels, split(0, 0.4), 0);
  for (const part of [train, test]) {
    const seen = [...part].map((i) => labels[i]!);
    assert.notDeepEqual(seen, seen.toSorted());
  }
});

Deno.test("nothing is divided into nothing, whatever divides", () => {
  for (const by of ["label", "random", "order"] as const) {
    const parts = divide(0, new Int32Array(), { validation: 0.1, test: 0.2, by }, 1);
    assert.deepEqual(Object.values(parts).map(({ length }) => length), [0, 0, 0]);
  }
});
