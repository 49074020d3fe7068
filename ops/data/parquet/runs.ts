/** The encodings of a Parquet page whose loops run as often as their bytes say: run lengths, and differences. */
import { DamagedError } from "./thrift.ts";

/** A place in the bytes of a page. */
export interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** A number of at most 32 bits, seven bits a byte. */
export function variable(cursor: Cursor): number {
  let result = 0;
  for (let shift = 1, i = 0; i < 5; i++, shift *= 128) {
    const next = cursor.bytes[cursor.at++];
    if (next === undefined) break;
    result += (next & 0x7f) * shift;
    if (next < 0x80) return result;
  }
  throw new DamagedError("a page is cut off");
}

/**
 * Passes over runs of `count` numbers of `width` bits (runs of one number, and packed ones), and says how many of them are
 * `wanted`. Throws a DamagedError where the runs are more than so many, or end before.
 */
export function passRuns(cursor: Cursor, width: number, count: number, wanted = -1): number {
  let found = 0;
  const bytes = Math.ceil(width / 8);
  for (let seen = 0; seen < count;) {
    const head = variable(cursor);
    const packed = head % 2 === 1;
    const said = Math.floor(head / 2);
    const length = packed ? said * 8 : said;
    // Packed numbers come in eights: the last may be more than there are.
    if (length > count - seen + (packed ? 7 : 0)) {
      throw new DamagedError("a page has a run of more values than it has");
    }
    const size = packed ? length * width / 8 : bytes;
    if (cursor.at + size > cursor.bytes.length) throw new DamagedError("a page is cut off");
    const taken = Math.min(length, count - seen);
    if (wanted >= 0) {
      found += packed
        ? packedEqual(cursor, width, taken, wanted)
        : runIs(cursor, bytes, wanted) * taken;
    }
    cursor.at += size;
    seen += taken;
  }
  return found;
}

function runIs({ bytes, at }: Cursor, size: number, wanted: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  return value === wanted ? 1 : 0;
}

function packedEqual({ bytes, at }: Cursor, width: number, count: number, wanted: number): number {
  let found = 0;
  for (let i = 0, bit = 0; i < count; i++) {
    let value = 0;
    for (let b = 0; b < width; b++, bit++) {
      value |= (bytes[at + (bit >> 3)]! >> (bit & 7) & 1) << b;
    }
    if (value === wanted) found++;
  }
  return found;
}

/**
 * Reads `count` whole numbers by their differences (DELTA_BINARY_PACKED), modulo 2³². Throws a DamagedError where blocks are
 * of no size that there is, or end before.
 */
export function readDifferences(cursor: Cursor, count: number): Int32Array {
  const { minis, each } = blocksOf(cursor);
  const values = new Int32Array(count);
  let value = zigzag(cursor);
  values[0] = value;
  for (let at = 1; at < count;) {
    const least = zigzag(cursor);
    const widths = cursor.bytes.subarray(cursor.at, cursor.at += minis);
    if (widths.length < minis) throw new DamagedError("a page is cut off");
    for (let mini = 0; mini < minis && at < count; mini++) {
      const width = widths[mini]!;
      const size = each * width / 8;
      if (width > 64 || cursor.at + size > cursor.bytes.length) {
        throw new DamagedError("a page is cut off");
      }
      const until = Math.min(count, at + each);
      for (let bit = 0; at < until; at++) {
        let difference = 0;
        for (let b = 0; b < width; b++, bit++) {
          if (b < 32) difference |= (cursor.bytes[cursor.at + (bit >> 3)]! >> (bit & 7) & 1) << b;
        }
        value = value + least + difference | 0;
        values[at] = value;
      }
      cursor.at += size;
    }
  }
  return values;
}

/** The sizes of the blocks that differences come in: how many parts, and how many values in each. */
export function blocksOf(cursor: Cursor): { readonly minis: number; readonly each: number } {
  const [block, minis] = [variable(cursor), variable(cursor)];
  // The number of values, which the page's header has said.
  variable(cursor);
  const each = block / minis;
  if (Number.isInteger(each / 8) && block >= 8 && block <= 1 << 24) return { minis, each };
  throw new DamagedError("a page has blocks of no size that there is");
}

/** Ten bytes at most, of which 32 bits count. */
function zigzag(cursor: Cursor): number {
  let result = 0n;
  for (let i = 0n; i < 10n; i++) {
    const next = cursor.bytes[cursor.at++];
    if (next === undefined) break;
    result |= BigInt(next & 0x7f) << 7n * i;
    if (next < 0x80) return Number(BigInt.asIntN(32, (result >> 1n) ^ -(result & 1n)));
  }
  throw new DamagedError("a page is cut off");
}
