import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { conv, depthwise } from "../../../../ops/model/kinds/conv.ts";
import { kindOf } from "../../../../ops/model/kinds/mod.ts";
import { weightSlots } from "../../../../ops/model/layers.ts";
import {
  assertIntegerProducts,
  assertPlain,
  channelsOf,
  layerOf,
  macsOf,
  networkOf,
  shapeOf,
  valuesOf,
} from "../support/one_layer.ts";

refuseLeaks(true);

const window = { strides: [1, 1], padding: "same", dilations: [1, 1] } as const;
const ending = { bias: true, activation: "linear" } as const;
const wide = layerOf("conv", { filters: 4, kernel: [3, 2], ...window, ...ending });
const deep = layerOf("depthwise", { multiplier: 2, kernel: [3, 3], ...window, ...ending });

Deno.test("a convolution gives its filters over the extents of its window", () => {
  assert.deepEqual(shapeOf(wide, [5, 6, 3]), [5, 6, 4]);
  assert.deepEqual(shapeOf({ ...wide, padding: "valid", strides: [2, 1] }, [5, 6, 3]), [2, 5, 4]);
  assert.deepEqual(shapeOf(deep, [5, 6, 3]), [5, 6, 6]);
  const shapes = (layer: typeof wide | typeof deep) =>
    weightSlots(networkOf(layer, [5, 6, 3])).map(({ shape }) => shape);
  assert.deepEqual(shapes(wide), [[3, 2, 3, 4], [4]]);
  assert.deepEqual(shapes(deep), [[3, 3, 3, 2], [6]]);
  assert.deepEqual(shapes({ ...deep, bias: false }), [[3, 3, 3, 2]]);
});

Deno.test("products: window times channels for each output, of a depthwise one the window alone", () => {
  assert.equal(macsOf(wide, [5, 6, 3]), 3 * 2 * 3 * (5 * 6 * 4));
  assert.equal(macsOf(deep, [5, 6, 3]), 3 * 3 * (5 * 6 * 6));
});

Deno.test("a first weight's fan-in is what one output sums over", () => {
  assert.equal(conv.fanIn(wide, [3, 2, 3, 4]), 18);
  assert.equal(depthwise.fanIn(deep, [3, 3, 3, 2]), 9);
});

Deno.test("a 1×1 convolution is selected as pointwise", () => {
  const selects = (kernel: readonly [number, number]) => conv.selects({ ...wide, kernel });
  assert.deepEqual([selects([1, 1]), selects([1, 2]), selects([2, 1])], [
    "pointwise",
    "conv",
    "conv",
  ]);
  assert.equal(depthwise.selects({ ...deep, kernel: [1, 1] }), "depthwise");
});

Deno.test("sums by hand: two channels of a row, two pixels of one channel", async () => {
  const point = layerOf("conv", { filters: 1, kernel: [1, 1], ...window, ...ending });
  const x = { shape: [1, 2, 2], data: [1, 2, 3, 4] };
  // 10 · 1 + 100 · 2 + 0.5, 10 · 3 + 100 · 4 + 0.5.
  assert.deepEqual(await valuesOf(point, [x], { kernel: [10, 100], bias: [0.5] }), [210.5, 430.5]);
  const pair = layerOf("depthwise", {
    multiplier: 1,
    kernel: [1, 2],
    ...window,
    padding: "valid",
    ...ending,
  });
  // Channel by channel: 1 · 10 + 3 · 1000, 2 · 100 + 4 · 10000.
  const kernel = [10, 100, 1000, 10000];
  assert.deepEqual(await valuesOf(pair, [x], { kernel, bias: [0, 1] }), [3010, 40201]);
});

Deno.test("convolutions compute what plain loops do, in any geometry", async () => {
  const geometries = [
    window,
    { ...window, strides: [2, 1] },
    { ...window, padding: "valid" },
    { ...window, padding: [[1, 2], [0, 1]] },
    { ...window, padding: "valid", dilations: [2, 1] },
  ] as const;
  for (const geometry of geometries) {
    await assertPlain({ ...wide, ...geometry }, [8, 7, 3]);
    await assertPlain({ ...deep, ...geometry, activation: "relu" }, [8, 7, 3]);
  }
});

Deno.test("filters are a convolution's own channels; those of a depthwise one go with what they read", () => {
  assert.deepEqual(channelsOf(wide, [[5, 6, 3]], [[1, 2, 3]]).leaving, [100, 101, 102, 103]);
  assert.deepEqual(channelsOf(deep, [[5, 6, 3]], [[1, 2, 3]]).leaving, [1, 1, 2, 2, 3, 3]);
  assert.deepEqual(conv.channels.resize(wide, 3), { ...wide, filters: 3 });
  assert.deepEqual(depthwise.channels.resize(deep, 4), deep);
  assert.deepEqual([conv.channels.carries, depthwise.channels.carries], [false, true]);
  assert.deepEqual(conv.channels.weights.kernel, [null, null, "in", "out"]);
  assert.deepEqual(depthwise.channels.weights.kernel, [null, null, "in", null]);
});

Deno.test("both do the batch normalisation behind them, and multiply integers", () => {
  for (const layer of [wide, deep]) {
    const { fusesNorm, kernel, integers } = kindOf(layer);
    assert.deepEqual([fusesNorm, kernel!.multiplies, integers.values], [true, "integers", "makes"]);
  }
  assert.deepEqual([conv.kernel.layout, depthwise.kernel.layout], ["HWIO", "HWCM"]);
});

Deno.test("an image must enter that the window fits into", () => {
  assert.throws(() => shapeOf(wide, [9]), /"layer" \(conv\): it reads an image/);
  assert.throws(() => shapeOf({ ...deep, padding: "valid" }, [2, 9, 1]), /3×3 does not fit/);
});

Deno.test("sums of integer products are exact, in any geometry", async () => {
  const geometries = [
    window,
    { ...window, strides: [2, 1] },
    { ...window, padding: [[1, 2], [0, 1]] },
    { ...window, padding: "valid", dilations: [2, 1] },
  ] as const;
  for (const geometry of geometries) {
    await assertIntegerProducts({ ...wide, ...geometry, bias: false }, [8, 7, 3]);
    await assertIntegerProducts({ ...deep, ...geometry, bias: false }, [8, 7, 3]);
  }
});
