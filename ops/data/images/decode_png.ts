/** PNG files (W3C PNG, third edition) as pictures: any colour type; transparency is dropped, 16 bits become 8. */
import {
  convertIndexedToRgb,
  type DecodedPng,
  decodePngFile,
} from "../../../engine/deps/fast_png.ts";
import type { Picture } from "./picture.ts";
import { plainPng } from "./png_chunks.ts";

/** Throws an Error where the file is damaged, too large, or interlaced with fewer than 8 bits. */
export function decodePng(bytes: Uint8Array, memory: number): Picture {
  const { header, file } = plainPng(bytes, memory);
  if (header.depth < 8 && header.interlaced) {
    throw new Error(`it is interlaced with ${header.depth} bits, which is not supported`);
  }
  const png = decodePngFile(file);
  const { width, height } = png;
  const { stored, values } = valuesOf(png);
  // Two and four channels are those of one and three, with transparency behind them.
  const channels = stored < 3 ? 1 : 3;
  const data = Uint8Array.from(
    { length: width * height * channels },
    (_, i) => values[Math.floor(i / channels) * stored + i % channels]!,
  );
  return { width, height, channels, data };
}

/** Every channel of every pixel as a byte. */
function valuesOf(png: DecodedPng): { stored: number; values: ArrayLike<number> } {
  const { palette, depth, channels, data } = png;
  if (palette !== undefined) {
    return { stored: 3, values: convertIndexedToRgb(png) };
  }
  if (depth === 16) {
    // 65535 is 255 times 257: the nearest byte, not the upper one.
    const values = Uint8Array.from(data, (value) => Math.floor((value + 128) / 257));
    return { stored: channels, values };
  }
  return { stored: channels, values: depth === 8 ? data : unpacked(png) };
}

/** Grey of 1, 2 or 4 bits: rows begin at whole bytes, the largest value is white. */
function unpacked({ width, height, depth, data }: DecodedPng): Uint8Array {
  const row = Math.ceil(width * depth / 8);
  const most = (1 << depth) - 1;
  const each = 8 / depth;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    const byte = data[Math.floor(i / width) * row + Math.floor(x / each)]!;
    return (byte >> (8 - depth * (x % each + 1)) & most) * (255 / most);
  });
}
