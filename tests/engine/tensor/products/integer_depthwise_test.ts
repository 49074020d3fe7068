/** Which kernels plans of integer convolutions by channel call, and with which numbers. */
import assert from "node:assert/strict";
import { windowGeometry } from "../../../../engine/tensor/products/geometry.ts";
import { depthwiseIntegers } from "../../../../engine/tensor/products/integer_depthwise.ts";
import { planned, SCRATCH } from "./planned.ts";

const sums = { table: 0, code: 0, low: 0, high: 0, rows: 0, bytes: 4 };

Deno.test("an odd number of taps ends with the last again, whose second weight is zero", () => {
  const g = windowGeometry([1, 4, 4, 2], [1, 3], { strides: [1, 1], padding: "valid" });
  const at = { x: 1000, w: 2000, out: 3000, end: sums };
  const { calls, table } = planned((machine) => depthwiseIntegers(machine, g, 1, at));
  assert.deepEqual(table(2 * SCRATCH, 4), [0, 4, 8, 8]);
  assert.deepEqual(calls, [
    ["scratch", 64],
    ["packTaps", 1, SCRATCH, 2000, 3, 2],
    ["scratch", 16],
    [
      ...["integerDepthwise", 4, 1000, 4, 4, 2, 2 * SCRATCH, 2, SCRATCH],
      ...[1, 1, 3000, 4, 2, 0, 0, 0, 0],
    ],
  ]);
});

Deno.test("3 × 3 windows by channel need no frame, at stride 1 and 2 alike on both axes", () => {
  const at = { x: 1000, w: 2000, out: 3000, end: sums };
  const of = (strides: [number, number], m = 1, dilations: [number, number] = [1, 1]) => {
    const g = windowGeometry([2, 6, 5, 9], [3, 3], { strides, padding: "same", dilations });
    return planned((machine) => depthwiseIntegers(machine, g, m, at)).calls;
  };
  assert.deepEqual(of([2, 2]), [
    ["scratch", 2 * 192],
    ["packWindow", 2, SCRATCH, 2000, 9],
    [
      ...["integerWindow", 6, 1000, 6, 5, 9, SCRATCH, 2, 0, 1],
      ...[3000, 3, 3, 0, 0, 0, 0],
    ],
  ]);
  const framed = [of([1, 2]), of([3, 3]), of([1, 1], 2), of([1, 1], 1, [1, 2])];
  for (const calls of framed) assert.equal(calls.at(-1)![0], "integerDepthwise");
  assert.equal(of([1, 1]).at(-1)![0], "integerWindow");
});
