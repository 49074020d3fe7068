/** Files that libwebp's encoder wrote of known pixels; without loss they come back to the bit. */
import assert from "node:assert/strict";
import { MEMORY } from "../../../../engine/size.ts";
import { decodePicture } from "../../../../ops/data/images/decode_picture.ts";
import { decodeWebp } from "../../../../ops/data/images/decode_webp.ts";

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

/** 4×3 pixels whose value at i, counted with alpha, is 37 i modulo 256. */
const lossless = bytesOf("UklGRigAAABXRUJQVlA4TBsAAAAvA4AAAE1kRP8DBNk2NPM5XJXvMNtTEtEAxgEA");
/** The same, its alpha at i being i. */
const transparent = bytesOf(
  "UklGRlQAAABXRUJQVlA4TEgAAAAvA4AAEF9AJmBxDxHWP6kQAoFEIIT9yQYRCKQhgRBmWCHbCBDGvf50gyCYpKm2Y3hZjN9bjFuMgyzA5BrLWGKJIpakI/ofO6Y=",
);
/** 4×3 pixels of 100, 140, 180. */
const lossy = bytesOf(
  "UklGRjoAAABXRUJQVlA4IC4AAADwAQCdASoEAAMAAMASJZACdLoB+AAF9AAA/ccf+emfBJ2D7Zf/OwbEu14AAAAA",
);
const expected = Uint8Array.from(
  { length: 36 },
  (_, i) => 37 * (4 * Math.floor(i / 3) + i % 3) % 256,
);

Deno.test("pixels without loss are those that were written, with and without transparency", async () => {
  for (const file of [lossless, transparent]) {
    const { data, ...size } = await decodePicture(file, "a.webp");
    assert.deepEqual(size, { width: 4, height: 3, channels: 3 });
    assert.deepEqual(data, expected);
  }
});

Deno.test("pixels with loss are near those that were written", async () => {
  const { width, height, data } = await decodePicture(lossy, "a.webp");
  assert.deepEqual([width, height, data.length], [4, 3, 36]);
  data.forEach((value, i) => assert.ok(Math.abs(value - [100, 140, 180][i % 3]!) <= 2));
});

/** An extended file (RFC 9649, 2.7) of such a canvas around the chunk of another file. */
function extended(file: Uint8Array, [width, height]: readonly [number, number], flags = 0) {
  const all = new Uint8Array(30 + file.length - 12);
  all.set(file.subarray(0, 12));
  all.set(new TextEncoder().encode("VP8X"), 12);
  const view = new DataView(all.buffer);
  view.setUint32(4, all.length - 8, true);
  view.setUint32(16, 10, true);
  all[20] = flags;
  view.setUint32(24, width - 1, true);
  view.setUint32(26, (height - 1) << 8 | all[26]!, true);
  all.set(file.subarray(12), 30);
  return all;
}

Deno.test("an extended file says its canvas, and an animation is refused", async () => {
  assert.deepEqual((await decodeWebp(extended(lossless, [4, 3]), MEMORY)).data, expected);
  await assert.rejects(
    decodeWebp(extended(lossless, [4, 3], 2), MEMORY),
    /^Error: it is an animation, which is not supported$/,
  );
  await assert.rejects(
    decodeWebp(extended(lossless, [20_000, 5_001]), MEMORY),
    /^Error: it has more than 100 million pixels, 20000×5001; make it smaller$/,
  );
});

Deno.test("a file that is damaged, cut off or more than the budget is an error", async () => {
  const wrong = lossless.slice();
  wrong[15] = 0x21;
  for (
    const [file, memory, reason] of [
      [lossless.subarray(0, 29), MEMORY, /^Error: it is cut off$/],
      [lossless.subarray(0, 40), MEMORY, /^Error: it is damaged or cut off$/],
      [wrong, MEMORY, /^Error: its header is damaged$/],
      [lossless, 16 * 12 - 1, /^MemoryError: it would take 192 B of memory/],
    ] as const
  ) await assert.rejects(decodeWebp(file, memory), reason);
  assert.equal((await decodeWebp(lossless, 16 * 12)).width, 4);
  await assert.rejects(
    decodePicture(wrong, "b.webp"),
    /^RangeError: Cannot read "b.webp": its header/,
  );
});
