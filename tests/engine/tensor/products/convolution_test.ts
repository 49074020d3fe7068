/** Convolutions on addresses against their definition and their plans, and the taps of a stride's phases. */
import assert from "node:assert/strict";
import {
  convolve,
  convolveBack,
  convolveFilter,
  phaseTaps,
} from "../../../../engine/tensor/products/convolution.ts";
import type { Geometry } from "../../../../engine/tensor/products/geometry.ts";
import { fc } from "../../../deps.ts";
import { assertDefinition } from "./definition.ts";
import { planned, SCRATCH } from "./planned.ts";

Deno.test("the plain convolution and both its gradients are the sums of their definition", () => {
  assertDefinition({ forward: convolve, back: convolveBack, filter: convolveFilter }, false);
});

Deno.test("the taps of all phases are each tap once, where it meets the pixel", () => {
  const numbers = fc.record({
    size: fc.integer({ min: 1, max: 7 }),
    stride: fc.integer({ min: 1, max: 4 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    before: fc.nat(5),
  });
  fc.assert(fc.property(numbers, (axis) => {
    const all = Array.from(
      { length: axis.stride },
      (_, phase) =>
        phaseTaps(axis, phase).map(({ tap, shift }) => {
          // Output o reads pixel o · stride − before + tap · dilation: here pixel `phase` from output `shift`.
          assert.equal(shift * axis.stride - axis.before + tap * axis.dilation, phase);
          return tap;
        }),
    ).flat();
    assert.deepEqual(all.sort((a, b) => a - b), [...Array(axis.size).keys()]);
  }));
});

const [first, second] = [SCRATCH, 2 * SCRATCH];
const epilogue = { table: 77, code: 2 };
const forward = (g: Geometry, n: number) =>
  planned((machine) => convolve(machine, g, n, { x: 100, w: 200, out: 300, epilogue }));
const back = (g: Geometry, n: number) =>
  planned((machine) => convolveBack(machine, g, n, { dy: 100, w: 200, dx: 300 }));
const filter = (g: Geometry, n: number) =>
  planned((machine) => convolveFilter(machine, g, n, { x: 100, dy: 200, dw: 300 }));

/** A 2 × 3 window that steps by 2 rows over two images of 5 × 6 pixels with 3 channels. */
const sliding: Geometry = {
  ...{ images: 2, height: 5, width: 6, channels: 3, kernelHeight: 2, kernelWidth: 3 },
  ...{ strideY: 2, strideX: 1, dilationY: 1, dilationX: 1, top: 1, left: 1 },
  ...{ outHeight: 3, outWidth: 6 },
};

/** One pixel of 8 channels. */
const pixel: Geometry = {
  ...{ images: 1, height: 1, width: 1, channels: 1, kernelHeight: 1, kernelWidth: 1 },
  ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, top: 0, left: 0 },
  ...{ outHeight: 1, outWidth: 1 },
};

/** Suits the fast algorithm, with 8 outputs. */
const fast: Geometry = {
  ...{ images: 1, height: 8, width: 8, channels: 8, kernelHeight: 3, kernelWidth: 3 },
  ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, top: 1, left: 1 },
  ...{ outHeight: 8, outWidth: 8 },
};

Deno.test("a convolution gathers rows of its window, as many at once as 640 rows of weights", () => {
  const { calls, table } = forward(sliding, 4);
  // The frame has 2 · 2 + 1 + 1 rows of 5 + 2 + 1 pixels. 71 runs of 9 floats would be 639 rows of weights.
  const packed = second + 5 * 64;
  assert.deepEqual(calls, [
    ["scratch", 2 * 6 * 8 * 3 * 4],
    ["frame", 12, first, 6, 8, 100, 5, 6, 3, 1, 1],
    ["scratch", 8 * 9 * 71 * 4 + 64 + 71 * 4],
    ["packPanels", 1, packed, 2 * 9 * 32, 200, 9, 4, 4],
    ["packPanels", 1, packed + 9 * 32, 2 * 9 * 32, 200 + 3 * 3 * 4 * 4, 9, 4, 4],
    ["gatherProduct", 9, first, 6 * 96, 2 * 96, 12, 36, 3, 6, second, 2, 9, packed, 4]
      .concat([300, 3 * 96, 96, 16, 0, 77, 2]),
  ]);
  assert.deepEqual(table(second, 3), [0, 96, 0]);
});

