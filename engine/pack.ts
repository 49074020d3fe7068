/**
 * Named arrays as bytes: a table sorted by name, one pack of the arrays under 64 KiB, a blob for each
 * larger one; little-endian throughout. Kinds that carry arrays build their manifests from it.
 */
import { sizeOf } from "./shape.ts";
import { type Digest, digestOf, type Json } from "./digest.ts";
import type { BlobReader } from "./kind.ts";
import type { StoredBytes } from "./run_context.ts";

/** Element types that artifacts may hold. */
type ArrayType = "float32" | "int32" | "int8" | "uint8" | "uint16";

/** An array with its shape, row-major. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Int8Array | Uint8Array | Uint16Array;
}

/** An array whose bytes may lie in a file. */
export interface LargeArray {
  readonly shape: readonly number[];
  readonly data: NamedArray["data"] | StoredBytes;
}

/** The table that stands in a manifest, and the blobs behind it. */
export interface Packed {
  readonly table: Json;
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
  /** Those that lie in files. */
  readonly stored: readonly StoredBytes[];
}

const PACK_LIMIT = 64 * 1024;

/** Whether so many bytes are a blob of their own, which may lie in a file. */
export const mayBeStored = (bytes: number): boolean => bytes >= PACK_LIMIT;

const constructors = {
  float32: Float32Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
} as const;

function typeOf(data: LargeArray["data"]): ArrayType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Int8Array) return "int8";
  if (data instanceof Uint16Array) return "uint16";
  return "uint8";
}

/**
 * Packs arrays; bytes in a file are a blob as they are. Throws a RangeError where a float is NaN or infinite, a shape and
 * its length disagree, or bytes in a file are too few to be a blob.
 */
export function packArrays(arrays: Readonly<Record<string, LargeArray>>): Packed {
  const blobs = new Map<Digest, Uint8Array>();
  const stored: StoredBytes[] = [];
  const rows: { [name: string]: Json }[] = [];
  const small: Uint8Array[] = [];
  let offset = 0;
  for (const name of Object.keys(arrays).sort()) {
    const { shape, data } = arrays[name]!;
    assertSound(name, shape, data);
    if (isStored(data)) {
      if (!mayBeStored(data.length)) {
        throw new RangeError(`Cannot pack "${name}": it is too small for a file`);
      }
      const { byteLength: bytes, digest: blob } = data;
      rows.push({ name, shape: [...shape], type: typeOf(data), bytes, blob });
      stored.push(data);
      continue;
    }
    // A copy: what an artifact holds must not change with the memory it came from.
    const bytes = new Uint8Array(data.byteLength);
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const row = { name, shape: [...shape], type: typeOf(data), bytes: bytes.byteLength };
    if (!mayBeStored(bytes.byteLength)) {
      rows.push({ ...row, offset });
      small.push(bytes);
      offset += bytes.byteLength;
    } else {
      const digest = digestOf(bytes);
      rows.push({ ...row, blob: digest });
      blobs.set(digest, bytes);
    }
  }
  const pack = new Uint8Array(offset);
  let at = 0;
  for (const bytes of small) {
    pack.set(bytes, at);
    at += bytes.byteLength;
  }
  if (offset === 0) return { table: { pack: null, arrays: rows }, blobs, stored };
  const digest = digestOf(pack);
  blobs.set(digest, pack);
  return { table: { pack: digest, arrays: rows }, blobs, stored };
}

/** Whether an array lies in a file. */
export function isStored(data: LargeArray["data"]): data is StoredBytes {
  return "digest" in data;
}

/** Reads the arrays of a table again; the result owns its memory. */
export async function unpackArrays(
  table: Json,
  read: (digest: Digest) => Promise<Uint8Array>,
): Promise<Record<string, NamedArray>> {
  return await unpackStored(table, read) as Record<string, NamedArray>;
}

/** The same; large arrays of bytes stay in their file where the reader says so. */
export async function unpackStored(
  table: Json,
  read: BlobReader,
): Promise<Record<string, LargeArray>> {
  const { pack, arrays } = table as unknown as {
    pack: Digest | null;
    arrays: {
      name: string;
      shape: number[];
      type: ArrayType;
      bytes: number;
      offset?: number;
      blob?: Digest;
    }[];
  };
  const packed = pack === null ? new Uint8Array() : await read(pack);
  const result: Record<string, LargeArray> = {};
  for (const row of arrays) {
    const stored = row.type === "uint8" && row.blob !== undefined
      ? await read.stored?.(row.blob, row.bytes)
      : undefined;
    if (stored !== undefined) {
      assertSound(row.name, row.shape, stored);
      result[row.name] = { shape: row.shape, data: stored };
      continue;
    }
    const bytes = row.blob === undefined
      ? packed.slice(row.offset!, row.offset! + row.bytes)
      : (await read(row.blob)).slice();
    const data = new constructors[row.type](bytes.buffer as ArrayBuffer);
    assertSound(row.name, row.shape, data);
    result[row.name] = { shape: row.shape, data };
  }
  return result;
}

function assertSound(name: string, shape: readonly number[], data: LargeArray["data"]): void {
  const size = sizeOf(shape);
  if (size !== data.length) {
    throw new RangeError(
      `Cannot pack "${name}": its shape ${
        shape.join("×")
      } needs ${size} values, it has ${data.length}`,
    );
  }
  if (!(data instanceof Float32Array)) return;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new RangeError(`Cannot pack "${name}": value ${i} is ${data[i]}, artifacts are finite`);
    }
  }
}
