/**
 * The chunks of a PNG file that its pixels are made of, checked before anything is decoded: what the header announces must
 * be behind it.
 */
import { TooLargeError, unpackedSync } from "../../../engine/unpack.ts";
import { joinBytes } from "../readers/join_bytes.ts";
import { assertDecodable, assertPixels } from "./picture.ts";

/** What the header says. */
interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 colour, 3 by a palette, 4 grey and 6 colour with transparency. */
  readonly color: number;
  readonly interlaced: boolean;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** By colour type, the values of a pixel and the depths that they may have. */
const COLORS: Readonly<Record<number, { readonly values: number; readonly depths: string }>> = {
  0: { values: 1, depths: "1 2 4 8 16" },
  2: { values: 3, depths: "8 16" },
  3: { values: 1, depths: "1 2 4 8" },
  4: { values: 2, depths: "8 16" },
  6: { values: 4, depths: "8 16" },
};

/** Seven passes over 8×8 pixels (Adam7): the first column and row of each, and their distances. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Some writers leave bytes behind the last row; more than so many is no picture. */
const LEFT_OVER = 1 << 16;

/**
 * A file with the same pixels and nothing else: header, palette, data, end. Throws an Error, a sentence without its
 * subject, where a chunk is cut off, where the header is none, and where the data are not those of so many pixels.
 */
export function plainPng(
  bytes: Uint8Array,
  memory: number,
): { readonly header: PngHeader; readonly file: Uint8Array } {
  const chunks = chunksOf(bytes);
  const first = chunks[0];
  if (first?.type !== "IHDR" || first.body.length !== 13) throw new Error("it has no header");
  const header = headerOf(first.body);
  const data = joinBytes(chunks.filter(({ type }) => type === "IDAT").map(({ body }) => body));
  const size = storedSize(header);
  // As stored twice, unfiltered, and as bytes.
  assertDecodable(4 * size, memory);
  let stored: Uint8Array;
  try {
    stored = unpackedSync(data, "deflate", size + LEFT_OVER);
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error;
    throw new Error(`it holds more than the ${header.width}×${header.height} pixels it announces`);
  }
  if (stored.length < size) {
    throw new Error(
      `it announces ${header.width}×${header.height} pixels, ${size} bytes, and holds ${stored.length}`,
    );
  }
  const palette = chunks.find(({ type }) => type === "PLTE");
  if (header.color === 3) assertPalette(palette?.body);
  return {
    header,
    file: written([
      first,
      ...header.color === 3 ? [palette!] : [],
      { type: "IDAT", body: data },
      { type: "IEND", body: new Uint8Array() },
    ]),
  };
}

interface PngChunk {
  readonly type: string;
  readonly body: Uint8Array;
}

function chunksOf(bytes: Uint8Array): readonly PngChunk[] {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) throw new Error("it does not begin as a PNG");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: PngChunk[] = [];
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = new TextDecoder("latin1").decode(bytes.subarray(at + 4, at + 8));
    if (type === "IEND") return chunks;
    chunks.push({ type, body: bytes.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  throw new Error("it is cut off");
}

function headerOf(body: Uint8Array): PngHeader {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, color, compression, filter, interlace] = body.subarray(8) as unknown as number[];
  assertPixels(width, height);
  if (!COLORS[color!]?.depths.split(" ").includes(String(depth))) {
    throw new Error(`its colour type ${color} with ${depth} bits is none that there is`);
  }
  if (compression !== 0 || filter !== 0 || interlace! > 1) {
    throw new Error("its header names a way to compress that there is not");
  }
  return { width, height, depth: depth!, color: color!, interlaced: interlace === 1 };
}

/** Bytes of all rows, each with the number of its filter before it. */
function storedSize({ width, height, depth, color, interlaced }: PngHeader): number {
  const rows = (w: number, h: number) =>
    w === 0 || h === 0 ? 0 : h * (1 + Math.ceil(w * depth * COLORS[color]!.values / 8));
  if (!interlaced) return rows(width, height);
  return ADAM7.reduce((sum, [x, y, dx, dy]) =>
    sum + rows(
      Math.ceil(Math.max(0, width - x) / dx),
      Math.ceil(Math.max(0, height - y) / dy),
    ), 0);
}

function assertPalette(palette: Uint8Array | undefined): void {
  const entries = (palette?.length ?? 0) / 3;
  if (Number.isInteger(entries) && entries >= 1 && entries <= 256) return;
  throw new Error("its colours stand in a palette, and it has none");
}

/** Nobody reads the sums of chunks: those of the data are checked where they are unpacked. */
function written(chunks: readonly PngChunk[]): Uint8Array {
  const size = chunks.reduce((sum, { body }) => sum + 12 + body.length, SIGNATURE.length);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  file.set(SIGNATURE);
  let at = SIGNATURE.length;
  for (const { type, body } of chunks) {
    view.setUint32(at, body.length);
    file.set(new TextEncoder().encode(type), at + 4);
    file.set(body, at + 8);
    at += 12 + body.length;
  }
  return file;
}
