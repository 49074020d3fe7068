import assert from "node:assert/strict";
import { fc, scaleLinear, scaleLog } from "../../../../deps.ts";
import { evenScale, ratioScale } from "../../../../../engine/report/html/chart/scale.ts";

const count = fc.integer({ min: 1, max: 12 });
const share = fc.double({ noNaN: true, min: 0, max: 1 });
const picture = fc.tuple(fc.integer({ max: 1000 }), fc.integer({ max: 1000 }));

Deno.test("an even scale places numbers and chooses ticks as d3 does", () => {
  const end = fc.oneof(
    // Next to nothing an axis has no room of its own.
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 })
      .map((value) => Math.abs(value) < 1e-200 ? 0 : value),
    fc.integer({ min: -1000, max: 1000 }),
  );
  fc.assert(fc.property(end, end, picture, share, count, (a, b, range, at, wished) => {
    const domain = [Math.min(a, b), Math.max(a, b)] as const;
    const [ours, theirs] = [evenScale(domain, range), scaleLinear(domain, range)];
    const value = domain[0] + at * (domain[1] - domain[0]);
    assert.equal(ours.at(value), theirs(value));
    assert.deepEqual(ours.ticks(wished), theirs.ticks(wished));
  }));
});

Deno.test("ticks are d3's to the last bit where not every whole number is one of double precision", () => {
  const start = fc.double({ noNaN: true, min: -1e17, max: 1e17 })
    .filter((value) => Math.abs(value) > 1e16).map(Math.round);
  fc.assert(fc.property(start, fc.integer({ min: 16, max: 999 }), count, (from, size, wished) => {
    const domain = [from, from + size] as const;
    const theirs = scaleLinear(domain, [0, 1]).ticks(wished);
    assert.deepEqual(evenScale(domain, [0, 1]).ticks(wished), theirs);
  }));
});

Deno.test("a scale of ratios places numbers and chooses ticks as d3 does", () => {
  const power = fc.double({ noNaN: true, min: -30, max: 30 });
  fc.assert(fc.property(power, power, picture, share, count, (a, b, range, at, wished) => {
    const domain = [10 ** Math.min(a, b), 10 ** Math.max(a, b)] as const;
    const [ours, theirs] = [ratioScale(domain, range), scaleLog(domain, range)];
    const value = domain[0] + at * (domain[1] - domain[0]);
    assert.equal(ours.at(value), theirs(value));
    assert.deepEqual(ours.ticks(wished), theirs.ticks(wished));
  }));
});

Deno.test("ticks are round numbers", () => {
  assert.deepEqual(evenScale([0, 1], [0, 100]).ticks(4), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(evenScale([0, 1200], [0, 100]).ticks(3), [0, 500, 1000]);
  assert.deepEqual(evenScale([13, 37], [0, 100]).ticks(4), [15, 20, 25, 30, 35]);
  assert.deepEqual(ratioScale([2, 30], [0, 100]).ticks(10), [2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30]);
});

Deno.test("ends that are one number stand in the middle, and are the tick", () => {
  for (const scale of [evenScale([3, 3], [20, 100]), ratioScale([3, 3], [20, 100])]) {
    assert.equal(scale.at(3), 60);
  }
  assert.deepEqual(evenScale([3, 3], [0, 100]).ticks(5), [3]);
});

Deno.test("steps are 1, 2, 5 and 10, each from the mean of its neighbours' ratios on", () => {
  const ticks = (to: number) => evenScale([0, to], [0, 100]).ticks(1);
  const means = [2, 10, 50].map(Math.sqrt);
  assert.deepEqual(means.map(ticks), [[0], [0], [0]]);
  assert.deepEqual(means.map((mean) => ticks(mean - 1e-9)), [[0, 1], [0, 2], [0, 5]]);
  assert.deepEqual([1.5, 3.2, 7.1].map(ticks), [[0], [0], [0]]);
  assert.deepEqual([ticks(1), ticks(2.5), ticks(0.3)], [[0, 1], [0, 2], [0, 0.2]]);
});

Deno.test("where no number of one step is round, those of half of it are tried", () => {
  assert.deepEqual(evenScale([1.1, 1.9], [0, 100]).ticks(1), [1.5]);
  assert.deepEqual(evenScale([1.1, 1.9], [0, 100]).ticks(0.5), [1.5]);
});

Deno.test("ticks of ratios are digits of powers, powers alone where there are enough, else even ones", () => {
  const ticks = (from: number, to: number, count: number) =>
    ratioScale([from, to], [0, 100]).ticks(count);
  assert.deepEqual(ticks(1, 10, 10), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(ticks(0.05, 0.3, 6), [0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.2, 0.3]);
  assert.deepEqual(ticks(1e5, 3e5, 2), [100000, 200000, 300000]);
  assert.deepEqual(ticks(10, 1e4, 3), [10, 100, 1000, 10000]);
  assert.deepEqual(ticks(10, 1e7, 3), [100, 10000, 1000000]);
  assert.deepEqual(ticks(1e-4, 1, 2), [0.0001, 0.01, 1]);
  assert.deepEqual(ticks(2, 30, 22).length, 11);
  assert.deepEqual(ticks(2, 30, 23), Array.from({ length: 29 }, (_, index) => index + 2));
});
