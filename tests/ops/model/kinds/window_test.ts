import assert from "node:assert/strict";
import {
  type WindowAttributes,
  windowExtents,
  windowShape,
} from "../../../../ops/model/kinds/window.ts";

Deno.test("windows count as TensorFlow does", () => {
  const at = (padding: WindowAttributes["padding"], stride: number, dilation = 1) =>
    windowExtents([7, 8], [3, 3], {
      strides: [stride, stride],
      padding,
      dilations: [dilation, dilation],
    });
  assert.deepEqual(at("same", 1), [7, 8]);
  assert.deepEqual(at("same", 2), [4, 4]);
  assert.deepEqual(at("valid", 1), [5, 6]);
  assert.deepEqual(at("valid", 2), [3, 3]);
  assert.deepEqual(at("valid", 1, 2), [3, 4]);
  assert.deepEqual(at([[0, 1], [0, 1]], 2), [3, 4]);
});

Deno.test("a layer's window gives its channels, and must fit into the image", () => {
  const layer = {
    name: "c",
    kind: "conv",
    strides: [2, 2],
    padding: "valid",
    dilations: [1, 1],
  } as const;
  assert.deepEqual(windowShape(layer, [[7, 8, 3]], [3, 3], (channels) => 2 * channels), [3, 3, 6]);
  assert.throws(
    () => windowShape(layer, [[2, 8, 3]], [3, 3], () => 1),
    /layer "c" \(conv\): its window 3×3 does not fit into 2×8/,
  );
  assert.throws(() => windowShape(layer, [[8, 2, 3]], [3, 3], () => 1), /does not fit into 8×2/);
  assert.deepEqual(windowShape(layer, [[3, 3, 1]], [3, 3], () => 1), [1, 1, 1]);
});
