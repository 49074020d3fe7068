/** JPEG files (ITU-T T.81) as pictures. Orientation tags of cameras are not applied, as most readers of training data do. */
import { decodeJpegFile } from "../../../engine/deps/jpeg_js.ts";
import { MOST_MEGAPIXELS, type Picture } from "./picture.ts";

/** Throws an Error where the file is damaged or too large. */
export function decodeJpeg(bytes: Uint8Array): Picture {
  const { width, height, data } = decodeJpegFile(bytes, MOST_MEGAPIXELS);
  if (componentsOf(bytes) !== 1) return { width, height, channels: 3, data };
  const grey = Uint8Array.from({ length: width * height }, (_, pixel) => data[3 * pixel]!);
  return { width, height, channels: 1, data: grey };
}

/** How many components a file's frame header names: 1 for grey. Segments stand before it one after another. */
function componentsOf(bytes: Uint8Array): number {
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return 3;
    const marker = bytes[at + 1]!;
    // Fill bytes may stand before a marker; 0xC4, 0xC8 and 0xCC begin no frame.
    if (marker === 0xff) at += 1;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return bytes[at + 9]!;
    } else at += 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
  }
  return 3;
}
