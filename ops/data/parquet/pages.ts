/**
 * Passes over every page of a Parquet file before it is read: sizes and numbers in headers are held against the bytes behind
 * them, and no encoding says more values than its page has.
 */
import { assertFits } from "../../../engine/size.ts";
import { unpackedPage } from "./codecs.ts";
import { type ColumnChunk, columnChunks, type Leaf } from "./layout.ts";
import { blocksOf, type Cursor, passRuns, readDifferences } from "./runs.ts";
import { countIn, DamagedError, readStruct, type Struct, structIn } from "./thrift.ts";

/** Types of pages. */
const [DATA, DICTIONARY, DATA2] = [0, 2, 3];
/** Encodings of values. */
const [PLAIN, PLAIN_DICTIONARY, RUNS, DELTA, DELTA_LENGTHS, DELTA_TEXTS, INDICES] = [
  0,
  2,
  3,
  5,
  6,
  7,
  8,
];
/** Bytes that a value takes once it is read, for each list that it may be in once more. */
const VALUE = 16;

/**
 * Throws a DamagedError where a file is not as it should be, a MemoryError where what it holds would take more than
 * `memory`.
 */
export function assertParquet(bytes: Uint8Array, what: string, memory: number): void {
  const chunks = columnChunks(bytes);
  const needed = chunks.reduce(
    (sum, { values, rows, leaf }) =>
      sum + Math.max(values, rows) * VALUE * (1 + leaf.levels.definition),
    0,
  );
  assertFits(what, needed, memory, "divide the file");
  for (const chunk of chunks) passChunk(bytes, chunk, memory, what);
}

function passChunk(bytes: Uint8Array, chunk: ColumnChunk, memory: number, what: string): void {
  const { leaf, codec, rows, to } = chunk;
  let values = 0;
  let unpacked = 0;
  // The library stops a byte before the end, and with a flat column's last row.
  for (let at = chunk.from; at < to - 1 && !(leaf.flat && values >= rows);) {
    const { value: header, end } = readStruct(bytes, at, to);
    const [size, packed] = [countIn(header, 2), countIn(header, 3)];
    if (packed > to - end) throw new DamagedError("a page reaches behind its column");
    if (size > codec.most(packed)) {
      throw new DamagedError("a page says more bytes than it can hold");
    }
    unpacked += size;
    assertFits(what, 2 * unpacked, memory, "divide the file");
    values += passPage(header, bytes.subarray(end, end + packed), size, chunk);
    at = end + packed;
  }
  if (values !== (leaf.flat ? rows : chunk.values)) {
    throw new DamagedError("a column has more values or fewer than its header says");
  }
}

/** The values of a page of data; none of another. */
function passPage(header: Struct, packed: Uint8Array, size: number, chunk: ColumnChunk): number {
  const { leaf, codec } = chunk;
  const type = countIn(header, 1);
  if (type === DICTIONARY) {
    const { length } = unpackedPage(codec, packed, size);
    if (countIn(structIn(header, 7), 1) <= 8 * length) return 0;
    throw new DamagedError("a dictionary says more values than it can hold");
  }
  if (type === DATA) {
    const about = structIn(header, 5);
    const count = valuesIn(about, chunk);
    const cursor = { bytes: unpackedPage(codec, packed, size), at: 0 };
    if (leaf.levels.repetition > 0) passLevels(cursor, leaf.levels.repetition, count);
    const { definition } = leaf.levels;
    const there = definition > 0 ? passLevels(cursor, definition, count) : count;
    passValues(cursor, countIn(about, 2), { count: there, second: false }, leaf);
    return count;
  }
  if (type !== DATA2) throw new DamagedError("a page is of no known type");
  const about = structIn(header, 8);
  const count = valuesIn(about, chunk);
  const there = count - countIn(about, 2);
  const [definitions, repetitions] = [countIn(about, 5), countIn(about, 6)];
  const front = definitions + repetitions;
  if (there < 0 || front > packed.length || front > size) {
    throw new DamagedError("a page says more values than it can hold");
  }
  if (leaf.levels.repetition > 0) {
    passRuns({ bytes: packed, at: 0 }, bits(leaf.levels.repetition), count);
  }
  if (leaf.levels.definition > 0) {
    passRuns({ bytes: packed, at: repetitions }, bits(leaf.levels.definition), count);
  }
  // What is not compressed is not measured by the library either.
  const rest = packed.subarray(leaf.levels.definition > 0 ? front : repetitions);
  const page = about[7] === false ? rest : unpackedPage(codec, rest, size - front);
  passValues({ bytes: page, at: 0 }, countIn(about, 4), { count: there, second: true }, leaf);
  return count;
}

