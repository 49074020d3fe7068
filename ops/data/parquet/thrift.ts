/**
 * Thrift's compact protocol, as far as Parquet uses it: every read lies inside the bytes and moves on, whatever they are.
 * The library that reads Parquet trusts what it reads; what it is given has been through here.
 */

/** A value: a struct is its fields by number. Numbers of 64 bits are those that a double holds. */
type Thrift = boolean | number | Uint8Array | readonly Thrift[] | Struct;

/** A struct. */
export interface Struct {
  readonly [field: number]: Thrift;
}

/** Thrown where bytes are not what they must be. */
export class DamagedError extends RangeError {
  override readonly name = "DamagedError";
}

const STOP = 0;
const [TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9],
  12,
] as [1, 2, 3, 4, 5, 6, 7, 8, 9, 12];

/** Parquet's own structures are no deeper. */
const DEEPEST = 16;

/** Where a reader stands in bytes that end at `end`. */
interface ThriftCursor {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;
}

/** The struct that begins at `at` and where it ends. Throws a DamagedError where it is none, or reaches to `end`. */
export function readStruct(
  bytes: Uint8Array,
  at: number,
  end: number,
): { readonly value: Struct; readonly end: number } {
  const cursor = { bytes, end, at };
  const value = struct(cursor, 0);
  return { value, end: cursor.at };
}

function byte(cursor: ThriftCursor): number {
  if (cursor.at >= cursor.end) throw new DamagedError("a structure is cut off");
  return cursor.bytes[cursor.at++]!;
}

/** Seven bits a byte, the lowest first; at most `most` bytes. */
function variable(cursor: ThriftCursor, most: number): bigint {
  let result = 0n;
  for (let i = 0; i < most; i++) {
    const next = byte(cursor);
    result |= BigInt(next & 0x7f) << BigInt(7 * i);
    if (next < 0x80) return result;
  }
  throw new DamagedError("a number is too long");
}

function whole(cursor: ThriftCursor, most: number): number {
  const zigzag = variable(cursor, most);
  const number = Number((zigzag >> 1n) ^ -(zigzag & 1n));
  if (most === 5 && number !== (number | 0)) throw new DamagedError("a number is too large");
  return number;
}

/** A size that is too large is found by what is read next: nothing ends a structure but a byte of its own. */
function size(cursor: ThriftCursor): number {
  return Number(variable(cursor, 5));
}

function struct(cursor: ThriftCursor, depth: number): Struct {
  const fields: Record<number, Thrift> = {};
  let field = 0;
  for (let head = byte(cursor); (head & 15) !== STOP; head = byte(cursor)) {
    field = head >> 4 === 0 ? whole(cursor, 5) : field + (head >> 4);
    fields[field] = element(cursor, head & 15, depth);
  }
  return fields;
}

function element(cursor: ThriftCursor, type: number, depth: number): Thrift {
  if (depth > DEEPEST) throw new DamagedError("its structures are too deep");
  switch (type) {
    case TRUE:
      return true;
    case FALSE:
      return false;
    case BYTE:
      return byte(cursor) << 24 >> 24;
    case I16:
    case I32:
      return whole(cursor, 5);
    case I64:
      return whole(cursor, 10);
    case DOUBLE:
      return new DataView(Uint8Array.from({ length: 8 }, () => byte(cursor)).buffer)
        .getFloat64(0, true);
    case BINARY: {
      const length = size(cursor);
      cursor.at += length;
      return cursor.bytes.subarray(cursor.at - length, cursor.at);
    }
    case LIST:
      return list(cursor, depth);
    case STRUCT:
      return struct(cursor, depth + 1);
    default:
      throw new DamagedError("a structure has a field of no known type");
  }
}

function list(cursor: ThriftCursor, depth: number): readonly Thrift[] {
  const head = byte(cursor);
  const count = head >> 4 === 15 ? size(cursor) : head >> 4;
  // Each item takes a byte at least, those of truth values too.
  const item = (head & 15) === TRUE || (head & 15) === FALSE ? BYTE : head & 15;
  const items: Thrift[] = [];
  for (let i = 0; i < count; i++) items.push(element(cursor, item, depth + 1));
  return items;
}

/** A whole number from 0 on, or the one that stands for an absent field. */
export function countIn(struct: Struct, field: number, absent?: number): number {
  const value = struct[field] ?? absent;
  if (Number.isSafeInteger(value) && value as number >= 0) return value as number;
  throw new DamagedError("a size in its header cannot be");
}

/** A list of structs. */
export function structsIn(struct: Struct, field: number): readonly Struct[] {
  const value = struct[field];
  if (Array.isArray(value) && value.every(isStruct)) return value;
  throw new DamagedError("a list in its header is missing");
}

/** A struct within another. */
export function structIn(struct: Struct, field: number): Struct {
  const value = struct[field];
  if (isStruct(value)) return value;
  throw new DamagedError("a part of its header is missing");
}

function isStruct(value: Thrift | undefined): value is Struct {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array);
}
