/** Files made to hang a reader of data or to fill the memory, by reader: each must be refused, in a sentence. */
import { crc32, deflateSync, gzipSync } from "node:zlib";
import { zipSync } from "../deps.ts";
import { idxBytes } from "../ops/data/idx_bytes.ts";
import { npyBytes } from "../ops/data/npy_bytes.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const joined = (...parts: readonly Uint8Array[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const big = (...numbers: readonly number[]) => {
  const view = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((number, i) => view.setUint32(4 * i, number));
  return new Uint8Array(view.buffer);
};

/** A PNG with these chunks. */
export function pngOf(chunks: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts = Object.entries(chunks).map(([type, body]) => {
    const whole = joined(ascii(type), body);
    return joined(big(body.length), whole, big(crc32(whole)));
  });
  return joined(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), ...parts);
}

const header = (width: number, height: number, depth: number, color: number) =>
  joined(big(width, height), Uint8Array.of(depth, color, 0, 0, 0));
const png = (head: Uint8Array, data: Uint8Array) =>
  pngOf({ IHDR: head, IDAT: deflateSync(data), IEND: new Uint8Array() });

/** An npy file whose header says this shape. */
function shaped(shape: string): Uint8Array {
  const file = npyBytes("<f4", [60, 4], Array.from({ length: 240 }, () => 0));
  const text = new TextDecoder("latin1").decode(file).replace("(60, 4)", shape);
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  bytes[8] = bytes[8]! + shape.length - "(60, 4)".length;
  return bytes;
}

/** A file with the bytes at a place exchanged. */
function patched(
  bytes: Uint8Array,
  at: number,
  others: Uint8Array | readonly number[],
): Uint8Array {
  const copy = bytes.slice();
  copy.set(others, at);
  return copy;
}

const zeros = (megabytes: number) => new Uint8Array(megabytes << 20);

/** By reader; `sound` is the file that it reads. */
export function attacks(name: string, sound: Uint8Array): readonly Uint8Array[] {
  return (found[name] ?? (() => []))(sound);
}

const found: Readonly<Record<string, (sound: Uint8Array) => readonly Uint8Array[]>> = {
  png: () => [
    png(header(2147483647, 0, 8, 0), new Uint8Array()),
    png(header(0, 2147483647, 8, 2), new Uint8Array()),
    png(header(100_000_000, 1, 2, 3), new Uint8Array(10)),
    png(header(8, 8, 8, 0), zeros(200)),
    png(header(9999, 9999, 16, 6), new Uint8Array(100)),
    png(header(8, 8, 3, 0), new Uint8Array(100)),
    // Pixels that are there, and more of them than the budget of the test.
    png(header(1, 20_000_000, 8, 0), new Uint8Array(40_000_000)),
  ],
  jpeg(sound) {
    const frame = sound.findIndex((byte, i) => byte === 0xff && sound[i + 1] === 0xc0);
    const size = (height: number, width: number) =>
      patched(sound, frame + 5, [height >> 8, height & 255, width >> 8, width & 255]);
    return [size(1500, 65535), size(0, 16), size(65535, 65535)];
  },
  npz(sound) {
    const packed = zipSync({ "x.npy": zeros(200) });
    const end = new DataView(sound.buffer, sound.byteOffset, sound.byteLength);
    const entry = end.getUint32(sound.length - 6, true);
    return [
      packed,
      // The directory says more than there is, and that both files are one.
      patched(sound, entry + 24, [255, 255, 255, 255]),
      patched(sound, sound.length - 14, [255, 255, 255, 255]),
    ];
  },
  npy: () =>
    ["(60, 4, -1, -1)", "(60, 8, 0.5)", "(60, 1e9)", "(60, 4, 0)", "(0x3c, 4)"].map(shaped),
  idx: () => [
    idxBytes(8, [60, 0], []),
    idxBytes(8, [0, 2147483647], []),
    idxBytes(8, [...Array(40).fill(0xffffffff), 0], [1]),
  ],
  csv: () => [
    gzipSync(zeros(200)),
    gzipSync(zeros(1).fill(0x31)),
    ascii("a\n1\n2\n3\n"),
    new Uint8Array(3_000_000).fill(0x2c),
  ],
  jsonl: () => [ascii(`{"a":${"[".repeat(200_000)}${"]".repeat(200_000)},"b":1}`)],
  // A line on which a careless pattern looks for its end at every blank.
  text: () => [ascii(`k ${" ".repeat(200_000)}${"x".repeat(200_000)}\u2028y`), ascii("k")],
  parquet: (sound) =>
    Array.from({ length: Math.min(200, sound.length) }, (_, i) => i + 4).flatMap((at) =>
      [0, 0x80, 0xff, sound[at]! ^ 1].map((byte) => patched(sound, at, [byte]))
    ),
};
