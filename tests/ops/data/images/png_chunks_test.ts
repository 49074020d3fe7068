import assert from "node:assert/strict";
import { plainPng } from "../../../../ops/data/images/png_chunks.ts";
import { chunk, png } from "./png_bytes.ts";

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

/** Of the 8×8 pixels that repeat, the pass that each belongs to (W3C PNG, figure 7). */
const PASSES = [
  ...["16462646", "77777777", "56565656", "77777777"],
  ...["36463646", "77777777", "56565656", "77777777"],
];

Deno.test("the rows of seven passes are as the specification's figure has them", () => {
  for (let height = 1; height <= 9; height++) {
    for (let width = 1; width <= 9; width++) {
      let bytes = 0;
      for (let pass = 1; pass <= 7; pass++) {
        for (let y = 0; y < height; y++) {
          const row = Array.from({ length: width }, (_, x) => Number(PASSES[y % 8]![x % 8]));
          const pixels = row.filter((each) => each === pass).length;
          if (pixels > 0) bytes += 1 + pixels;
        }
      }
      const what = `announces ${width}×${height} pixels, ${bytes} bytes, and holds ${bytes - 1}$`;
      refused(png([width, height, 8, 0, 1], Array(bytes - 1).fill(0)), new RegExp(what));
      plainPng(png([width, height, 8, 0, 1], Array(bytes).fill(0)), 1e9);
    }
  }
});

Deno.test("a pixel has the values of its colour type, in the depths that it may have", () => {
  const values = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as Readonly<Record<number, number>>;
  const palette = [chunk("PLTE", new Uint8Array(3))];
  const sound: string[] = [];
  for (let color = 0; color <= 7; color++) {
    for (const depth of [1, 2, 4, 8, 16]) {
      const bytes = 2 * (1 + Math.ceil(3 * depth * (values[color] ?? 1) / 8));
      const of = (count: number) => png([3, 2, depth, color], Array(count).fill(0), palette);
      try {
        plainPng(of(bytes), 1e9);
        sound.push(`${color}:${depth}`);
        refused(of(bytes - 1), new RegExp(`3×2 pixels, ${bytes} bytes, and holds ${bytes - 1}$`));
      } catch (error) {
        const why = `its colour type ${color} with ${depth} bits is none that there is`;
        assert.equal((error as Error).message, why);
      }
    }
  }
  const grey = ["0:1", "0:2", "0:4", "0:8", "0:16"];
  const indexed = ["3:1", "3:2", "3:4", "3:8"];
  assert.deepEqual(sound, [
    ...[...grey, "2:8", "2:16", ...indexed, "4:8", "4:16", "6:8", "6:16"],
  ]);
});

Deno.test("what is left over is 64 KiB at most, what it takes four times its rows", () => {
  const rows = (more: number) => png([1, 1, 8, 0], Array(2 + more).fill(0));
  plainPng(rows(1 << 16), 1e9);
  refused(rows((1 << 16) + 1), /^Error: it holds more than the 1×1 pixels it announces$/);
  plainPng(png([3, 2, 8, 2], Array(20).fill(0)), 80);
  refused(png([3, 2, 8, 2], Array(20).fill(0)), /it would take/, 79);
});

Deno.test("a palette has 1 to 256 colours of three bytes, and is kept", () => {
  const indexed = (bytes: number) =>
    png([1, 1, 8, 3], [0, 0], [chunk("PLTE", new Uint8Array(bytes).fill(7))]);
  const none = /^Error: its colours stand in a palette, and it has none$/;
  for (const bytes of [0, 2, 4, 771]) refused(indexed(bytes), none);
  const { file } = plainPng(indexed(768), 1e9);
  assert.ok(new TextDecoder("latin1").decode(file).includes("PLTE"));
  plainPng(indexed(3), 1e9);
  const grey = png([1, 1, 8, 0], [0, 0], [chunk("PLTE", new Uint8Array(3))]);
  assert.ok(!new TextDecoder("latin1").decode(plainPng(grey, 1e9).file).includes("PLTE"));
});

Deno.test("the file that is given has the chunks of its pixels, whatever stood between them", () => {
  const text = chunk("tEXt", new TextEncoder().encode("Author"));
  const palette = chunk("PLTE", Uint8Array.of(1, 2, 3));
  const withSums = png([1, 1, 8, 3], [0, 0], [palette]);
  const { header, file } = plainPng(png([1, 1, 8, 3], [0, 0], [text, palette, text]), 1e9);
  assert.deepEqual(header, { width: 1, height: 1, depth: 8, color: 3, interlaced: false });
  assert.equal(file.length, withSums.length);
  // All but the sums, which nobody reads.
  const sums = new Set<number>();
  for (let at = 8; at < withSums.length;) {
    const length = new DataView(withSums.buffer).getUint32(at);
    for (let i = 0; i < 4; i++) sums.add(at + 8 + length + i);
    at += 12 + length;
  }
  const kept = (bytes: Uint8Array) => [...bytes].map((byte, i) => sums.has(i) ? 0 : byte);
  assert.deepEqual(kept(file), kept(withSums));
});

Deno.test("a header is the first chunk, of 13 bytes, and names the one way to compress", () => {
  const good = png([2, 1, 8, 0], [0, 1, 2]);
  const changed = (at: number, byte: number) => {
    const file = good.slice();
    file[at] = byte;
    return file;
  };
  // The header's type from byte 12, its last three bytes from 26.
  refused(changed(12, 0x61), /^Error: it has no header$/);
  const short = [...chunk("IHDR", new Uint8Array(12)), ...chunk("IEND", new Uint8Array())];
  refused(Uint8Array.from([...good.subarray(0, 8), ...short]), /^Error: it has no header$/);
  const other = /^Error: its header names a way to compress that there is not$/;
  for (const at of [26, 27]) refused(changed(at, 1), other);
  assert.equal(plainPng(Uint8Array.from([9, ...good]).subarray(1), 1e9).header.width, 2);
  refused(good.subarray(0, good.length - 1), /^Error: it is cut off$/);
  refused(changed(33 + 3, good[36]! + 13), /^Error: it is cut off$/);
});

Deno.test("what is no picture is refused, whatever it announces", () => {
  const good = png([2, 1, 8, 0], [0, 1, 2]);
  refused(good.subarray(1), /does not begin as a PNG/);
  refused(good.subarray(0, -13), /it is cut off/);
  refused(png([2, 1, 3, 0], [0, 1]), /colour type 0 with 3 bits is none that there is/);
  refused(png([2, 1, 8, 3], [0, 1, 2]), /colours stand in a palette, and it has none/);
  refused(png([2, 1, 8, 0, 2], [0, 1, 2]), /a way to compress that there is not/);
  refused(png([20_000, 20_001, 8, 0], [0]), /more than 100 million pixels, 20000×20001/);
  refused(png([5000, 5000, 8, 2], [0]), /would take/, 1e6);
});