function valuesIn(about: Struct, { leaf, rows, values }: ColumnChunk): number {
  const count = countIn(about, 1);
  if (count <= (leaf.flat ? rows : values)) return count;
  throw new DamagedError("a page says more values than its column has");
}

/** Levels with their size in front; how many are the highest. */
function passLevels(cursor: Cursor, highest: number, count: number): number {
  const size = sizeAt(cursor);
  const start = cursor.at;
  const found = passRuns(cursor, bits(highest), count, highest);
  cursor.at = start + size;
  return found;
}

/** A size of 32 bits, and that many bytes behind it. */
function sizeAt(cursor: Cursor): number {
  const { bytes } = cursor;
  if (cursor.at + 4 > bytes.length) throw new DamagedError("a page is cut off");
  const size = new DataView(bytes.buffer, bytes.byteOffset + cursor.at, 4).getUint32(0, true);
  cursor.at += 4;
  if (size <= bytes.length - cursor.at) return size;
  throw new DamagedError("a page is cut off");
}

function passValues(
  cursor: Cursor,
  encoding: number,
  { count, second }: { readonly count: number; readonly second: boolean },
  { type, width }: Leaf,
): void {
  const { bytes } = cursor;
  const left = bytes.length - cursor.at;
  switch (encoding) {
    case RUNS:
      if (type !== 0) throw new DamagedError("a page is encoded in a way that its type has not");
      sizeAt(cursor);
      return void passRuns(cursor, 1, count);
    case PLAIN_DICTIONARY:
    case INDICES: {
      if (type === 0 && !second) throw new DamagedError("truth values stand in no dictionary");
      const size = bytes[cursor.at++];
      if (size === undefined || size > 32) throw new DamagedError("a page is cut off");
      // Where all are the first, nothing is written.
      if (size > 0 || second) passRuns(cursor, size, count);
      return;
    }
    case DELTA: {
      if (blocksOf(cursor).minis <= bytes.length) return;
      throw new DamagedError("a page has blocks of no size that there is");
    }
    case DELTA_LENGTHS:
      return void readDifferences(cursor, count);
    case DELTA_TEXTS:
      return passTexts(
        readDifferences(cursor, count),
        readDifferences(cursor, count),
        bytes.length,
      );
    default: {
      // Plain values, one after another or byte by byte: a bit each at least.
      const least = encoding === PLAIN ? 1 / 8 : width;
      if (count * least > left) throw new DamagedError("a page says more values than it can hold");
    }
  }
}

/** Texts that go on as the one before begins: of much less than the page may grow. */
function passTexts(prefixes: Int32Array, suffixes: Int32Array, size: number): void {
  let [before, all] = [0, 0];
  prefixes.forEach((prefix, i) => {
    const suffix = suffixes[i]!;
    if (prefix < 0 || prefix > before || suffix < 0 || suffix > size) {
      throw new DamagedError("a page has a text of no length that there is");
    }
    before = prefix + suffix;
    all += before;
    if (all > LONGEST_TEXTS) {
      throw new DamagedError("a page's texts are longer than 1 GiB together");
    }
  });
}

const LONGEST_TEXTS = 1 << 30;

const bits = (highest: number): number => 32 - Math.clz32(highest);
