import assert from "node:assert/strict";
import { inColor } from "../../../../ops/data/images/color.ts";
import type { Picture } from "../../../../ops/data/images/picture.ts";
import pillow from "./pil_pictures.json" with { type: "json" };

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

const source: Picture = {
  width: pillow.source.width,
  height: pillow.source.height,
  channels: 3,
  data: bytesOf(pillow.source.data),
};

Deno.test("grey is Pillow's luma, to the bit; grey as colour is three times the same", () => {
  const grey = inColor(source, "gray");
  assert.deepEqual(grey.data, bytesOf(pillow.luma.data));
  assert.equal(inColor(grey, "gray"), grey);
  const { data } = inColor(grey, "rgb");
  for (let i = 0; i < grey.data.length; i++) {
    assert.deepEqual([...data.subarray(3 * i, 3 * i + 3)], Array(3).fill(grey.data[i]));
  }
});

Deno.test("the luma is rounded at the last of its 16 bits", () => {
  // 19595 · 1 + 38470 · 63 + 7471 · 230 + 32768 is one less than 64 · 65536.
  const pixel = { width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 63, 230) } as const;
  assert.deepEqual(inColor(pixel, "gray"), {
    ...{ width: 1, height: 1, channels: 1, data: Uint8Array.of(63) },
  });
  const grey = { width: 2, height: 1, channels: 1, data: Uint8Array.of(5, 6) } as const;
  assert.deepEqual(inColor(grey, "rgb"), {
    ...{ width: 2, height: 1, channels: 3, data: Uint8Array.of(5, 5, 5, 6, 6, 6) },
  });
});
