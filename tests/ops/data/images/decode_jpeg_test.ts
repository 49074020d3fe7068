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

/** A file by its specification: its beginning, segments, a frame's header of so many components, and what follows. */
const jpeg = (
  [width, height]: readonly [number, number],
  sampling: readonly number[],
  { before = [], marker = 0xc0, after = [] }: {
    readonly before?: readonly number[];
    readonly marker?: number;
    readonly after?: readonly number[];
  } = {},
): Uint8Array => {
  const components = sampling.flatMap((each, i) => [i, each, 0]);
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  const frame = [0, 8 + components.length, 8, ...size, sampling.length, ...components];
  return Uint8Array.from([0xff, 0xd8, ...before, 0xff, marker, ...frame, ...after]);
};

/** Why a file is refused before it is decoded; undefined where it is the decoder that refuses it. */
const refusal = (bytes: Uint8Array, memory = 1e9): string | undefined => {
  try {
    decodeJpeg(bytes, memory);
  } catch (error) {
    const { message } = error as Error;
    return /^its? /.test(message) ? message : undefined;
  }
};
const NO_FRAME = "it has no frame of pixels, or is cut off before it";

Deno.test("a block of 64 values takes a bit at least, of each component as finely as it is sampled", () => {
  const zeros = (count: number) => Array(count).fill(0);
  // 15 bytes with one component, 18 with two; 8 blocks to a byte.
  const many = (width: number, height: number, bytes: number) =>
    `it announces ${width}×${height} pixels, and ${bytes} bytes cannot hold as many`;
  assert.equal(refusal(jpeg([8 * 160, 8], [0x11], { after: zeros(5) })), undefined);
  assert.equal(refusal(jpeg([8 * 160 + 1, 8], [0x11], { after: zeros(5) })), many(1281, 8, 20));
  assert.equal(refusal(jpeg([8, 8 * 160], [0x11], { after: zeros(5) })), undefined);
  assert.equal(refusal(jpeg([8, 8 * 160 + 1], [0x11], { after: zeros(5) })), many(8, 1281, 20));
  // Three blocks to 16 pixels: two of the first, one of the second; 24 bytes hold 192.
  assert.equal(refusal(jpeg([16 * 64, 8], [0x21, 0x11], { after: zeros(6) })), undefined);
  assert.equal(refusal(jpeg([16 * 65, 8], [0x21, 0x11], { after: zeros(6) })), many(1040, 8, 24));
  assert.equal(refusal(jpeg([8, 16 * 64], [0x12, 0x11], { after: zeros(6) })), undefined);
  assert.equal(refusal(jpeg([8, 16 * 65], [0x12, 0x11], { after: zeros(6) })), many(8, 1040, 24));
});

Deno.test("components are sampled one to four times each way", () => {
  for (const sound of [0x11, 0x41, 0x14, 0x44]) {
    assert.equal(refusal(jpeg([8, 8], [0x44, sound])), undefined);
  }
  for (const damaged of [0x01, 0x10, 0x51, 0x15]) {
    assert.equal(refusal(jpeg([8, 8], [0x11, damaged])), "its header is damaged");
  }
});

Deno.test("decoding takes 512 bytes a block and eight a pixel, and a hundred passes", () => {
  const width = 12;
  assert.equal(refusal(jpeg([width, 8], [0x11]), 2 * 512 + 8 * 96), undefined);
  assert.match(refusal(jpeg([width, 8], [0x11]), 2 * 512 + 8 * 96 - 1)!, /^it would take/);
  const passes = (count: number) => ({ after: Array(count).fill([0xff, 0xda, 0, 2]).flat() });
  assert.equal(refusal(jpeg([8, 8], [0x11], passes(100))), undefined);
  const many = "it has more than 100 passes over its pixels";
  assert.equal(refusal(jpeg([8, 8], [0x11], passes(101))), many);
  assert.equal(refusal(jpeg([0, 8], [0x11])), "it has no pixels: it announces 0×8");
});

Deno.test("markers that begin no segment are passed over by themselves, others with their length", () => {
  const behind = (before: readonly number[]) => refusal(jpeg([8, 8], [0x11], { before }));
  for (const marker of [0x00, 0x01, 0xd0, 0xd4, 0xd9]) {
    assert.equal(behind([0xff, marker]), undefined, `${marker}`);
  }
  assert.equal(behind([0xff]), undefined);
  // Of these the next two bytes are the length, here of more than there is.
  for (const marker of [0x02, 0xda, 0xe0, 0xfe]) {
    assert.equal(behind([0xff, marker]), NO_FRAME, `${marker}`);
  }
  for (const length of [[0, 0], [0, 1], [0, 2], [0, 3, 9], [1, 0, ...Array(254).fill(9)]]) {
    assert.equal(behind([0xff, 0xe0, ...length]), undefined, `${length}`);
  }
  // What stands between segments, and a frame behind the first.
  assert.equal(behind([1, 2, 3]), undefined);
  assert.equal(refusal(jpeg([8, 8], [0x11], { after: [...jpeg([0, 0], [0x11])] })), undefined);
  for (const end of [[0xff], [0xff, 0xda], [0xff, 0xda, 0]]) {
    assert.equal(refusal(jpeg([8, 8], [0x11], { after: end })), undefined);
  }
});

Deno.test("a frame begins with one of thirteen markers, and has all of its header", () => {
  for (let marker = 0xbf; marker <= 0xd0; marker++) {
    const frame = ![0xbf, 0xc4, 0xc8, 0xcc, 0xd0].includes(marker);
    const found = refusal(jpeg([8, 8], [0x11], { marker }));
    assert.equal(found, frame ? undefined : NO_FRAME, `${marker}`);
  }
  const whole = jpeg([8, 8], [0x11]);
  assert.equal(refusal(whole.subarray(0, -1)), "its header is cut off");
  assert.equal(refusal(whole.subarray(0, 8)), "its header is cut off");
  assert.equal(refusal(jpeg([8, 8], [])), "its header is cut off");
  assert.equal(refusal(Uint8Array.from([0, ...whole]).subarray(1)), undefined);
});
