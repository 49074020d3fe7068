/**
 * Deflated bytes from outside (RFC 1950 to 1952), unpacked up to a limit: a small file can stand for any number of zeros.
 * Checksums are verified.
 */
import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

/** No deflated byte stands for more: 258 bytes cost two bits at least. */
export const HIGHEST_RATIO = 1032;

/** Thrown where there is more behind the bytes than may be. */
export class InflatedError extends RangeError {
  override readonly name = "InflatedError";
}

const forms = { gzip: gunzipSync, zlib: inflateSync, raw: inflateRawSync } as const;

/**
 * What bytes unpack to. Throws an InflatedError where that is more than `most` bytes, a RangeError where they are damaged or
 * cut off.
 */
export function inflated(
  bytes: Uint8Array,
  form: keyof typeof forms,
  most: number,
): Uint8Array<ArrayBuffer> {
  const limit = Math.max(1, Math.min(Math.floor(most), bytes.length * HIGHEST_RATIO + 1024));
  try {
    const whole = forms[form](bytes, { maxOutputLength: limit, chunkSize: CHUNK });
    return new Uint8Array(whole.buffer as ArrayBuffer, whole.byteOffset, whole.byteLength);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE") {
      throw new InflatedError(`it unpacks to more than ${limit} bytes`, { cause });
    }
    throw new RangeError("its compressed data are damaged or cut off", { cause });
  }
}

const CHUNK = 1 << 16;
