/** Files of pictures, told apart by their first bytes, whatever they are called. */
import { reasonOf } from "../../../engine/quote.ts";
import { MEMORY } from "../../../engine/size.ts";
import type { Picture } from "./picture.ts";

const PNG = [0x89, 0x50, 0x4e, 0x47];
const JPEG = [0xff, 0xd8, 0xff];

/** A picture from its file. Throws a RangeError that names it. */
export async function decodePicture(
  bytes: Uint8Array,
  name: string,
  memory: number = MEMORY,
): Promise<Picture> {
  const begins = (signature: readonly number[]) => signature.every((byte, i) => bytes[i] === byte);
  const [isPng, isJpeg] = [begins(PNG), begins(JPEG)];
  if (!isPng && !isJpeg) {
    throw new RangeError(`Cannot read "${name}": it is neither a PNG nor a JPEG file`);
  }
  try {
    if (isPng) return (await import("./decode_png.ts")).decodePng(bytes, memory);
    return (await import("./decode_jpeg.ts")).decodeJpeg(bytes, memory);
  } catch (error) {
    throw new RangeError(`Cannot read "${name}": ${reasonOf(error)}`, { cause: error });
  }
}
