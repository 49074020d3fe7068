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
  assert.deepEqual(ratioScale([2, 30], [0, 100]).ticks(10), [2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30]);
});