Deno.test("taps that are dilated are gathered one by one, and too many of them in several passes", () => {
  const g = { ...pixel, width: 5, channels: 300, kernelWidth: 3, dilationX: 2 };
  const { calls, table } = forward(g, 9);
  const packed = first + 64;
  const product = [9, 300, 36, 36, 36];
  // Two taps of 300 channels fit 640 rows; nine columns are two panels.
  assert.deepEqual(calls, [
    ["scratch", 2 * 8 * 300 * 2 * 4 + 64 + 8],
    ["packPanels", 2, packed, 2 * 300 * 32, 200, 300, 9, 9],
    ["packPanels", 2, packed + 300 * 32, 2 * 300 * 32, 200 + 300 * 36, 300, 9, 9],
    [
      "gatherProduct",
      1,
      100,
      6000,
      6000,
      1200,
      1,
      1,
      1,
      first,
      2,
      300,
      packed,
      ...product,
      0,
      0,
      0,
    ],
    ["packPanels", 2, packed, 300 * 32, 200 + 600 * 36, 300, 9, 9],
    [
      "gatherProduct",
      1,
      100,
      6000,
      6000,
      1200,
      1,
      1,
      1,
      first,
      1,
      300,
      packed,
      ...product,
      1,
      77,
      2,
    ],
  ]);
  assert.deepEqual(table(first, 2), [4800, 2400]);
  const rows = { ...pixel, height: 5, kernelHeight: 2, dilationY: 4 };
  assert.deepEqual(forward(rows, 1).table(first, 2), [0, 16]);
  // 640 runs of one float, or of none.
  const most = ["scratch", 8 * 640 * 4 + 64 + 640 * 4];
  assert.deepEqual(forward(pixel, 1).calls[0], most);
  assert.equal(forward(pixel, 1).calls[1]![2], first + 2560);
  assert.deepEqual(forward({ ...pixel, channels: 0 }, 1).calls[0], ["scratch", 64 + 640 * 4]);
  assert.deepEqual(forward({ ...pixel, channels: 641 }, 1).calls[0], ["scratch", 8 * 641 * 4 + 68]);
});

Deno.test("what has no outputs computes nothing, and what suits it goes the fast way", () => {
  for (const none of [{ images: 0 }, { outHeight: 0 }, { outWidth: 0 }]) {
    assert.deepEqual(forward({ ...sliding, ...none }, 4).calls, []);
  }
  assert.deepEqual(forward(sliding, 0).calls, []);
  for (const none of [{ images: 0 }, { height: 0 }, { width: 0 }, { channels: 0 }]) {
    assert.deepEqual(back({ ...sliding, ...none }, 4).calls, []);
  }
  for (const none of [{ kernelHeight: 0 }, { kernelWidth: 0 }, { channels: 0 }]) {
    assert.deepEqual(filter({ ...sliding, ...none }, 4).calls, []);
  }
  assert.deepEqual(filter(sliding, 0).calls, []);
  for (const none of [{ images: 0 }, { outHeight: 0 }, { outWidth: 0 }]) {
    const zeros = [["zeroBytes", 300, 2 * 3 * 3 * 4 * 4]];
    assert.deepEqual(filter({ ...sliding, ...none }, 4).calls, zeros);
  }
  const kernels = (plan: typeof forward, g: Geometry) => plan(g, 8).calls.map(([name]) => name);
  const tiles = ["scratch", "frame", "scratch", "winogradFilter", "winograd"];
  assert.deepEqual(kernels(forward, fast), tiles);
  assert.deepEqual(kernels(back, fast), tiles);
  assert.deepEqual(
    kernels(filter, fast),
    ["scratch", "frame", "scratch", "winogradFilterGradient", "winogradFold"],
  );
  // The gradient's frame begins 2 − top before dy: with more than that it would begin inside.
  for (const edge of [{ top: 2 }, { left: 2 }]) {
    assert.equal(kernels(back, { ...fast, ...edge }).at(-1), "winograd");
  }
  for (const edge of [{ top: 3 }, { left: 3 }]) {
    assert.equal(kernels(back, { ...fast, ...edge }).at(-1), "gatherProduct");
  }
});

