/** Pictures against Pillow's: its files decoded, its colours, its sizes. */
import assert from "node:assert/strict";
import { inColor } from "../../../../ops/data/images/color.ts";
import { decodePicture } from "../../../../ops/data/images/decode_picture.ts";
import { fitLoaded, fitPicture, fittedShape } from "../../../../ops/data/images/fit.ts";
import type { Picture } from "../../../../ops/data/images/picture.ts";
import { resizePicture } from "../../../../ops/data/images/resize.ts";
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

for (const [name, { file, width, height, data: expected }] of Object.entries(pillow.files)) {
  const data = bytesOf(expected);
  // JPEG decoders may differ in the last place of the inverse transform and of the colours.
  const tolerance = name.startsWith("jpeg") ? 3 : 0;
  Deno.test(`${name} has Pillow's pixels`, async () => {
    const picture = await decodePicture(bytesOf(file), name);
    assert.deepEqual([picture.width, picture.height], [width, height]);
    assert.equal(picture.channels, data.length / width / height);
    assert.ok(largest(picture.data, data) <= tolerance, `${largest(picture.data, data)}`);
  });
}

Deno.test("16 bits become the nearest 8", async () => {
  const { encodePng } = await import("../../../../engine/deps/fast_png.ts");
  const data = Uint16Array.from([0, 128, 129, 257, 32767, 65535]);
  const file = encodePng({ width: 3, height: 2, channels: 1, depth: 16, data });
  const picture = await decodePicture(file, "deep.png");
  assert.deepEqual([...picture.data], [...data].map((value) => Math.round(value / 257)));
});

Deno.test("grey is Pillow's luma, to the bit; grey as colour is three times the same", () => {
  const grey = inColor(source, "gray");
  assert.deepEqual(grey.data, bytesOf(pillow.luma.data));
  assert.equal(inColor(grey, "gray"), grey);
  const { data } = inColor(grey, "rgb");
  for (let i = 0; i < grey.data.length; i++) {
    assert.deepEqual([...data.subarray(3 * i, 3 * i + 3)], Array(3).fill(grey.data[i]));
  }
});

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

Deno.test("what is no picture, or a damaged one, is an error that names the file", async () => {
  const png = bytesOf(pillow.files["png: rgb"].file);
  const jpeg = bytesOf(pillow.files["jpeg: rgb"].file);
  const tries: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /Cannot read "a.png": it is neither a PNG nor a JPEG/],
    [new TextEncoder().encode("<svg>"), /neither a PNG nor a JPEG/],
    [png.subarray(0, 20), /Cannot read "a.png": it is cut off/],
    [png.subarray(0, png.length - 30), /Cannot read "a.png"/],
    [png.map((byte, i) => i === 45 ? byte ^ 1 : byte), /Cannot read "a.png"/],
    [png.map((byte, i) => i >= 16 && i < 24 ? 0x70 : byte), /more than 100 million pixels/],
    [jpeg.subarray(0, 60), /Cannot read "a.png"/],
    [jpeg.subarray(0, 3), /Cannot read "a.png"/],
  ];
  for (const [bytes, reason] of tries) {
    await assert.rejects(decodePicture(bytes, "a.png"), (error) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, reason);
      return true;
    });
  }
});

Deno.test("what resizing would take beyond the budget is refused with the picture's name", () => {
  const tall: Picture = { height: 100_000, width: 1, channels: 1, data: new Uint8Array(100_000) };
  assert.throws(
    () => fitPicture(tall, { resize: [8, 10_000] }, 1e9, "a.png"),
    /^MemoryError: Cannot resize "a.png": 100000×1 to 8×10000 would take 8.00 GB .* --memory 9GB/,
  );
});
