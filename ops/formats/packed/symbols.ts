/**
 * Rows of small whole numbers as bits: at a fixed width, or as Huffman words.
 *
 * A row of n numbers (n is known to the reader) is
 *     1 bit    0: fixed width, 1: Huffman
 *    16 bits   the smallest number, signed
 *   fixed      6 bits: width w; then n times w bits: number − smallest
 *   Huffman   16 bits: largest − smallest = s; where s > 0: 6 bits: width v, then s + 1 times v bits: the length of the
 *             word of smallest, smallest + 1, …, 0 where it does not occur; then n words of the canonical code. Where
 *             s = 0 nothing follows.
 */
import type { BitReader, BitWriter } from "./bits.ts";
import { canonicalWords, codeLengths, symbolReader } from "./huffman.ts";

/** Whether rows may be written as Huffman words. */
export type Coding = "huffman" | "none";

/** Writes a row the shorter way that `coding` allows. Throws a RangeError beyond 16 bits and for an empty row. */
export function writeSymbols(bits: BitWriter, row: Int32Array, coding: Coding): void {
  const { low, high } = rangeOf(row);
  const width = 32 - Math.clz32(high - low);
  const fixed = 6 + width * row.length;
  const huffman = huffmanOf(row, low, high);
  const useHuffman = coding === "huffman" && huffman.cost < fixed;
  bits.write(useHuffman ? 1 : 0, 1);
  bits.write(low, 16);
  if (useHuffman) return huffman.write(bits);
  bits.write(width, 6);
  for (const value of row) bits.write(value - low, width);
}

/** Reads a row of `count` numbers. Throws a RangeError where the bits are those of none. */
export function readSymbols(bits: BitReader, count: number): Int32Array {
  const isHuffman = bits.read(1) === 1;
  const low = bits.readSigned(16);
  const next = isHuffman ? huffmanReader(bits) : fixedReader(bits);
  const row = new Int32Array(count);
  for (let i = 0; i < count; i++) row[i] = low + next();
  return row;
}

function fixedReader(bits: BitReader): () => number {
  const width = bits.read(6);
  if (width > 16) throw new RangeError(`numbers cannot be ${width} bits wide`);
  return () => bits.read(width);
}

function huffmanReader(bits: BitReader): () => number {
  const span = bits.read(16);
  if (span === 0) return () => 0;
  const width = bits.read(6);
  if (width > 6) throw new RangeError(`lengths of Huffman words cannot be ${width} bits wide`);
  const lengths = Uint8Array.from({ length: span + 1 }, () => bits.read(width));
  const next = symbolReader(lengths);
  return () => next(bits);
}

/** A row's Huffman form: its size, and how it is written. */
function huffmanOf(row: Int32Array, low: number, high: number) {
  const frequencies = new Float64Array(high - low + 1);
  for (const value of row) frequencies[value - low]!++;
  const lengths = codeLengths(frequencies);
  const width = 32 - Math.clz32(lengths.reduce((most, length) => Math.max(most, length), 0));
  const table = high === low ? 16 : 16 + 6 + width * lengths.length;
  const cost = frequencies.reduce((sum, count, i) => sum + count * lengths[i]!, table);
  const write = (bits: BitWriter): void => {
    bits.write(high - low, 16);
    if (high === low) return;
    bits.write(width, 6);
    for (const length of lengths) bits.write(length, width);
    const words = canonicalWords(lengths);
    for (const value of row) bits.write(words[value - low]!, lengths[value - low]!);
  };
  return { cost, write };
}

function rangeOf(row: Int32Array): { low: number; high: number } {
  if (row.length === 0) throw new RangeError("Cannot pack an empty row of numbers");
  let [low, high] = [row[0]!, row[0]!];
  for (const value of row) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low < -32768 || high > 32767) {
    throw new RangeError(`Cannot pack numbers from ${low} to ${high}: they need more than 16 bits`);
  }
  return { low, high };
}
