/** Depthwise convolutions on addresses against their definition and their plans. */
import assert from "node:assert/strict";
import {
  depthwise,
  depthwiseBack,
  depthwiseFilter,
} from "../../../../engine/tensor/products/depthwise.ts";
import type { Geometry } from "../../../../engine/tensor/products/geometry.ts";
import { computed, machine } from "./addresses.ts";
import { assertDefinition } from "./definition.ts";
import { planned, SCRATCH } from "./planned.ts";

Deno.test("the depthwise convolution and both its gradients are the sums of their definition", () => {
  assertDefinition({ forward: depthwise, back: depthwiseBack, filter: depthwiseFilter }, true);
});

/** Two images of 5 × 4 pixels and 3 channels under a 2 × 2 window that is dilated along x and steps by 2 rows. */
const g: Geometry = {
  ...{ images: 2, height: 5, width: 4, channels: 3, kernelHeight: 2, kernelWidth: 2 },
  ...{ strideY: 2, strideX: 1, dilationY: 1, dilationX: 2, top: 1, left: 0 },
  ...{ outHeight: 3, outWidth: 2 },
};

Deno.test("the table holds each tap's shift and the bytes to its weights", () => {
  const { calls, table } = planned((machine) =>
    depthwise(machine, g, 2, { x: 100, w: 200, out: 300, epilogue: { table: 77, code: 2 } })
  );
  assert.deepEqual(calls, [
    ["scratch", 4 * 12],
    ["depthwiseGather", 6, 100, 5, 4, 3, 2, SCRATCH, 4, 200, 77, 2, 2, 1, 300, 144, 48, 24, 3, 2],
  ]);
  assert.deepEqual(table(SCRATCH, 12), [-1, 0, 0, -1, 2, 24, 0, 0, 48, 0, 2, 72]);
});

Deno.test("the image's gradient goes phase by phase, and repeated channels are folded at the end", () => {
  const { calls, table } = planned((machine) =>
    depthwiseBack(machine, g, 2, { dy: 100, w: 200, dx: 300 })
  );
  const [wide, even, odd] = [SCRATCH, 2 * SCRATCH, 3 * SCRATCH];
  const rest = [200, 0, 0, 1, 1];
  assert.deepEqual(calls, [
    ["scratch", 40 * 3 * 2 * 4],
    ["scratch", 24],
    ["depthwiseGather", 6, 100, 3, 2, 6, 1, even, 2, ...rest, wide, 480, 192, 24, 3, 4],
    ["scratch", 24],
    ["depthwiseGather", 4, 100, 3, 2, 6, 1, odd, 2, ...rest, wide + 96, 480, 192, 24, 2, 4],
    ["foldChannels", 40, 300, wide, 3, 2],
  ]);
  // Even rows meet the window's second row, odd ones its first, one row further in dy; its second tap lies 2 before.
  assert.deepEqual(table(even, 6), [0, -2, 72, 0, 0, 48]);
  assert.deepEqual(table(odd, 6), [1, -2, 24, 1, 0, 0]);
  // An image smaller than its stride has no more phases than pixels.
  const small = {
    ...{ ...g, height: 1, width: 2, strideY: 3, strideX: 3, dilationX: 1, top: 0 },
    ...{ outHeight: 1, outWidth: 1 },
  };
  const plan = planned((machine) => depthwiseBack(machine, small, 1, { dy: 1, w: 2, dx: 300 }));
  assert.deepEqual(plan.calls.map((call) => call.slice(0, 2)), [
    ...[["scratch", 12], ["depthwiseGather", 2], ["scratch", 12], ["depthwiseGather", 2]],
  ]);
  assert.deepEqual(plan.calls[3]!.slice(14), [300 + 12, 24, 72, 36, 1, 1]);
});

Deno.test("the filter's gradient takes 16 channels a unit, and is 0 over no images", () => {
  const at = { x: 100, dy: 200, dw: 300 };
  const filter = (g: Geometry, m: number) =>
    planned((machine) => depthwiseFilter(machine, g, m, at)).calls;
  assert.deepEqual(filter(g, 2), [
    ["scratch", 48],
    ["depthwiseFilterGradient", 1, 100, 2, 5, 4, 3, 2, SCRATCH, 4, 200, 3, 2, 2, 1, 300],
  ]);
  const units = (channels: number) => filter({ ...g, channels }, 1).at(-1)![1];
  assert.deepEqual([16, 17, 32, 33].map(units), [1, 2, 2, 3]);
  assert.deepEqual(filter({ ...g, images: 0 }, 2)[0], ["zeroBytes", 300, 4 * 6 * 4]);
  const none = computed(
    [[], []],
    24,
    (dw, at) => depthwiseFilter(machine, { ...g, images: 0 }, 2, { x: at[0]!, dy: at[1]!, dw }),
  );
  assert.deepEqual([...none], new Array(24).fill(0));
});
