/** Files that may be gzipped. */
import { unpacked, type UnpackOptions } from "../../engine/unpack.ts";

/**
 * A file's content: unpacked if it begins as gzip does, else as it is. Throws a RangeError naming the file, also where
 * it would become larger than a file of its size may.
 */
export async function gunzipped(
  bytes: Uint8Array,
  name: string,
  options: Omit<UnpackOptions, "compression"> = {},
): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await unpacked(bytes, options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`Cannot unpack "${name}": ${error.message}`, { cause: error });
  }
}
