/**
 * Arrays of an HDF5 file that lie in pieces of one shape, perhaps compressed (HDF5 File Format Specification 3.0, sections
 * III.A.1 and IV.A.2.l): a tree says where each lies. Filters that are known: deflate, shuffle and the checksum that
 * Fletcher's is.
 */
import { sizeOf } from "../../../../engine/shape.ts";
import { took } from "../../../../engine/thread.ts";
import { HIGHEST_RATIO, unpackedSync } from "../../../../engine/unpack.ts";
import type { FileBytes } from "./file_bytes.ts";
import type { Message } from "./objects.ts";

const FILTER = { deflate: 1, shuffle: 2, checksum: 3 } as const;

/** No tree of pieces is deeper: each level has at least twice as many nodes. */
const DEEPEST = 40;

/** Where a piece begins in the array, and its bytes as they lie. */
interface StoredChunk {
  readonly first: readonly number[];
  readonly bytes: Uint8Array;
  /** Filters that it went without, by their places in bits. */
  readonly without: number;
}

/** What an array in pieces is. */
interface ChunkedArray {
  readonly shape: readonly number[];
  /** Bytes of one value. */
  readonly size: number;
  readonly layout: Message;
  readonly filters: Message | undefined;
  /** The error of a form that is not known. */
  readonly wrong: (why: string) => RangeError;
}

/** The bytes of an array, in order. Throws a RangeError where a piece is missing or packed otherwise. */
export function bytesInPieces(file: FileBytes, array: ChunkedArray): Uint8Array {
  const { shape, size, layout, filters, wrong } = array;
  const axes = file.u8(layout.at + 2);
  if (axes !== shape.length + 1) throw file.damaged();
  const extents = shape.map((_, axis) => file.u32(layout.at + 11 + 4 * axis));
  const whole = sizeOf(extents) * size;
  if (!(whole > 0)) throw file.damaged();
  const count = shape.reduce((sum, extent, axis) => sum * Math.ceil(extent / extents[axis]!), 1);
  // Nothing is made for what the file promises and does not hold.
  if (count * whole > HIGHEST_RATIO * file.bytes.length) throw file.damaged();
  const tree = file.address(layout.at + 3);
  const pieces: StoredChunk[] = [];
  if (tree !== undefined) addPieces(file, { at: tree, level: DEEPEST }, axes, pieces);
  const places = new Set(pieces.map(({ first }) => first.join()));
  const odd = pieces.some(({ first }) =>
    first.some((at, axis) => at % extents[axis]! !== 0 || at >= shape[axis]!)
  );
  if (odd || pieces.length !== count || places.size !== count) throw file.damaged();
  const steps = filtersAt(file, filters);
  const unknown = steps.find((id) => !Object.values(FILTER).includes(id as 1));
  if (unknown !== undefined) throw wrong(`is packed by filter ${unknown}, which cannot be read`);
  const total = sizeOf(shape) * size;
  took(total);
  const result = new Uint8Array(total);
  for (const piece of pieces) {
    const bytes = unfiltered(file, piece, { steps, size, whole });
    place(result, bytes, { shape, extents, first: piece.first, size });
  }
  return result;
}

/** A B-tree of version 1: nodes down to pieces. `level`: it is below this one. */
function addPieces(
  file: FileBytes,
  { at, level }: { readonly at: number; readonly level: number },
  axes: number,
  pieces: StoredChunk[],
): void {
  file.expect(at, "TREE");
  const own = file.u8(at + 5);
  if (file.u8(at + 4) !== 1 || own >= level) throw file.damaged();
  const key = 8 + 8 * axes;
  const count = file.u16(at + 6);
  for (let i = 0; i < count; i++) {
    const entry = at + 24 + (key + 8) * i;
    const child = file.u64(entry + key);
    if (own > 0) {
      addPieces(file, { at: child, level: own }, axes, pieces);
      continue;
    }
    const first = Array.from({ length: axes - 1 }, (_, axis) => file.u64(entry + 8 + 8 * axis));
    const bytes = file.slice(child, file.u32(entry));
    pieces.push({ first, bytes, without: file.u32(entry + 4) });
  }
}

/** The filters of an array in the order in which it was packed. */
function filtersAt(file: FileBytes, message: Message | undefined): readonly number[] {
  if (message === undefined) return [];
  const [version, count] = [file.u8(message.at), file.u8(message.at + 1)];
  if (version < 1 || version > 2) throw file.damaged();
  let at = message.at + (version === 1 ? 8 : 2);
  return Array.from({ length: count }, () => {
    const id = file.u16(at);
    const named = version === 1 || id >= 256;
    const name = named ? file.u16(at + 2) : 0;
    const values = file.u16(at + (named ? 6 : 4));
    const padded = version === 1 ? Math.ceil(name / 8) * 8 : name;
    at += (named ? 8 : 6) + padded + 4 * (version === 1 ? values + values % 2 : values);
    return id;
  });
}

function unfiltered(
  file: FileBytes,
  { bytes, without }: StoredChunk,
  { steps, size, whole }: {
    readonly steps: readonly number[];
    readonly size: number;
    readonly whole: number;
  },
): Uint8Array {
  let found = bytes;
  for (let at = steps.length - 1; at >= 0; at--) {
    if ((without >>> at & 1) === 1) continue;
    if (steps[at] === FILTER.checksum) found = found.subarray(0, -4);
    else if (steps[at] === FILTER.shuffle) found = unshuffled(found, size);
    else found = inflated(file, found, whole + 4);
  }
  if (found.length !== whole) throw file.damaged();
  return found;
}

function inflated(file: FileBytes, bytes: Uint8Array, most: number): Uint8Array {
  try {
    return unpackedSync(bytes, "deflate", most);
  } catch (error) {
    if (error instanceof Error) throw file.damaged();
    throw error;
  }
}

/** Bytes of values that lay apart, the first of all, then the second of all: each value's together again. */
function unshuffled(bytes: Uint8Array, size: number): Uint8Array {
  const count = Math.floor(bytes.length / size);
  const result = bytes.slice();
  for (let part = 0; part < size; part++) {
    for (let i = 0; i < count; i++) result[i * size + part] = bytes[part * count + i]!;
  }
  return result;
}

/** Copies the rows of a piece to where they belong; what lies beyond the array is left out. */
function place(
  result: Uint8Array,
  bytes: Uint8Array,
  { shape, extents, first, size }: {
    readonly shape: readonly number[];
    readonly extents: readonly number[];
    readonly first: readonly number[];
    readonly size: number;
  },
): void {
  const last = shape.length - 1;
  const width = last < 0 ? 1 : Math.min(extents[last]!, shape[last]! - first[last]!);
  const rows = sizeOf(extents.slice(0, -1));
  const row = (last < 0 ? 1 : extents[last]!) * size;
  for (let from = 0; from < rows; from++) {
    let [at, rest, inside] = [last < 0 ? 0 : first[last]!, from, true];
    let stride = last < 0 ? 1 : shape[last]!;
    for (let axis = last - 1; axis >= 0; axis--) {
      const along = first[axis]! + rest % extents[axis]!;
      rest = Math.floor(rest / extents[axis]!);
      inside &&= along < shape[axis]!;
      at += along * stride;
      stride *= shape[axis]!;
    }
    if (inside) result.set(bytes.subarray(from * row, from * row + width * size), at * size);
  }
}
