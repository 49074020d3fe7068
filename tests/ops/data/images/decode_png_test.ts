import assert from "node:assert/strict";
import { decodePng } from "../../../../ops/data/images/decode_png.ts";
import { chunk, png } from "./png_bytes.ts";

const decoded = (file: Uint8Array) => {
  const { width, height, channels, data } = decodePng(file, 1e9);
  return [width, height, channels, [...data]];
};

Deno.test("grey and colour by hand, each row with its own filter", () => {
  assert.deepEqual(decoded(png([2, 2, 8, 0], [0, 1, 2, 0, 3, 4])), [2, 2, 1, [1, 2, 3, 4]]);
  // Filter 1 adds the pixel to the left, filter 2 the one above.
  assert.deepEqual(decoded(png([2, 2, 8, 0], [1, 1, 2, 2, 3, 4])), [2, 2, 1, [1, 3, 4, 7]]);
  assert.deepEqual(decoded(png([1, 1, 8, 2], [0, 9, 8, 7])), [1, 1, 3, [9, 8, 7]]);
});

Deno.test("transparency goes, a palette becomes its colours, a bit becomes black or white", () => {
  assert.deepEqual(decoded(png([2, 1, 8, 4], [0, 5, 255, 6, 0])), [2, 1, 1, [5, 6]]);
  assert.deepEqual(decoded(png([1, 1, 8, 6], [0, 1, 2, 3, 0])), [1, 1, 3, [1, 2, 3]]);
  const palette = chunk("PLTE", Uint8Array.of(10, 20, 30, 40, 50, 60));
  assert.deepEqual(decoded(png([2, 1, 8, 3], [0, 1, 0], [palette])), [2, 1, 3, [
    40,
    50,
    60,
    10,
    20,
    30,
  ]]);
  assert.deepEqual(decoded(png([3, 1, 1, 0], [0, 0b10100000])), [3, 1, 1, [255, 0, 255]]);
});

Deno.test("grey of few bits begins its rows at whole bytes, and its largest value is white", () => {
  assert.deepEqual(decoded(png([3, 2, 1, 0], [0, 0b01000000, 0, 0b10100000])), [3, 2, 1, [
    ...[0, 255, 0],
    ...[255, 0, 255],
  ]]);
  assert.deepEqual(decoded(png([5, 1, 2, 0], [0, 0b00011011, 0b10000000])), [5, 1, 1, [
    ...[0, 85, 170, 255, 170],
  ]]);
  assert.deepEqual(decoded(png([3, 2, 4, 0], [0, 0x1f, 0xf0, 0, 0x08, 0x70])), [3, 2, 1, [
    ...[17, 255, 255],
    ...[0, 136, 119],
  ]]);
});

Deno.test("16 bits become the nearest 8", () => {
  const values = [0x0080, 0x0081, 0x7fff, 0xffff].flatMap((value) => [value >> 8, value & 255]);
  // 128 / 257 is below a half, 129 / 257 above it.
  assert.deepEqual(decoded(png([4, 1, 16, 0], [0, ...values])), [4, 1, 1, [0, 1, 127, 255]]);
  const color = [0, 0x80, 0, 0x81, 0xff, 0xff];
  assert.deepEqual(decoded(png([1, 1, 16, 2], [0, ...color])), [1, 1, 3, [0, 1, 255]]);
});

Deno.test("interlaced files are read where their values are whole bytes", () => {
  assert.deepEqual(decoded(png([1, 1, 8, 0, 1], [0, 9])), [1, 1, 1, [9]]);
  assert.throws(() => decodePng(png([1, 1, 4, 0, 1], [0, 0x90]), 1e9), {
    message: "it is interlaced with 4 bits, which is not supported",
  });
});
