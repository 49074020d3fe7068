/** Files against what Pillow makes of them. */
import assert from "node:assert/strict";
import { decodePicture } from "../../../../ops/data/images/decode_picture.ts";
import pillow from "./pil_pictures.json" with { type: "json" };

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  assert.equal(a.length, b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
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
