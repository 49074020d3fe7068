/** How the pages of a Parquet file are compressed: `CompressionCodec` of parquet.thrift, by its numbers. */
import { snappyUncompress } from "../../../engine/deps/hyparquet.ts";
import { HIGHEST_RATIO, unpackedSync } from "../../../engine/unpack.ts";
import { DamagedError } from "./thrift.ts";

/** A compression that can be read. */
export interface Codec {
  /** As the format calls it. */
  readonly name: "UNCOMPRESSED" | "SNAPPY" | "GZIP" | "BROTLI" | "ZSTD";
  /** The most bytes that so many compressed ones can decompress to. */
  most(packed: number): number;
  /** The decompressed bytes. Throws where they are more than `size`; they may be fewer. */
  unpacked(packed: Uint8Array, size: number): Uint8Array;
}

const CODECS: Readonly<Record<number, Codec>> = {
  0: { name: "UNCOMPRESSED", most: (packed) => packed, unpacked: (packed) => packed },
  1: {
    name: "SNAPPY",
    // It copies 64 bytes by three.
    most: (packed) => packed * 22 + 64,
    unpacked(packed, size) {
      const page = new Uint8Array(size);
      snappyUncompress(packed, page);
      return page;
    },
  },
  2: {
    name: "GZIP",
    most: (packed) => packed * HIGHEST_RATIO,
    unpacked: (packed, size) => unpackedSync(packed, "gzip", size),
  },
  // These two have no highest ratio: only the memory limits them.
  4: {
    name: "BROTLI",
    most: () => Infinity,
    unpacked: (packed, size) => unpackedSync(packed, "brotli", size),
  },
  6: {
    name: "ZSTD",
    most: () => Infinity,
    unpacked: (packed, size) => unpackedSync(packed, "zstd", size),
  },
};

/** Those that cannot be read. */
const UNREADABLE: Readonly<Record<number, string>> = { 3: "LZO", 5: "LZ4", 7: "LZ4" };

/** What a column's part says of its pages. Throws a DamagedError where they cannot be read. */
export function codecOf(number: number): Codec {
  const codec = CODECS[number];
  if (codec !== undefined) return codec;
  const packed = UNREADABLE[number] ?? "nothing that is known";
  throw new DamagedError(
    `its pages are compressed by ${packed}; write it with Snappy, gzip, Brotli or Zstandard, or uncompressed`,
  );
}

/** The bytes of a page, as many as its header says. Throws a DamagedError where they are others. */
export function unpackedPage(codec: Codec, packed: Uint8Array, size: number): Uint8Array {
  let page: Uint8Array;
  try {
    // A page without values may have no compressed bytes either, which is no stream of any codec.
    page = packed.length === 0 ? packed : codec.unpacked(packed, size);
  } catch (cause) {
    throw new DamagedError(`a page is damaged: ${codec.name} cannot unpack it`, { cause });
  }
  if (page.length === size || codec.name === "UNCOMPRESSED") return page;
  throw new DamagedError(
    `a page is damaged: ${codec.name} unpacks it to another size than it says`,
  );
}

/** The codecs that the library has not. */
export const compressors = Object.fromEntries(
  [2, 4, 6].map((number) => {
    const codec = CODECS[number]!;
    return [
      codec.name,
      (packed: Uint8Array, size: number) => unpackedPage(codec, packed, size),
    ];
  }),
);
