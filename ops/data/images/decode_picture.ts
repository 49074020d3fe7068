/** Files of pictures, told apart by their first bytes, whatever they are called. */
import { reasonOf } from "../../../engine/quote.ts";
import { MEMORY } from "../../../engine/size.ts";
import type { Picture } from "./picture.ts";

const PNG = [0x89, 0x50, 0x4e, 0x47];
const JPEG = [0xff, 0xd8, 0xff];
const RIFF = [0x52, 0x49, 0x46, 0x46];
const WEBP = [0x57, 0x45, 0x42, 0x50];

/** A picture from its file. Throws a RangeError that names it. */
export async function decodePicture(
  bytes: Uint8Array,
  name: string,
  memory: number = MEMORY,
): Promise<Picture> {
  const has = (signature: readonly number[], at = 0) =>
    signature.every((byte, i) => bytes[at + i] === byte);
  const [isPng, isJpeg, isWebp] = [has(PNG), has(JPEG), has(RIFF) && has(WEBP, 8)];
  if (!isPng && !isJpeg && !isWebp) {
    throw new RangeError(`Cannot read "${name}": it is neither a PNG nor a JPEG nor a WebP file`);
  }
  try {
    if (isWebp) return await (await import("./decode_webp.ts")).decodeWebp(bytes, memory);
    if (isPng) return (await import("./decode_png.ts")).decodePng(bytes, memory);
    return (await import("./decode_jpeg.ts")).decodeJpeg(bytes, memory);
  } catch (error) {
    throw new RangeError(`Cannot read "${name}": ${reasonOf(error)}`, { cause: error });
  }
}
