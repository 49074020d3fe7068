import assert from "node:assert/strict";
import { fitLoaded, fitPicture, fittedShape } from "../../../../ops/data/images/fit.ts";
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