Deno.test("the image's gradient is zero where no tap meets a phase, and one product for each other phase", () => {
  const g = {
    ...{ ...pixel, height: 3, width: 2, channels: 5, strideY: 2, strideX: 3 },
    ...{ outHeight: 2, outWidth: 1 },
  };
  const packed = first + 320 / 16 * 64;
  assert.deepEqual(back(g, 2).calls, [
    ["zeroBytes", 300, 3 * 40],
    ["scratch", 8 * 2 * 320 * 4 + 64 + 320 * 4],
    ["packPanelsTransposed", 1, packed, 64, 200, 2, 5, 2],
    ["gatherProduct", 1, 100, 16, 8, 8, 2, 2, 1, first, 1, 2, packed, 5, 300, 120, 80, 60, 0, 0, 0],
  ]);
  // Four phases of a 3 × 3 window by 2: taps 1; 0 and 2 along y, 0 and 2; 1 along x, where 2 lies a pixel before.
  const window = {
    ...{ ...pixel, images: 2, height: 5, width: 4, channels: 5, kernelHeight: 3, kernelWidth: 3 },
    ...{ strideY: 2, strideX: 2, top: 1, outHeight: 3, outWidth: 2 },
  };
  const { calls } = back(window, 2);
  assert.deepEqual(calls.slice(0, 2), [
    ["scratch", 2 * 4 * 3 * 2 * 4],
    ["frame", 8, first, 4, 3, 100, 3, 2, 2, 0, 1],
  ]);
  const products = calls.filter(([name]) => name === "gatherProduct");
  // Rows of dx: 3 × 2, 3 × 2, 2 × 2, 2 × 2 in two images; taps 2, 1, 4, 2; places (0, 0), (0, 1), (1, 0), (1, 1).
  assert.deepEqual(
    products.map(([, units, , , , , rows, ny, nx, , taps]) => [units, rows, ny, nx, taps]),
    [[3, 12, 3, 2, 2], [3, 12, 3, 2, 1], [2, 8, 2, 2, 4], [2, 8, 2, 2, 2]],
  );
  assert.deepEqual(products.map((call) => call.slice(14, 18)), [
    ...[[300, 400, 160, 40], [320, 400, 160, 40], [380, 400, 160, 40], [400, 400, 160, 40]],
  ]);
  assert.ok(!calls.some(([name]) => name === "zeroBytes"));
  const weights = calls.filter(([name]) => name === "packPanelsTransposed").map((call) => call[4]);
  const tap = (number: number) => 200 + number * 40;
  assert.deepEqual(weights, [3, 5, 4, 0, 2, 6, 8, 1, 7].map(tap));
  // A dy without numbers gives zeros; an image smaller than its stride has no more phases than pixels.
  for (const none of [{ outHeight: 0 }, { outWidth: 0 }]) {
    assert.deepEqual(back({ ...pixel, ...none }, 2).calls[0], ["zeroBytes", 300, 4]);
  }
  assert.deepEqual(back(pixel, 0).calls[0], ["zeroBytes", 300, 4]);
  const corner = { ...pixel, strideY: 4, strideX: 4 };
  assert.ok(!back(corner, 2).calls.some(([name]) => name === "zeroBytes"));
});

Deno.test("the filter's gradient reads x by a table of taps, in chains of whole rows of about 128 pixels", () => {
  const g = {
    ...{ ...pixel, images: 2, height: 4, width: 7, channels: 2, kernelHeight: 2, kernelWidth: 2 },
    ...{ strideY: 2, strideX: 3, dilationY: 1, dilationX: 2, outHeight: 2, outWidth: 2 },
  };
  const { calls, table } = filter(g, 65);
  const line = 7 * 8;
  assert.deepEqual(calls, [
    ["scratch", 8 * 4],
    ["patchProduct", 2 * 2, 100, 4 * line, 2 * line, 24, 200, 32, 260, 2, 2, 2, 64, first, 8, 65]
      .concat([300, 0]),
  ]);
  assert.deepEqual(table(first, 8), [0, 4, 16, 20, line, line + 4, line + 16, line + 20]);
  const rows = (outWidth: number) =>
    filter({ ...pixel, width: outWidth, outWidth }, 1).calls[1]![12];
  assert.deepEqual([3, 128, 129].map(rows), [42, 1, 1]);
});
