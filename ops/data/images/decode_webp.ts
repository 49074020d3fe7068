/** WebP files (RFC 9649) as pictures: still ones, with loss or without; transparency is dropped. */
import { loadWebp } from "../../../engine/deps/jsquash_webp.ts";
import { assertDecodable, assertPixels, type Picture } from "./picture.ts";

/** Bytes for each pixel while a file is decoded: planes or a transform of it, and twice the picture. */
const PER_PIXEL = 16;

/** The flag of an extended file that is an animation. */
const ANIMATED = 0x02;

/** Throws an Error where the file is damaged, too large, or an animation. */
export async function decodeWebp(bytes: Uint8Array, memory: number): Promise<Picture> {
  const { width, height } = sizeIn(bytes);
  assertPixels(width, height);
  assertDecodable(PER_PIXEL * width * height, memory);
  const decode = await loadWebp();
  const { data } = await decode(bytes.slice().buffer).catch(() => {
    throw new Error("it is damaged or cut off");
  });
  const pixels = Uint8Array.from(
    { length: 3 * width * height },
    (_, i) => data[4 * Math.floor(i / 3) + i % 3]!,
  );
  return { width, height, channels: 3, data: pixels };
}

/** Width and height, as the first chunk says them. */
function sizeIn(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 30) throw new Error("it is cut off");
  const kind = new TextDecoder().decode(bytes.subarray(12, 16));
  switch (kind) {
    case "VP8 ":
      return {
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + (bits >> 14 & 0x3fff) };
    }
    case "VP8X":
      if ((bytes[20]! & ANIMATED) !== 0) {
        throw new Error("it is an animation, which is not supported");
      }
      return {
        width: 1 + (view.getUint32(24, true) & 0xffffff),
        height: 1 + (view.getUint32(26, true) >>> 8),
      };
    default:
      throw new Error("its header is damaged");
  }
}
