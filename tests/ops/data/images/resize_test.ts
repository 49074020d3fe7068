import assert from "node:assert/strict";
import { fitPicture } from "../../../../ops/data/images/fit.ts";
import type { Picture } from "../../../../ops/data/images/picture.ts";
import { resizePicture, resizingBytes } from "../../../../ops/data/images/resize.ts";
import pillow from "./pil_pictures.json" with { type: "json" };

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  assert.equal(a.length, b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
};

const source: Picture = {
  width: pillow.source.width,
  height: pillow.source.height,
  channels: 3,
  data: bytesOf(pillow.source.data),
};

for (const { width, height, data } of pillow.resized) {
  Deno.test(`a size of ${width}×${height} has Pillow's pixels, but for its rounding between the axes`, () => {
    const picture = resizePicture(source, [height, width]);
    assert.deepEqual([picture.width, picture.height, picture.channels], [width, height, 3]);
    assert.ok(largest(picture.data, bytesOf(data)) <= 1);
  });
}

Deno.test("halving a size takes the weights 1, 3, 3, 1; the edge has what is left of them", () => {
  const data = Uint8Array.of(8, 16, 64, 128);
  const half = resizePicture({ width: 4, height: 1, channels: 1, data }, [1, 2]);
  const of = (weights: number[]) =>
    Math.floor(
      weights.reduce((sum, w, i) => sum + w * data[i]!, 0) / weights.reduce((a, b) => a + b) + 0.5,
    );
  assert.deepEqual([...half.data], [of([3, 3, 1, 0]), of([0, 1, 3, 3])]);
});

Deno.test("a picture of its size is itself; a flat one stays flat", () => {
  assert.equal(fitPicture(source, { resize: [source.height, source.width] }), source);
  const flat: Picture = { width: 9, height: 4, channels: 3, data: new Uint8Array(108).fill(201) };
  for (const size of [[1, 1], [4, 9], [5, 3], [40, 40]] as const) {
    assert.ok(resizePicture(flat, size).data.every((value) => value === 201));
  }
});

Deno.test("resizing takes rows of the new width in double precision, both axes' windows, and the result", () => {
  // 3 rows of 12 doubles, 28 numbers of windows, 5 rows of 12 bytes.
  const picture: Picture = { height: 3, width: 2, channels: 3, data: new Uint8Array(18) };
  assert.equal(resizingBytes(picture, [5, 4]), 8 * (36 + 28) + 60);
  assert.equal(resizePicture(picture, [3, 2]), picture);
});
