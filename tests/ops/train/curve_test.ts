import assert from "node:assert/strict";
import type { Curve } from "../../../engine/field.ts";
import { curveAt } from "../../../ops/train/curve.ts";

/** Values at epochs 0 … n of a training of `epochs`. */
const values = (curve: Curve, n: number, epochs = n) =>
  Array.from({ length: n + 1 }, (_, epoch) => curveAt(curve, epoch, epochs));

function assertClose(actual: readonly number[], expected: readonly number[], tolerance: number) {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(
      Math.abs(value - expected[i]!) <= tolerance,
      `[${i}] ${value}, expected ${expected[i]}`,
    )
  );
}

Deno.test("a number is the same all the time", () => {
  assert.deepEqual(values(0.1, 3), [0.1, 0.1, 0.1, 0.1]);
});

Deno.test("linear goes straight from start to end", () => {
  assertClose(values({ use: "linear", start: 1, end: 0 }, 4), [1, 0.75, 0.5, 0.25, 0], 1e-15);
});

Deno.test("cosine is half a wave: cos of 0, 60, 90 and 180 degrees", () => {
  const curve: Curve = { use: "cosine", start: 3, end: 1 };
  assertClose([0, 2, 3, 6].map((epoch) => curveAt(curve, epoch, 6)), [3, 2.5, 2, 1], 1e-14);
});

Deno.test("cubic is the schedule of Zhu and Gupta: two published tables", () => {
  assertClose(
    values({ use: "cubic", start: 0, end: 0.9 }, 10),
    [0, 0.2439, 0.4392, 0.5913, 0.7056, 0.7875, 0.8424, 0.8757, 0.8928, 0.8991, 0.9],
    1e-12,
  );
  assertClose(
    values({ use: "cubic", start: 0.5, end: 0.8, epochs: [2, 6] }, 8),
    [0.5, 0.5, 0.5, 0.673438, 0.7625, 0.795313, 0.8, 0.8, 0.8],
    5e-7,
  );
});

Deno.test("exponential multiplies by the same factor in equal times", () => {
  assertClose(values({ use: "exponential", start: 8, end: 0.5 }, 4), [8, 4, 2, 1, 0.5], 1e-13);
});

Deno.test("step multiplies at each of its epochs, from that epoch on", () => {
  const curve: Curve = { use: "step", start: 0.4, factor: 0.5, at: [2, 3] };
  assertClose([0, 1.99, 2, 2.5, 3, 9].map((epoch) => curveAt(curve, epoch, 10)), [
    0.4,
    0.4,
    0.2,
    0.2,
    0.1,
    0.1,
  ], 1e-15);
});

Deno.test("a curve stands still outside its epochs", () => {
  const curve: Curve = { use: "linear", start: 1, end: 0, epochs: [2, 4] };
  assertClose([0, 2, 3, 4, 10].map((epoch) => curveAt(curve, epoch, 10)), [1, 1, 0.5, 0, 0], 1e-15);
  const jump: Curve = { use: "linear", start: 1, end: 0, epochs: [2, 2] };
  assertClose([1.9, 2, 3].map((epoch) => curveAt(jump, epoch, 10)), [1, 0, 0], 0);
});

Deno.test("warmup rises from 0 in a straight line, times the movement", () => {
  const curve: Curve = { use: "linear", start: 1, end: 0, warmup: 2 };
  assertClose(values(curve, 4), [0, 0.375, 0.5, 0.25, 0], 1e-15);
  assert.equal(curveAt({ use: "cosine", start: 1, end: 0, warmup: 0 }, 0, 4), 1);
});
