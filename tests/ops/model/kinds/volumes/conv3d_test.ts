import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../../engine/tensor/room.ts";
import type { LayerOf } from "../../../../../ops/model/kinds/mod.ts";
import { conv3d, conv3dTranspose } from "../../../../../ops/model/kinds/volumes/conv3d.ts";
import { assertClose } from "../../../../close.ts";
import {
  assertPlain,
  assertSlopes,
  channelsOf,
  layerOf,
  macsOf,
  shapeOf,
  valuesOf,
} from "../../support/one_layer.ts";

refuseLeaks(true);

const forwards = (more: Partial<LayerOf<"conv3d">> = {}) =>
  layerOf("conv3d", {
    filters: 2,
    kernel: [2, 3, 1],
    strides: [1, 1, 1],
    padding: "valid",
    dilations: [1, 1, 1],
    bias: true,
    activation: "linear",
    ...more,
  });

const backwards = (more: Partial<LayerOf<"conv3d-transpose">> = {}) =>
  layerOf("conv3d-transpose", {
    filters: 2,
    kernel: [3, 2, 1],
    strides: [2, 1, 3],
    padding: "valid",
    bias: true,
    activation: "linear",
    ...more,
  });

Deno.test("windows of every padding, stride and dilation are those of plain loops", async () => {
  await assertPlain(forwards(), [3, 4, 2, 3]);
  await assertPlain(forwards({ padding: "same", strides: [2, 1, 2], activation: "relu" }), [
    ...[4, 3, 3, 2],
  ]);
  await assertPlain(forwards({ padding: "same", kernel: [4, 2, 2], strides: [3, 2, 1] }), [
    ...[5, 4, 3, 2],
  ]);
  await assertPlain(forwards({ dilations: [2, 1, 1], bias: false }), [4, 3, 2, 1]);
  await assertSlopes(forwards({ strides: [1, 2, 1], padding: "same" }), [3, 3, 2, 2]);
});

Deno.test("read backwards, each value adds to its window, as in plain loops", async () => {
  await assertPlain(backwards(), [2, 3, 2, 2]);
  await assertPlain(backwards({ padding: "same", activation: "tanh", bias: false }), [3, 2, 2, 1]);
  await assertPlain(backwards({ kernel: [1, 1, 1], strides: [2, 2, 2] }), [2, 2, 1, 2]);
  await assertSlopes(backwards({ padding: "same" }), [2, 2, 2, 2]);
});

Deno.test("a kernel of ones sums its window: 8 places of 1 are 8", async () => {
  const layer = forwards({ filters: 1, kernel: [2, 2, 2], bias: false });
  const data = Array(12).fill(1);
  const found = await valuesOf(layer, [{ shape: [3, 2, 2, 1], data }], {
    kernel: Array(8).fill(1),
  });
  assertClose(found, [8, 8], 1e-6);
});

Deno.test("convolutions of volumes, forwards and transposed: their shapes, multiplications and channels", () => {
  assert.deepEqual(shapeOf(forwards(), [3, 4, 2, 3]), [2, 2, 2, 2]);
  assert.deepEqual(shapeOf(forwards({ kernel: [3, 4, 2] }), [3, 4, 2, 3]), [1, 1, 1, 2]);
  assert.throws(
    () => shapeOf(forwards({ kernel: [4, 1, 1] }), [3, 4, 2, 3]),
    /"layer" \(conv3d\): its window 4×1×1 does not fit into 3×4×2/,
  );
  assert.throws(() => shapeOf(forwards(), [3, 4, 2]), /it reads a volume .* its input is 3×4×2/);
  assert.equal(macsOf(forwards(), [3, 4, 2, 3]), 6 * 3 * 16);
  assert.deepEqual(shapeOf(backwards(), [2, 3, 2, 2]), [5, 4, 6, 2]);
  assert.equal(macsOf(backwards(), [2, 3, 2, 2]), 6 * 24 * 2);
  assert.deepEqual([conv3d.kernel.multiplies, conv3dTranspose.kernel.multiplies], [
    "floats",
    "floats",
  ]);
  // Each value of the result lies in half of the windows where they step by two.
  assert.equal(conv3dTranspose.fanIn(backwards(), [3, 2, 1, 4, 2]), 24 / 6);
  for (const layer of [forwards(), backwards()]) {
    const { leaving, fixed } = channelsOf(layer, [[3, 4, 2, 2]], [[1, 2]]);
    assert.deepEqual([leaving, fixed], [[100, 101], []]);
  }
});
