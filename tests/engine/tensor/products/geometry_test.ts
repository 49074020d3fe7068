/** Where windows lie on an image, against sliding them pixel by pixel. */
import assert from "node:assert/strict";
import { windowGeometry } from "../../../../engine/tensor/products/geometry.ts";
import { fc } from "../../../deps.ts";

const one = (max: number) => fc.integer({ min: 1, max });
const pair = (min: number, max: number) =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

/** Begins of the windows that lie inside `from` … `to`, counted. */
function places(from: number, to: number, span: number, stride: number): number {
  let count = 0;
  for (let at = from; at + span <= to; at += stride) count++;
  return count;
}

const windows = fc.record({
  size: pair(1, 5),
  strides: pair(1, 3),
  dilations: pair(1, 3),
  padding: fc.tuple(pair(0, 3), pair(0, 3)),
  images: fc.nat(3),
  height: one(14),
  width: one(14),
});

Deno.test("explicit padding has as many windows as fit between its ends", () => {
  fc.assert(fc.property(windows, ({ size, strides, dilations, padding, images, height, width }) => {
    const span = size.map((n, i) => (n - 1) * dilations[i]! + 1);
    const expected = [height, width].map((length, i) =>
      places(-padding[i]![0], length + padding[i]![1], span[i]!, strides[i]!)
    );
    const shape = [images, height, width, 5];
    const made = () => windowGeometry(shape, size, { strides, dilations, padding });
    if (expected.includes(0)) return assert.throws(made, /the window is larger$/);
    const g = made();
    assert.deepEqual([g.outHeight, g.outWidth], expected);
    assert.deepEqual([g.top, g.left], [padding[0][0], padding[1][0]]);
    assert.deepEqual([g.images, g.height, g.width, g.channels], shape);
    assert.deepEqual([g.kernelHeight, g.kernelWidth, g.strideY, g.strideX], [...size, ...strides]);
    assert.deepEqual([g.dilationY, g.dilationX], dilations);
  }));
});

Deno.test("valid is no padding; same has ⌈length / stride⌉ places, its zeros split with the more behind", () => {
  fc.assert(fc.property(windows, ({ size, strides, dilations, height, width }) => {
    const shape = [1, height, width, 1];
    const same = windowGeometry(shape, size, { strides, dilations, padding: "same" });
    for (
      const [length, out, before, axis] of [
        [height, same.outHeight, same.top, 0],
        [width, same.outWidth, same.left, 1],
      ] as const
    ) {
      assert.equal(out, Math.ceil(length / strides[axis]));
      const span = (size[axis] - 1) * dilations[axis] + 1;
      const zeros = Math.max((out - 1) * strides[axis] + span - length, 0);
      const behind = zeros - before;
      assert.ok(behind - before === 0 || behind - before === 1, `${before} and ${behind}`);
    }
    const none: [[number, number], [number, number]] = [[0, 0], [0, 0]];
    const plain = (padding: "valid" | typeof none) => {
      try {
        return windowGeometry(shape, size, { strides, dilations, padding });
      } catch {
        return undefined;
      }
    };
    assert.deepEqual(plain("valid"), plain(none));
  }));
});

Deno.test("what is no batch of images, or too small, is refused with the numbers", () => {
  const window = { strides: [1, 1], padding: "valid" } as const;
  assert.throws(
    () => windowGeometry([2, 3], [1, 1], window),
    /^Error: Cannot slide a window over shape \[2,3\]: it must be \[B, H, W, C\]$/,
  );
  assert.throws(
    () => windowGeometry([1, 4, 9, 1], [3, 3], { ...window, dilations: [2, 1] }),
    /^Error: Cannot slide a window of 5 over 4 pixels with padding 0 and 0: the window is larger$/,
  );
});
