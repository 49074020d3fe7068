/** Token numbers: which token has which, and what stands for those that have none. */
import type { Json } from "../../../engine/digest.ts";
import type { TokenRule } from "./tokens.ts";
import type { Normalizer, Pieces } from "./word_piece.ts";

/** How a text is cut: the rule's name, and for word pieces what is done to words; `whole` are tokens that are never cut. */
export type TokenCut =
  | { readonly use: TokenRule }
  | { readonly use: "word-piece" } & Normalizer & Pick<Pieces, "prefix" | "longest"> & {
    readonly whole: readonly string[];
  }
  /** As a `tokenizer.json` says, which is here whole. */
  | { readonly use: "tokenizer.json"; readonly json: Json };

/** The tokens that a model knows, and the numbers with a meaning of their own. */
export interface Vocabulary {
  /** The token of each number. */
  readonly tokens: readonly string[];
  /** What fills a sample that is shorter than the others. */
  readonly padding: number;
  /** What stands for a token without a number. */
  readonly unknown: number;
  /** What hides a token (`mask-tokens`); the unknown where a tokenizer has none. */
  readonly mask: number;
  /** What begins and ends every sample; empty where nothing does. */
  readonly frame: { readonly start: readonly number[]; readonly end: readonly number[] };
  /** How texts were cut; absent where tokens are numbered and nobody has cut a text by them yet. */
  readonly cut?: TokenCut;
}

/** Of a vocabulary that is learned: numbers 0 and 1. No rule cuts a token with brackets around it. */
const SPECIAL = ["[padding]", "[unknown]"] as const;

/**
 * The most frequent tokens of texts, at most `limit` numbers with padding 0 and unknown 1; those counted equally often
 * in the order of their UTF-16 units. `tokens` are those that the texts' numbers are places of.
 */
export function learnVocabulary(
  texts: readonly Int32Array[],
  tokens: readonly string[],
  limit: number,
): Vocabulary {
  const counts = new Uint32Array(tokens.length);
  for (const text of texts) for (const place of text) counts[place]!++;
  const least = leastCount(counts, limit - SPECIAL.length);
  const found = tokens.flatMap((token, place) =>
    counts[place]! >= least ? [{ token, count: counts[place]! }] : []
  ).sort((a, b) => b.count - a.count || (a.token < b.token ? -1 : 1));
  const learned = [...SPECIAL, ...found.map(({ token }) => token)];
  return plainVocabulary(learned.slice(0, limit), 0, 1);
}

/** What a token must count to be among the `most` most frequent, or as frequent as the last of them; 1 at least. */
function leastCount(counts: Uint32Array, most: number): number {
  const rising = counts.slice().sort();
  return Math.max(1, rising.at(-most) ?? 1);
}

/** A vocabulary without a frame or a mask of its own. */
export function plainVocabulary(
  tokens: readonly string[],
  padding: number,
  unknown: number,
): Vocabulary {
  return { tokens, padding, unknown, mask: unknown, frame: { start: [], end: [] } };
}

/** The numbers that stand for no text: no augmentation touches them. */
export function framing({ padding, frame }: Vocabulary): ReadonlySet<number> {
  return new Set([padding, ...frame.start, ...frame.end]);
}

/** The number of each of some tokens, that of the unknown where it has none. */
export function numbersOf(
  tokens: readonly string[],
  { tokens: known, unknown }: Pick<Vocabulary, "tokens" | "unknown">,
): Int32Array {
  const numbers = new Map(known.map((token, number) => [token, number]));
  return Int32Array.from(tokens, (token) => numbers.get(token) ?? unknown);
}

/** Writes texts, which are places in a list of `numbers`, as rows of `length` of them: framed, cut at the end, padded. */
export function numbered(
  texts: readonly Int32Array[],
  numbers: Int32Array,
  { padding, frame: { start, end } }: Pick<Vocabulary, "padding" | "frame">,
  length: number,
): Int32Array {
  const rows = new Int32Array(texts.length * length).fill(padding);
  const room = Math.max(0, length - start.length - end.length);
  for (const [row, text] of texts.entries()) {
    const inside = text.subarray(0, room).map((place) => numbers[place]!);
    const whole = start.length + end.length === 0 ? inside : [...start, ...inside, ...end];
    rows.set(whole.length > length ? whole.slice(0, length) : whole, row * length);
  }
  return rows;
}
