/** Pictures in grey or in colour. */
import type { Picture } from "./picture.ts";

/**
 * A picture in grey or colour. Grey of a colour is the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, in fixed point
 * of 16 bits as Pillow rounds it; colour of a grey is that grey three times.
 */
export function inColor(picture: Picture, color: "gray" | "rgb"): Picture {
  const channels = color === "gray" ? 1 : 3;
  if (picture.channels === channels) return picture;
  const { width, height, data } = picture;
  const pixels = width * height;
  const converted = channels === 3
    ? Uint8Array.from({ length: 3 * pixels }, (_, i) => data[Math.floor(i / 3)]!)
    : Uint8Array.from(
      { length: pixels },
      (_, i) =>
        (19595 * data[3 * i]! + 38470 * data[3 * i + 1]! + 7471 * data[3 * i + 2]! + 0x8000) >> 16,
    );
  return { width, height, channels, data: converted };
}
