import assert from "node:assert/strict";
import { fc } from "../../../../deps.ts";
import { axisFor, type Measure, tickText } from "../../../../../engine/report/html/chart/axis.ts";
import { bytesText, percentText, plainText } from "../../../../../engine/quantity.ts";

const bytes: Measure = { label: "bytes", write: bytesText };
const accuracy: Measure = { label: "accuracy", write: percentText, most: 1 };
const plain: Measure = { label: "loss", write: plainText };

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });

Deno.test("values of one size take equal room, values of many sizes equal ratios", () => {
  const even = axisFor(bytes, [100, 200], [0, 400], 5);
  assert.ok(Math.abs((even.at(150) - even.at(100)) - (even.at(200) - even.at(150))) < 0.2);
  const ratios = axisFor(bytes, [1e3, 1e6], [0, 400], 5);
  assert.ok(Math.abs((ratios.at(1e4) - ratios.at(1e3)) - (ratios.at(1e5) - ratios.at(1e4))) < 0.2);
  assert.ok(ratios.ticks.every((tick) => [1, 2, 5, 3].includes(Number(tick.toExponential()[0]))));
});

Deno.test("a tick says no more digits than it has", () => {
  const say = (measure: Measure, tick: number) =>
    tickText({ ...axisFor(measure, [0, 1], [0, 1], 2) }, tick);
  assert.deepEqual(
    [
      say(bytes, 50_000),
      say(bytes, 2e6),
      say(accuracy, 1),
      say(accuracy, 0.985),
      say(plain, 0.5),
      say(plain, 100),
    ],
    ["50 kB", "2 MB", "100 %", "98.5 %", "0.5", "100"],
  );
});

Deno.test("an axis keeps order, holds every value and writes ticks inside", () => {
  fc.assert(fc.property(fc.array(finite, { minLength: 1, maxLength: 8 }), (values) => {
    const axis = axisFor(plain, values, [0, 300], 5);
    const sorted = values.toSorted((a, b) => a - b).map(axis.at);
    assert.deepEqual(sorted, sorted.toSorted((a, b) => a - b));
    for (const at of [...sorted, ...axis.ticks.map(axis.at)]) assert.ok(at >= -0.1 && at <= 300.1);
  }));
});

Deno.test("values of one size are given room at both ends, but never beyond what there is most of", () => {
  const axis = axisFor(accuracy, [0.5, 0.99], [0, 100], 5);
  assert.ok(axis.at(0.5) > 5 && axis.at(0.99) < 100);
  assert.equal(axis.at(1), 100);
  const zero = axisFor(bytes, [0, 100], [0, 100], 5);
  assert.equal(zero.at(0), 0, "nothing lies below zero where nothing is negative");
  assert.ok(axisFor(plain, [-1, 1], [0, 100], 5).at(-1) > 5);
});

Deno.test("one value stands in the middle, and an even axis is never one of ratios", () => {
  assert.equal(axisFor(plain, [3], [0, 100], 5).at(3), 50);
  assert.equal(axisFor(plain, [0], [0, 100], 5).at(0), 0);
  const even = axisFor({ ...bytes, even: true }, [1, 1000], [0, 100], 5);
  assert.ok(Math.abs(even.at(501) - even.at(1) - (even.at(1000) - even.at(500))) < 0.21);
});

Deno.test("from a ratio of eight on equal ratios take equal room", () => {
  const middle = (high: number) => axisFor(bytes, [1, high], [0, 100], 5).at(Math.sqrt(high));
  assert.equal(middle(8), 50);
  assert.ok(middle(7.9) < 40);
});

Deno.test("an axis of many sizes writes about as many ticks as are wished", () => {
  const ticks = (high: number) => axisFor(bytes, [1, high], [0, 100], 5).ticks;
  assert.deepEqual(ticks(50), [1, 2, 5, 10, 20, 50]);
  assert.deepEqual(ticks(1000), [1, 3, 10, 30, 100, 300, 1000]);
  assert.deepEqual(ticks(1e6), [1, 10, 100, 1000, 1e4, 1e5, 1e6]);
});
