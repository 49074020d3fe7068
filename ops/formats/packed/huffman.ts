/** Huffman codes (Huffman 1952) in canonical form: a code is known by the lengths of its words alone. */
import type { BitReader } from "./bits.ts";

/** No word is longer: a frequency is below 2³², and each bit more needs a sum larger by the golden ratio. */
const LONGEST = 48;

/**
 * Lengths in bits of the best prefix code for symbols 0 … n − 1 of these frequencies; 0 for those that do not occur.
 * A symbol that is alone gets length 0 too: it needs no bits. Of equal weights single symbols are joined first, then
 * the lower symbol, so the longest word is as short as it can be.
 */
export function codeLengths(frequencies: ArrayLike<number>): Uint8Array {
  const lengths = new Uint8Array(frequencies.length);
  const leaves = Array.from(frequencies, (weight, symbol): HuffmanTree => ({ weight, symbol }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => a.weight - b.weight);
  if (leaves.length < 2) return lengths;
  // Two queues: sums come up in rising order by themselves (van Leeuwen 1976).
  const sums: HuffmanTree[] = [];
  let [leaf, sum] = [0, 0];
  const least = (): HuffmanTree =>
    leaf < leaves.length && !(sums[sum]?.weight! < leaves[leaf]!.weight)
      ? leaves[leaf++]!
      : sums[sum++]!;
  for (let joined = 1; joined < leaves.length; joined++) {
    const pair = [least(), least()] as const;
    sums.push({ weight: pair[0].weight + pair[1].weight, pair });
  }
  const open: [tree: HuffmanTree, depth: number][] = [[sums.at(-1)!, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [tree, depth] = next;
    if (tree.pair === undefined) lengths[tree.symbol!] = depth;
    else for (const half of tree.pair) open.push([half, depth + 1]);
  }
  return lengths;
}

interface HuffmanTree {
  readonly weight: number;
  readonly symbol?: number;
  readonly pair?: readonly [HuffmanTree, HuffmanTree];
}

/**
 * The words of a canonical code as numbers, by symbol: shorter words first, of equal length in the order of symbols,
 * each the one before plus 1 (RFC 1951, §3.2.2).
 */
export function canonicalWords(lengths: Uint8Array): Float64Array {
  const next = firstWords(countsOf(lengths));
  return Float64Array.from(lengths, (length) => length === 0 ? 0 : next[length]!++);
}

/**
 * Reads symbols of a canonical code. Throws a RangeError where the lengths are those of no complete code: some bits
 * would then mean nothing.
 */
export function symbolReader(lengths: Uint8Array): (bits: BitReader) => number {
  const counts = countsOf(lengths);
  const first = firstWords(counts);
  const longest = counts.findLastIndex((count) => count > 0);
  const used = longest < 1 ? 0 : first[longest]! + counts[longest]!;
  if (longest > LONGEST || used !== powerOfTwo(longest)) {
    throw new RangeError("the lengths of a Huffman code do not fit together");
  }
  const symbols = Array.from(lengths.keys()).filter((symbol) => lengths[symbol]! > 0)
    .sort((a, b) => lengths[a]! - lengths[b]!);
  return (bits) => {
    let [word, before] = [0, 0];
    for (let length = 1;; length++) {
      word = word * 2 + bits.read(1);
      const place = word - first[length]!;
      if (place < counts[length]!) return symbols[before + place]!;
      before += counts[length]!;
    }
  };
}

/** How many words there are of each length; entry 0 stays 0. */
function countsOf(lengths: Uint8Array): number[] {
  const counts = new Array<number>(LONGEST + 2).fill(0);
  for (const length of lengths) if (length > 0) counts[Math.min(length, LONGEST + 1)]!++;
  return counts;
}

/** The first word of each length. */
function firstWords(counts: readonly number[]): number[] {
  const first = [0];
  for (let length = 1; length <= counts.length; length++) {
    first.push((first[length - 1]! + counts[length - 1]!) * 2);
  }
  return first;
}

function powerOfTwo(exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i++) power *= 2;
  return power;
}
