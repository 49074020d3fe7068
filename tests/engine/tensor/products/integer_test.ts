/** Which kernels plans of integer products call, and with which numbers. */
import assert from "node:assert/strict";
import { windowGeometry } from "../../../../engine/tensor/products/geometry.ts";
import { convolveIntegers, multiplyIntegers } from "../../../../engine/tensor/products/integer.ts";
import { planned, SCRATCH } from "./planned.ts";

const sums = { table: 0, code: 0, low: 0, high: 0, rows: 0, bytes: 4 };
const rounded = { table: 9600, code: 3, low: -7, high: 8, rows: 0, bytes: 2 };

Deno.test("as many panels as stay in the second cache are swept at a time, those of an odd row too", () => {
  // 1200 pairs of 8 columns are 38,400 bytes: six panels of eight.
  const { calls, table } = planned((machine) =>
    multiplyIntegers(machine, { rows: 5, inner: 2399, n: 60 }, {
      ...{ x: 1000, w: 2000, out: 3000, end: rounded },
    })
  );
  const walk = [1000, 0, 0, 4798, 5, 1, 5, 2 * SCRATCH, 1, 1200];
  assert.deepEqual(calls, [
    ["scratch", 8 * 38400],
    ["packPairs", 8, SCRATCH, 38400, 2000, 2399, 60],
    ["scratch", 4],
    ["integerProduct", 2, ...walk, SCRATCH, 48, 3000, 0, 0, 120, 9600, 3, -7, 8, 0],
    [
      ...["integerProduct", 2, ...walk, SCRATCH + 6 * 38400, 12],
      ...[3000 + 96, 0, 0, 120, 9600 + 48 * 28, 3, -7, 8, 0],
    ],
  ]);
  assert.deepEqual(table(2 * SCRATCH, 1), [0]);
});

Deno.test("weights that are kept packed are not packed again; nothing is done for no rows", () => {
  const kept = { of: () => 777, changed() {} };
  const of = (rows: number) =>
    planned((machine) =>
      multiplyIntegers(
        machine,
        { rows, inner: 4, n: 3 },
        { x: 1000, w: 2000, out: 3000, end: sums },
      ), kept).calls.map(([name]) => name);
  assert.deepEqual(of(1), ["scratch", "integerProduct"]);
  assert.deepEqual(of(0), []);
});

Deno.test("a window's rows are runs, its taps where it is dilated along them", () => {
  const at = { x: 1000, w: 2000, out: 3000, end: sums };
  for (
    const [dilations, runs, offsets] of [
      [[2, 1], 2, [0, 2 * 5 * 3 * 2]],
      [[1, 2], 4, [0, 2 * 3 * 2, 5 * 3 * 2, (5 + 2) * 3 * 2]],
    ] as const
  ) {
    const window = { strides: [1, 1], padding: "valid", dilations } as const;
    const g = windowGeometry([1, 5, 5, 3], [2, 2], window);
    const { calls, table } = planned((machine) => convolveIntegers(machine, g, 4, at));
    assert.equal(calls.filter(([name]) => name === "packPairs").length, runs);
    assert.deepEqual(table(2 * SCRATCH, runs), offsets);
  }
});

Deno.test("a 1 × 1 window at stride 1 reads the image as rows; one that hangs over, a frame of zeros", () => {
  const at = { x: 1000, w: 2000, out: 3000, end: sums };
  const names = (size: [number, number], strides: [number, number], padding: "same" | "valid") => {
    const g = windowGeometry([2, 4, 4, 3], size, { strides, padding });
    return planned((machine) => convolveIntegers(machine, g, 4, at)).calls.map(([name]) => name);
  };
  const plain = ["scratch", "packPairs", "scratch", "integerProduct"];
  assert.deepEqual(names([1, 1], [1, 1], "same"), plain);
  assert.deepEqual(names([1, 1], [2, 2], "same"), plain);
  const framed = ["scratch", "frameShorts", "scratch", "packPairs", "packPairs"];
  assert.deepEqual(names([2, 2], [1, 1], "same"), [...framed, "scratch", "integerProduct"]);
});

Deno.test("what lies in a frame goes by bytes where x and w fit into them, with the frame's zeros less `low`", () => {
  const g = windowGeometry([2, 4, 4, 3], [3, 3], { strides: [1, 1], padding: "same" });
  const at = { x: 1000, w: 2000, out: 3000, end: sums, low: -9 };
  const { calls, table } = planned((machine) => convolveIntegers(machine, g, 4, at));
  assert.deepEqual(calls, [
    ["scratch", 2 * 6 * 6 * 3 + 64],
    ["frameBytes", 12, SCRATCH, 6, 6, 1000, 4, 4, 3, 1, 1, -9],
    ["scratch", 32 + 3 * 5 * 32],
    ["packBytes", 1, 2 * SCRATCH, 32 + 3 * 5 * 32, 2000, 3, 9, 4, -9],
    ["scratch", 12],
    [
      ...["byteProduct", 8, SCRATCH, 108, 18, 3, 32, 4, 4, 3 * SCRATCH, 3, 5, 2 * SCRATCH, 4],
      ...[3000, 256, 64, 16, 0, 0, 0, 0, 0],
    ],
  ]);
  assert.deepEqual(table(3 * SCRATCH, 3), [0, 18, 36]);
  const wide = windowGeometry([1, 4, 4, 8192], [3, 3], { strides: [1, 1], padding: "same" });
  const names = planned((machine) => convolveIntegers(machine, wide, 4, at)).calls.map(([name]) =>
    name
  );
  assert.ok(names.includes("frameShorts") && names.includes("integerProduct"));
});

Deno.test("long rows are copied to bytes where four are multiplied at a time", () => {
  const names = (inner: number, byteGroup: number, low?: number) =>
    planned((machine) =>
      multiplyIntegers(
        { ...machine, blocking: { panel: 16, tileRows: 12, byteGroup } },
        { rows: 5, inner, n: 64 },
        { x: 1000, w: 2000, out: 3000, end: sums, ...(low !== undefined && { low }) },
      )
    ).calls.map(([name]) => name);
  assert.deepEqual(names(128, 4, -9).slice(1, 4), ["frameBytes", "scratch", "packBytes"]);
  for (const plain of [names(127, 4, -9), names(128, 2, -9), names(128, 4)]) {
    assert.deepEqual(plain, ["scratch", "packPairs", "scratch", "integerProduct"]);
  }
});
