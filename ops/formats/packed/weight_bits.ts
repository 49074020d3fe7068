/**
 * One weight array as bits. Its shape is known to the reader from the layers.
 *
 *     2 bits   encoding: 0 float32, 1 float16, 2 integers (affine), 3 codebook
 *     affine    4 bits: bits; 1 bit: 1 where asymmetric; 3 bits: axis + 1, 0 where one scale serves all;
 *               a float32 per scale; 1 bit: 1 where zero points follow; a 32-bit signed integer per zero point (else 0)
 *     codebook  4 bits: bits; 9 bits: number of shared values; a float32 each
 *     2 bits   layout: 0 all numbers, 1 some of them by distances, 2 some of them by a bitmap
 *     all       the numbers in row-major order
 *     distances 4 bits: index bits b; 32 bits: number of entries n; where n > 0 the row of distances − 1 (each below 2^b),
 *               then n numbers. Positions start at −1; positions without an entry hold the zero.
 *     bitmap    a bit per number, 1 where it is stored; where there is one, these numbers
 *
 * Numbers: of float32 and float16 the bits of each; of integers q − zero point and of codebooks the codes, as a row (see
 * `symbols.ts`). The zero is the number 0, of codebooks the first code whose value is 0.
 */
import type { Encoding, Weight } from "../../model/model.ts";
import { sizeOf } from "../../model/layers.ts";
import { decodeWeight } from "../../model/weights.ts";
import { type BitReader, type BitWriter, bitWriter } from "./bits.ts";
import { entriesOf, type SparseEntry } from "./gaps.ts";
import { type StoredNumbers, storedNumbers, traitsOf, weightOf } from "./stored_numbers.ts";
import { type Coding, readSymbols, writeSymbols } from "./symbols.ts";

/** How numbers are written. */
export interface NumberOptions {
  readonly coding: Coding;
  readonly indices: "relative" | "bitmap";
  readonly indexBits: number;
}

const ENCODINGS = [
  "f32",
  "f16",
  "affine",
  "codebook",
] as const satisfies readonly Encoding["use"][];
const LAYOUTS = { all: 0, relative: 1, bitmap: 2 } as const;

/** Writes a weight; zeros are left out where that is shorter. */
export function writeWeight(bits: BitWriter, weight: Weight, options: NumberOptions): void {
  writeEncoding(bits, weight.encoding);
  const numbers = storedNumbers(weight);
  const layouts = [writeAll, ...numbers.zero === undefined ? [] : [sparse[options.indices]]];
  const costs = layouts.map((write) => {
    const trial = bitWriter();
    write(trial, numbers, options);
    return trial.length;
  });
  layouts[costs.indexOf(Math.min(...costs))]!(bits, numbers, options);
}

/** Reads a weight of a shape. Throws a RangeError where the bits are those of none. */
export function readWeight(bits: BitReader, shape: readonly number[]): Weight {
  const weight = readStored(bits, shape);
  if (!decodeWeight(weight).every(Number.isFinite)) throw new RangeError("a weight is not finite");
  return weight;
}

function readStored(bits: BitReader, shape: readonly number[]): Weight {
  const encoding = readEncoding(bits, shape);
  const size = sizeOf(shape);
  const { zero, width } = traitsOf(encoding);
  const layout = bits.read(2);
  if (layout === LAYOUTS.all) return weightOf(readNumbers(bits, size, width), encoding, shape);
  if (layout > LAYOUTS.bitmap || zero === undefined) {
    throw new RangeError("numbers are left out, and no number stands for 0");
  }
  const positions = layout === LAYOUTS.relative
    ? readDistances(bits, size)
    : readBitmap(bits, size);
  const row = new Int32Array(size).fill(zero);
  const stored = readNumbers(bits, positions.length, width);
  positions.forEach((position, i) => row[position] = stored[i]!);
  return weightOf(row, encoding, shape);
}

type WriteLayout = (bits: BitWriter, numbers: StoredNumbers, options: NumberOptions) => void;

const writeAll: WriteLayout = (bits, { row, width }, { coding }) => {
  bits.write(LAYOUTS.all, 2);
  writeNumbers(bits, row, width, coding);
};

