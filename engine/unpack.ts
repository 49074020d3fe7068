/**
 * Bytes of unknown size, gathered once, and compressed bytes, unpacked: both within limits that are checked while they
 * come, because a small file can stand for any number of zeros.
 */
import { nodeZlib } from "./deps/node.ts";
import { MEMORY } from "./size.ts";

/** No deflated byte stands for more: 258 bytes cost two bits at least. */
export const HIGHEST_RATIO = 1032;

/**
 * What compressed bytes from elsewhere may unpack to: so many times their size, and so many bytes however few they are.
 * Nothing but zeros and the like comes near the highest ratio.
 */
export const EXPANSION = { times: 100, least: 16 * 1024 ** 2 } as const;

/** Bytes handed to the decompressor at a time: what comes of them is in memory before it can be counted. */
const PIECE = 1 << 14;

/** Bytes that the decompressor of `unpackedSync` makes at a time. */
const CHUNK = 1 << 16;

/** Milliseconds of unpacking after which the rest of the process has its turn. */
const BUSY_MS = 20;

/** The first capacity of a buffer whose size is not known. */
const FIRST = 1 << 16;

/** Forms of deflated bytes (RFC 1952, 1950, 1951), as `DecompressionStream` calls them. */
type Compression = "gzip" | "deflate" | "deflate-raw";

/** Thrown where bytes are more than they may be; the message begins with the number of bytes that is too large. */
export class TooLargeError extends RangeError {
  override readonly name = "TooLargeError";
}

/** How much may be gathered. */
interface GatherOptions {
  /** Most bytes. */
  readonly limit: number;
  /** How many bytes are promised, if any are; nothing is allocated for a promise alone. */
  readonly expected?: number | undefined;
  /** Stops. */
  readonly signal?: AbortSignal | undefined;
}

/** All bytes of a stream, held once. Throws a TooLargeError as soon as they are more than the limit. */
export async function gathered(
  stream: AsyncIterable<Uint8Array>,
  { limit, expected = limit, signal }: GatherOptions,
): Promise<Uint8Array> {
  let bytes = new Uint8Array(Math.min(FIRST, expected, limit));
  let size = 0;
  for await (const chunk of stream) {
    signal?.throwIfAborted();
    const needed = size + chunk.byteLength;
    if (needed > limit) throw new TooLargeError(`more than ${limit} bytes`);
    if (needed > bytes.byteLength) {
      const grown = Math.max(needed, Math.min(2 * bytes.byteLength, limit));
      const larger = new Uint8Array(needed <= expected ? Math.min(grown, expected) : grown);
      larger.set(bytes.subarray(0, size));
      // Given back at once: waiting for the collector would hold what is read twice.
      bytes.buffer.transfer(0);
      bytes = larger;
    }
    bytes.set(chunk, size);
    size = needed;
  }
  signal?.throwIfAborted();
  return bytes.subarray(0, size);
}

/** How much may be unpacked. */
interface UnpackOptions {
  /** Default gzip. */
  readonly compression?: Compression;
  /** Most bytes that packed and unpacked bytes may take together; default `MEMORY`. */
  readonly memory?: number | undefined;
  /** Stops. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compressed bytes, unpacked. Throws a TooLargeError as soon as they are more than `EXPANSION` and the memory allow, a
 * RangeError where they are damaged or cut off.
 */
export async function unpacked(
  packed: Uint8Array,
  { compression = "gzip", memory = MEMORY, signal }: UnpackOptions = {},
): Promise<Uint8Array> {
  const sent = packed.byteLength;
  const relative = Math.max(EXPANSION.times * sent, EXPANSION.least);
  const limit = Math.min(relative, Math.max(memory - sent, 0));
  let at = 0;
  let rested = performance.now();
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      // Nothing here waits for anything outside: without a pause no signal would be handled until the end.
      if (performance.now() - rested > BUSY_MS) {
        await new Promise((resolve) => setTimeout(resolve));
        rested = performance.now();
      }
      if (at >= sent) return controller.close();
      controller.enqueue(packed.slice(at, at + PIECE));
      at += PIECE;
    },
  }, { highWaterMark: 0 });
  try {
    const stream = pieces.pipeThrough(new DecompressionStream(compression));
    return await gathered(stream, { limit, signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TooLargeError) {
      const why = relative > limit
        ? `the memory that a run may use is ${memory}`
        : `that is ${EXPANSION.times} times their size, or ${EXPANSION.least}`;
      throw new TooLargeError(`its ${sent} bytes unpack to more than ${limit}; ${why}`);
    }
    throw damaged(compression, error);
  }
}

const unpackers = {
  gzip: "gunzipSync",
  deflate: "inflateSync",
  "deflate-raw": "inflateRawSync",
  brotli: "brotliDecompressSync",
  zstd: "zstdDecompressSync",
} as const;

/**
 * The same at once, for readers whose thread has nothing else to do and that know how much there may be. Throws a
 * TooLargeError where the bytes unpack to more than `most`, a RangeError where they are damaged or cut off.
 */
export function unpackedSync(
  packed: Uint8Array,
  compression: keyof typeof unpackers,
  most: number,
): Uint8Array<ArrayBuffer> {
  const isDeflated = compression !== "brotli" && compression !== "zstd";
  const possible = isDeflated ? packed.length * HIGHEST_RATIO + 1024 : Infinity;
  const limit = Math.max(1, Math.min(Math.floor(most), possible));
  try {
    const options = { maxOutputLength: limit, chunkSize: CHUNK };
    const whole = nodeZlib()[unpackers[compression]](packed, options);
    return new Uint8Array(whole.buffer as ArrayBuffer, whole.byteOffset, whole.byteLength);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE") {
      throw new TooLargeError(`it unpacks to more than ${limit} bytes`, { cause });
    }
    throw damaged("compressed", cause);
  }
}

const damaged = (what: Compression | "compressed", cause: unknown): RangeError =>
  new RangeError(`its ${what} data are damaged or cut off`, { cause });
