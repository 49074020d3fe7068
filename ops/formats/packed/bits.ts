/** Bits one after another, the highest of each byte first. */

/** The highest bits of a number that are written at once. */
const CHUNK = 24;
const CHUNK_SIZE = 1 << CHUNK;

/** Takes numbers of any width. */
export interface BitWriter {
  /** Bits written so far. */
  readonly length: number;
  /** The lowest `width` bits of a whole number below 2^53 (negative: two's complement). */
  write(value: number, width: number): void;
  /** Everything written, zeros filling the last byte. */
  bytes(): Uint8Array;
}

/** A writer with nothing in it. */
export function bitWriter(): BitWriter {
  let buffer = new Uint8Array(1024);
  let length = 0;

  const write = (value: number, width: number): void => {
    if (width > CHUNK) {
      // Of a negative number too these are the upper and the lower bits of its two's complement.
      write(Math.floor(value / CHUNK_SIZE), width - CHUNK);
      return write(value % CHUNK_SIZE, CHUNK);
    }
    if (length + width > buffer.length * 8) {
      const larger = new Uint8Array(buffer.length * 2);
      larger.set(buffer);
      buffer = larger;
    }
    for (let left = width; left > 0;) {
      const room = 8 - (length & 7);
      const taken = Math.min(room, left);
      const part = (value >>> (left - taken)) & ((1 << taken) - 1);
      buffer[length >> 3]! |= part << (room - taken);
      left -= taken;
      length += taken;
    }
  };

  return {
    get length() {
      return length;
    },
    write,
    bytes: () => buffer.slice(0, Math.ceil(length / 8)),
  };
}

/** Gives numbers back in the order in which they were written. */
export interface BitReader {
  /** Bits not read yet. */
  readonly left: number;
  /** A number of `width` bits, up to 53. Throws a RangeError where fewer are left. */
  read(width: number): number;
  /** A number of `width` bits up to 32 whose first bit is its sign. */
  readSigned(width: number): number;
}

/** A reader of bytes, from their first bit. */
export function bitReader(bytes: Uint8Array): BitReader {
  let at = 0;
  const end = bytes.length * 8;

  const read = (width: number): number => {
    if (width > end - at) throw new RangeError("the weights end too early");
    let value = 0;
    for (let left = width; left > 0;) {
      const room = 8 - (at & 7);
      const taken = Math.min(room, left);
      const part = (bytes[at >> 3]! >> (room - taken)) & ((1 << taken) - 1);
      value = value * (1 << taken) + part;
      left -= taken;
      at += taken;
    }
    return value;
  };

  return {
    get left() {
      return end - at;
    },
    read,
    readSigned(width) {
      const value = read(width);
      const size = width === 32 ? 4294967296 : 1 << width;
      return value >= size / 2 ? value - size : value;
    },
  };
}
