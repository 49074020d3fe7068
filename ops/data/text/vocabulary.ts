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
 * The most frequent tokens of samples, at most `limit` numbers with padding 0 and unknown 1; those counted equally often
 * in the order of their UTF-16 units.
 */
export function learnVocabulary(
  samples: readonly (readonly string[])[],
  limit: number,
): Vocabulary {
  const counts = new Map<string, number>();
  for (const sample of samples) {
    for (const token of sample) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  const found = [...counts.keys()].sort().sort((a, b) => counts.get(b)! - counts.get(a)!);
  return plainVocabulary([...SPECIAL, ...found].slice(0, limit), 0, 1);
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

/** Writes samples as rows of `length` numbers: framed, cut at the end, padded. */
export function numbered(
  samples: readonly (readonly string[])[],
  vocabulary: Vocabulary,
  length: number,
): Int32Array {
  const { tokens, padding, unknown, frame: { start, end } } = vocabulary;
  const numbers = new Map(tokens.map((token, number) => [token, number]));
  const rows = new Int32Array(samples.length * length).fill(padding);
  const room = Math.max(0, length - start.length - end.length);
  for (const [row, sample] of samples.entries()) {
    const inside = sample.slice(0, room).map((token) => numbers.get(token) ?? unknown);
    rows.set([...start, ...inside, ...end].slice(0, length), row * length);
  }
  return rows;
}
