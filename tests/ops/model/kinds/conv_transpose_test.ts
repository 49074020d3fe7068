import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import {
  convTranspose,
  spread,
  transposedCut,
} from "../../../../ops/model/kinds/conv_transpose.ts";
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

const layer = layerOf("conv-transpose", {
  filters: 2,
  kernel: [4, 3],
  strides: [2, 2],
  padding: "same",
  bias: true,
  activation: "linear",
});

Deno.test("extents are those that Keras counts", () => {
  assert.deepEqual(shapeOf(layer, [5, 6, 3]), [10, 12, 2]);
  assert.deepEqual(shapeOf({ ...layer, padding: "valid" }, [5, 6, 3]), [12, 13, 2]);
  // A kernel shorter than its stride leaves gaps, and no less.
  assert.deepEqual(
    shapeOf({ ...layer, kernel: [1, 1], padding: "valid" }, [5, 6, 3]),
    [10, 12, 2],
  );
  const shapes = weightSlots(networkOf(layer, [5, 6, 3])).map(({ shape }) => shape);
  assert.deepEqual(shapes, [[4, 3, 3, 2], [2]]);
});

Deno.test("each value that enters meets the whole window of every filter", () => {
  assert.equal(macsOf(layer, [5, 6, 3]), 4 * 3 * (5 * 6 * 3) * 2);
  // Twelve places of the window over four strides, three channels each.
  assert.equal(convTranspose.fanIn(layer, [4, 3, 3, 2]), 9);
  assert.equal(convTranspose.selects(layer), "conv");
});

Deno.test("what is cut off the full result, at the start and at the end", () => {
  const cut = (kernel: number, stride: number, padding: "same" | "valid") =>
    transposedCut(0, { kernel: [kernel, 9], strides: [stride, 9], padding });
  assert.deepEqual(cut(5, 2, "same"), [1, 2]);
  assert.deepEqual(cut(4, 2, "same"), [1, 1]);
  assert.deepEqual(cut(5, 2, "valid"), [0, 0]);
  assert.deepEqual(cut(1, 3, "same"), [0, -2]);
  assert.deepEqual(cut(1, 3, "valid"), [0, -2]);
});

Deno.test("two values at stride 2 lie side by side, each times the window", async () => {
  const row = { ...layer, filters: 1, kernel: [1, 2], strides: [1, 2] } as const;
  const x = { shape: [1, 2, 1], data: [3, 5] };
  assert.deepEqual(await valuesOf(row, [x], { kernel: [10, 100], bias: [1] }), [31, 301, 51, 501]);
});

Deno.test("it computes what plain loops do, in any geometry", async () => {
  for (const padding of ["same", "valid"] as const) {
    for (const kernel of [[3, 3], [2, 5], [1, 1]] as const) {
      for (const strides of [[1, 1], [2, 3]] as const) {
        await assertPlain({ ...layer, padding, kernel, strides, activation: "relu" }, [3, 4, 2]);
      }
    }
  }
});

Deno.test("as a plain convolution: zeros between the pixels, and around them what the window reaches", () => {
  const { data, shape, window } = spread(Int32Array.of(1, 2, 3, 4), [1, 2, 2, 1], layer);
  assert.deepEqual(shape, [1, 3, 3, 1]);
  assert.deepEqual([...data], [1, 0, 2, 0, 0, 0, 3, 0, 4]);
  // Of the window's reach of 3 and 2 the cut of [1, 1] and [0, 1] is taken off.
  assert.deepEqual(window, { strides: [1, 1], dilations: [1, 1], padding: [[2, 2], [2, 1]] });
});

Deno.test("its filters are channels of its own", () => {
  assert.deepEqual(channelsOf(layer, [[5, 6, 3]], [[1, 2, 3]]).leaving, [100, 101]);
  assert.deepEqual(convTranspose.channels.resize(layer, 1), { ...layer, filters: 1 });
  assert.equal(convTranspose.channels.writes, "filters");
});

Deno.test("sums of integer products are exact, in any geometry", async () => {
  for (const padding of ["same", "valid"] as const) {
    for (const kernel of [[4, 3], [2, 5], [1, 1]] as const) {
      for (const strides of [[1, 1], [2, 3]] as const) {
        const plain = { ...layer, padding, kernel, strides, bias: false } as const;
        await assertIntegerProducts(plain, [3, 4, 2]);
      }
    }
  }
});
