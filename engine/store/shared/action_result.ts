/**
 * A record as it travels under `/ac/`: the `ActionResult` of Bazel's remote execution API in protocol buffers, which
 * servers check before they keep it. The record is the action's standard output and its blobs are its output files, so
 * that a server keeps them as long as the record, and answers no record whose blobs are gone.
 */
import type { BlobSize } from "../store.ts";

/** Numbers of fields: of ActionResult, of its OutputFile, and of that one's Digest. */
const FIELDS = { outputFiles: 2, stdoutRaw: 5, path: 1, digest: 2, hash: 1, sizeBytes: 2 } as const;

/** How a field is written: a number, or bytes with their length before them. */
const [VARINT, BYTES] = [0, 2];

/** Bytes of the wire types that have a fixed size. */
const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** The bytes to put under `/ac/`. */
export function encodeActionResult(
  record: Uint8Array,
  blobs: readonly BlobSize[],
): Uint8Array<ArrayBuffer> {
  const { outputFiles, stdoutRaw, path, digest, hash, sizeBytes } = FIELDS;
  const text = new TextEncoder();
  const files = blobs.map((blob) => {
    const name = text.encode(blob.digest);
    const size = [...varint(sizeBytes << 3 | VARINT), ...varint(blob.bytes)];
    const inner = joined([bytesField(hash, name), new Uint8Array(size)]);
    return bytesField(outputFiles, joined([bytesField(path, name), bytesField(digest, inner)]));
  });
  return joined([...files, bytesField(stdoutRaw, record)]);
}

/** The record in such bytes; undefined where they are none. Fields that servers add are passed over. */
export function decodeActionResult(bytes: Uint8Array): Uint8Array | undefined {
  let at = 0;
  let record: Uint8Array | undefined;
  const number = (): number | undefined => {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) return undefined;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return undefined;
  };
  while (at < bytes.byteLength) {
    const tag = number();
    if (tag === undefined) return undefined;
    const [field, type] = [Math.floor(tag / 8), tag % 8];
    if (type === VARINT) {
      // A negative number takes ten bytes, which is more than `number` reads.
      while (bytes[at++]! >= 128);
      continue;
    }
    const size = type === BYTES ? number() : FIXED[type];
    if (size === undefined || size > bytes.byteLength - at) return undefined;
    if (field === FIELDS.stdoutRaw && type === BYTES) record = bytes.subarray(at, at + size);
    at += size;
  }
  return at === bytes.byteLength ? record : undefined;
}

function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return joined([
    new Uint8Array([...varint(field << 3 | BYTES), ...varint(bytes.byteLength)]),
    bytes,
  ]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value;; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push(left % 128 + 128);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
