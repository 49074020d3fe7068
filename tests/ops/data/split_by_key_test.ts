import assert from "node:assert/strict";
import { divideByGroup, divideByTime } from "../../../ops/data/split_by_key.ts";

const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

/** 200 samples of 40 groups of very different sizes, their numbers mixed. */
const groups = Float64Array.from({ length: 200 }, (_, i) => Math.floor(Math.sqrt(8 * i)) % 40);

Deno.test("no group is in two parts, every sample in one, and shares are as near as groups allow", () => {
  for (let seed = 0; seed < 20; seed++) {
    const parts = divideByGroup(groups, { validation: 0.1, test: 0.2 }, seed);
    const all = [...parts.train, ...parts.validation, ...parts.test];
    assert.deepEqual(sorted(all), Array.from({ length: 200 }, (_, i) => i));
    const of = Object.values(parts).map((part: Uint32Array) =>
      new Set([...part].map((i) => groups[i]!))
    );
    assert.equal(of.reduce((sum, { size }) => sum + size, 0), new Set(groups).size);
    assert.ok(Math.abs(parts.test.length - 40) <= 5, `${parts.test.length}`);
    assert.ok(Math.abs(parts.validation.length - 20) <= 5, `${parts.validation.length}`);
  }
});

Deno.test("the test samples depend on seed and share alone, and every seed draws its own", () => {
  const test = (validation: number, seed: number) =>
    sorted(divideByGroup(groups, { validation, test: 0.2 }, seed).test);
  assert.deepEqual(test(0.1, 3), test(0.4, 3));
  assert.notDeepEqual(test(0.1, 3), test(0.1, 4));
});

Deno.test("a group goes where it brings a part nearer to its share, by hand", () => {
  const two = Float64Array.of(0, 0, 0, 1);
  // Of four samples a half is two: three are nearer than none, one is nearer than none, four would be no nearer than one.
  for (let seed = 0; seed < 8; seed++) {
    const { test, train } = divideByGroup(two, { validation: 0, test: 0.5 }, seed);
    assert.ok([1, 3].includes(test.length));
    assert.equal(train.length, 4 - test.length);
  }
  assert.throws(
    () => divideByGroup(Float64Array.of(7, 7, 7, 7), { validation: 0, test: 0.25 }, 0),
    /Cannot divide 1 groups of 4 samples: none is small enough for test, 1 samples; .* split: \{ test: 0 \}/,
  );
  assert.throws(
    () => divideByGroup(Float64Array.of(7, 7, 7, 7), { validation: 0.25, test: 0 }, 0),
    /none is small enough for validation/,
  );
  const whole = divideByGroup(Float64Array.of(7, 7), { validation: 0, test: 0 }, 0);
  assert.deepEqual(sorted(whole.train), [0, 1]);
});

Deno.test("the last in time are the test, those before them validate, whatever the order of the rows", () => {
  const times = Float64Array.of(5, 1, 9, 3, 7, 2, 8, 4, 6, 0);
  const { train, validation, test } = divideByTime(times, { validation: 0.2, test: 0.3 }, 1);
  const at = (part: Uint32Array) => sorted([...part].map((i) => times[i]!));
  assert.deepEqual([at(train), at(validation), at(test)], [[0, 1, 2, 3, 4], [5, 6], [7, 8, 9]]);
  const other = divideByTime(times, { validation: 0.2, test: 0.3 }, 2);
  assert.deepEqual(at(other.test), [7, 8, 9]);
  assert.notDeepEqual([...other.train], [...train]);
});

Deno.test("samples of one time are in one part, the later one; nothing is asked for, nothing is taken", () => {
  const times = Float64Array.of(1, 1, 2, 2, 2, 3);
  const parts = (validation: number, test: number) => {
    const found = divideByTime(times, { validation, test }, 0);
    return [found.train, found.validation, found.test].map(sorted);
  };
  assert.deepEqual(parts(0, 0.3), [[0, 1], [], [2, 3, 4, 5]]);
  assert.deepEqual(parts(0.2, 0.2), [[0, 1], [2, 3, 4], [5]]);
  assert.deepEqual(parts(0, 0), [[0, 1, 2, 3, 4, 5], [], []]);
  assert.deepEqual(parts(0.9, 0.9), [[], [], [0, 1, 2, 3, 4, 5]]);
});
