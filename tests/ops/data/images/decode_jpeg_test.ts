import assert from "node:assert/strict";
import { decodeJpeg } from "../../../../ops/data/images/decode_jpeg.ts";
import pillow from "./pil_pictures.json" with { type: "json" };

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
const files = Object.entries(pillow.files).filter(([name]) => name.startsWith("jpeg"));

Deno.test("channels and sizes are those that Pillow reads", () => {
  assert.ok(files.length > 0);
  for (const [name, { file, width, height, data }] of files) {
    const picture = decodeJpeg(bytesOf(file), 1e9);
    assert.deepEqual([picture.width, picture.height], [width, height], name);
    assert.equal(picture.data.length, bytesOf(data).length, name);
  }
});

Deno.test("a file that is cut off, or would take more than the budget, is refused before it is decoded", () => {
  const [, { file }] = files[0]!;
  const bytes = bytesOf(file);
  assert.throws(() => decodeJpeg(bytes.subarray(0, 20), 1e9));
  assert.throws(() => decodeJpeg(bytes, 1000), /it would take/);
  // The height in the frame's header, behind its marker, length and precision.
  const frame = bytes.findIndex((byte, i) =>
    byte === 0xff && bytes[i + 1]! >= 0xc0 && bytes[i + 1]! <= 0xc2
  );
  const tall = bytes.slice();
  tall.set([0xff, 0xff, 0xff, 0xff], frame + 5);
  assert.throws(() => decodeJpeg(tall, 1e12), /more than 100 million pixels/);
});
