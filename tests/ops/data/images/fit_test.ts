import assert from "node:assert/strict";
import {
  assertPicturesFit,
  fitLoaded,
  fitPicture,
  fittedShape,
} from "../../../../ops/data/images/fit.ts";
import type { Picture } from "../../../../ops/data/images/picture.ts";
import pillow from "./pil_pictures.json" with { type: "json" };

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

const source: Picture = {
  width: pillow.source.width,
  height: pillow.source.height,
  channels: 3,
  data: bytesOf(pillow.source.data),
};

Deno.test("samples of any source are resized and coloured, where they are pictures of bytes", () => {
  const x = Uint8Array.from([...source.data, ...source.data]);
  const loaded = { train: { count: 2, input: [11, 17, 3], x, y: Int32Array.of(0, 1) } };
  const wishes = { resize: [4, 4], color: "gray" } as const;
  const { train } = fitLoaded(loaded, wishes);
  const one = fitPicture(source, wishes).data;
  assert.deepEqual(train.input, [4, 4, 1]);
  assert.deepEqual(train.input, fittedShape([11, 17, 3], wishes));
  assert.deepEqual([...train.x], [...one, ...one]);
  assert.equal(fitLoaded(loaded, {}), loaded);
  const floats = { train: { count: 1, input: [4], x: new Float32Array(4), y: null } };
  assert.throws(() => fitLoaded(floats, wishes), /no pictures of bytes/);
});

Deno.test("what resizing would take beyond the budget is refused with the picture's name", () => {
  const tall: Picture = { height: 100_000, width: 1, channels: 1, data: new Uint8Array(100_000) };
  assert.throws(
    () => fitPicture(tall, { resize: [8, 10_000] }, 1e9, "a.png"),
    /^MemoryError: Cannot resize "a.png": 100000×1 to 8×10000 would take 8.00 GB .* --memory 9GB/,
  );
});

Deno.test("a shape keeps what no wish changes, and what is not there is one", () => {
  assert.deepEqual(fittedShape([4, 5, 3], {}), [4, 5, 3]);
  assert.deepEqual(fittedShape([4, 5, 1], { color: "rgb" }), [4, 5, 3]);
  assert.deepEqual(fittedShape([4, 5, 3], { color: "gray" }), [4, 5, 1]);
  assert.deepEqual(fittedShape([4, 5, 3], { resize: [7, 8] }), [7, 8, 3]);
  assert.deepEqual([fittedShape([7], {}), fittedShape([], {})], [[7, 1, 1], [1, 1, 1]]);
});

Deno.test("samples that fit already are themselves, others are refused by what they are", () => {
  const train = { count: 1, input: [11, 17, 3], x: source.data, y: Int32Array.of(0) };
  const fitted = fitLoaded({ train, test: train }, { color: "rgb" });
  assert.equal(fitted.train, train);
  assert.deepEqual([fitted.test, "validation" in fitted], [train, false]);
  const of = (input: readonly number[], x: Uint8Array | Float32Array) => () =>
    fitLoaded({ train: { count: 1, input, x, y: null } }, { color: "gray" });
  const shapes = [
    [[2, 2, 3], new Float32Array(12)],
    [[2, 6], new Uint8Array(12)],
    [[2, 2, 2], new Uint8Array(8)],
  ] as const;
  for (const [input, x] of shapes) {
    const message = `Cannot resize or colour samples of ${
      input.join("×")
    }: they are no pictures of bytes`;
    assert.throws(of(input, x), { name: "RangeError", message });
  }
});

Deno.test("what is kept, and what one picture takes, are held to the memory", () => {
  assertPicturesFit(2, [4, 4, 1], 256);
  assert.throws(() => assertPicturesFit(2000, [4, 4, 1], 1000), {
    message: /^Cannot keep the samples: 2000 .* would take .*; .* allow more: --memory 1GB$/,
  });
  const train = { count: 1, input: [11, 17, 3], x: source.data, y: Int32Array.of(0) };
  assert.throws(() => fitLoaded({ train }, { resize: [4, 4] }, 1679), {
    message: /^Cannot resize "sample 0": 11×17 to 4×4 would take/,
  });
  assert.throws(() => fitPicture(source, { resize: [4, 4] }, 1679), {
    message: /^Cannot resize "a picture": 11×17 to 4×4 would take/,
  });
});
