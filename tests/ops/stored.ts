/** Bytes that an op takes for those of a file, in memory. */
import { digestOf } from "../../engine/digest.ts";
import type { Spill, StoredBytes } from "../../engine/run_context.ts";

/** Bytes as a store gives those of a blob. */
export function stored(bytes: Uint8Array): StoredBytes & { readonly reads: number } {
  let reads = 0;
  return {
    digest: digestOf(bytes),
    length: bytes.length,
    byteLength: bytes.length,
    get reads() {
      return reads;
    },
    readInto(into, from) {
      reads++;
      if (from + into.length > bytes.length) throw new Error("reads behind the end");
      into.set(bytes.subarray(from, from + into.length));
    },
    subarray(from, to) {
      reads++;
      return bytes.slice(from, to);
    },
  };
}

/** A file that is written in memory. */
export function spillInMemory(length: number): Promise<Spill> {
  const bytes = new Uint8Array(length);
  return Promise.resolve({
    write: (written, at) => Promise.resolve(bytes.set(written, at)),
    stored: () => Promise.resolve(stored(bytes)),
  });
}