const sparse: { readonly [I in NumberOptions["indices"]]: WriteLayout } = {
  relative(bits, { row, zero, width }, { coding, indexBits }) {
    bits.write(LAYOUTS.relative, 2);
    bits.write(indexBits, 4);
    const entries = entriesOf(row.keys().filter((i) => row[i] !== zero), indexBits);
    bits.write(entries.length, 32);
    if (entries.length === 0) return;
    writeSymbols(bits, Int32Array.from(entries, ({ gap }) => gap - 1), coding);
    writeNumbers(bits, numbersAt(row, entries, zero!), width, coding);
  },
  bitmap(bits, { row, zero, width }, { coding }) {
    bits.write(LAYOUTS.bitmap, 2);
    for (const number of row) bits.write(number === zero ? 0 : 1, 1);
    writeNumbers(bits, row.filter((number) => number !== zero), width, coding);
  },
};

function numbersAt(row: Int32Array, entries: readonly SparseEntry[], zero: number): Int32Array {
  let position = -1;
  return Int32Array.from(entries, ({ gap, filler }) => {
    position += gap;
    return filler ? zero : row[position]!;
  });
}

function readDistances(bits: BitReader, size: number): Uint32Array {
  const indexBits = bits.read(4);
  const count = bits.read(32);
  if (count > size) throw new RangeError(`${count} entries do not fit into ${size} weights`);
  if (count === 0) return new Uint32Array();
  let position = -1;
  return Uint32Array.from(readSymbols(bits, count), (distance) => {
    if (distance < 0 || distance >= 1 << indexBits) {
      throw new RangeError(`a distance of ${distance + 1} does not fit into ${indexBits} bits`);
    }
    position += distance + 1;
    if (position >= size) throw new RangeError(`an entry lies behind the last of ${size} weights`);
    return position;
  });
}

function readBitmap(bits: BitReader, size: number): Uint32Array {
  const positions: number[] = [];
  for (let i = 0; i < size; i++) if (bits.read(1) === 1) positions.push(i);
  return Uint32Array.from(positions);
}

function writeNumbers(
  bits: BitWriter,
  row: Int32Array,
  width: StoredNumbers["width"],
  coding: Coding,
): void {
  if (row.length === 0) return;
  if (width === undefined) return writeSymbols(bits, row, coding);
  for (const value of row) bits.write(value, width);
}

function readNumbers(bits: BitReader, count: number, width: StoredNumbers["width"]): Int32Array {
  if (count === 0) return new Int32Array();
  if (width === undefined) return readSymbols(bits, count);
  if (count * width > bits.left) throw new RangeError("the weights end too early");
  const row = new Int32Array(count);
  for (let i = 0; i < count; i++) row[i] = bits.read(width);
  return row;
}

function writeEncoding(bits: BitWriter, encoding: Encoding): void {
  bits.write(ENCODINGS.indexOf(encoding.use), 2);
  if (encoding.use === "affine") {
    const { axis, symmetry, scale, zero } = encoding;
    bits.write(encoding.bits, 4);
    bits.write(symmetry === "asymmetric" ? 1 : 0, 1);
    bits.write(axis === null ? 0 : axis + 1, 3);
    writeFloats(bits, scale);
    const shifted = zero.some((point) => point !== 0);
    bits.write(shifted ? 1 : 0, 1);
    if (shifted) { for (const point of zero) bits.write(point, 32); }
  } else if (encoding.use === "codebook") {
    bits.write(encoding.bits, 4);
    bits.write(encoding.centroids.length, 9);
    writeFloats(bits, encoding.centroids);
  }
}

function readEncoding(bits: BitReader, shape: readonly number[]): Encoding {
  const use = ENCODINGS[bits.read(2)]!;
  switch (use) {
    case "f32":
    case "f16":
      return { use };
    case "affine": {
      const width = bits.read(4);
      const symmetry = bits.read(1) === 1 ? "asymmetric" : "symmetric";
      const axis = bits.read(3) - 1;
      if (axis >= shape.length) {
        throw new RangeError(`weights of ${shape.length} axes have no axis ${axis}`);
      }
      const count = axis < 0 ? 1 : shape[axis]!;
      const scale = readFloats(bits, count);
      const zero = bits.read(1) === 1
        ? Int32Array.from({ length: count }, () => bits.readSigned(32))
        : new Int32Array(count);
      return { use, bits: width, axis: axis < 0 ? null : axis, symmetry, scale, zero };
    }
    case "codebook": {
      const width = bits.read(4);
      return { use, bits: width, centroids: readFloats(bits, bits.read(9)) };
    }
  }
}

function writeFloats(bits: BitWriter, floats: Float32Array): void {
  for (const value of new Int32Array(floats.slice().buffer)) bits.write(value, 32);
}

function readFloats(bits: BitReader, count: number): Float32Array {
  return new Float32Array(readNumbers(bits, count, 32).buffer);
}
