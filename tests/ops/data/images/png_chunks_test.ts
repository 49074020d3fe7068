import assert from "node:assert/strict";
import { crc32, deflateSync } from "node:zlib";
import { plainPng } from "../../../../ops/data/images/png_chunks.ts";

const chunk = (type: string, body: Uint8Array): Uint8Array => {
  const file = new Uint8Array(12 + body.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, body.length);
  file.set(new TextEncoder().encode(type), 4);
  file.set(body, 8);
  view.setUint32(8 + body.length, crc32(file.subarray(4, 8 + body.length)));
  return file;
};

/** A file by its specification: a header, rows that each begin with the number of their filter, an end. */
const png = (header: readonly number[], rows: readonly number[], extra: Uint8Array[] = []) => {
  const [width, height, depth, color, interlace = 0] = header as [
    number,
    number,
    number,
    number,
    number?,
  ];
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  head.set([depth, color, 0, 0, interlace], 8);
  return Uint8Array.from([
    0x89,
    0x50,
    0x4e,
    0x47,
    0x0d,
    0x0a,
    0x1a,
    0x0a,
    ...chunk("IHDR", head),
    ...extra.flatMap((each) => [...each]),
    ...chunk("IDAT", deflateSync(Uint8Array.from(rows))),
    ...chunk("IEND", new Uint8Array()),
  ]);
};

const refused = (file: Uint8Array, message: RegExp, memory = 1e9) =>
  assert.throws(() => plainPng(file, memory), message);

Deno.test("a sound file gives its header, and what else is in it goes", () => {
  const text = chunk("tEXt", new TextEncoder().encode("Author"));
  const { header, file } = plainPng(png([2, 1, 8, 0], [0, 1, 2], [text]), 1e9);
  assert.deepEqual([header.width, header.height, header.depth, header.interlaced], [
    2,
    1,
    8,
    false,
  ]);
  assert.ok(!new TextDecoder("latin1").decode(file).includes("tEXt"));
});

Deno.test("a file holds the pixels that it announces, no fewer and no more", () => {
  refused(png([2, 2, 8, 0], [0, 1, 2]), /announces 2×2 pixels, 6 bytes, and holds 3/);
  refused(png([1, 1, 8, 0], Array(100_000).fill(0)), /holds more than the 1×1 pixels it announces/);
  // Interlaced, a 3×3 picture of bytes has five passes: rows of 1, 1, 2, 2 · 1 … with a filter each.
  const interlaced = [3, 3, 8, 0, 1];
  refused(png(interlaced, [0]), /announces 3×3 pixels, 15 bytes, and holds 1/);
});

Deno.test("what is no picture is refused, whatever it announces", () => {
  const good = png([2, 1, 8, 0], [0, 1, 2]);
  refused(good.subarray(1), /does not begin as a PNG/);
  refused(good.subarray(0, -13), /it is cut off/);
  refused(png([2, 1, 3, 0], [0, 1]), /colour type 0 with 3 bits is none that there is/);
  refused(png([2, 1, 8, 3], [0, 1, 2]), /colours stand in a palette, and it has none/);
  refused(png([2, 1, 8, 0, 2], [0, 1, 2]), /a way to compress that there is not/);
  refused(png([20_000, 20_000, 8, 0], [0]), /more than 100 million pixels/);
  refused(png([5000, 5000, 8, 2], [0]), /would take/, 1e6);
});
