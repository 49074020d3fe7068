/** WordPiece (Schuster & Nakajima 2012) as BERT uses it (Devlin et al. 2019; google-research/bert, tokenization.py). */

/** What is done to a text before it is cut. */
export interface Normalizer {
  /** Control characters go, every blank becomes a space. */
  readonly clean: boolean;
  /** Each Chinese character stands alone. */
  readonly chinese: boolean;
  readonly accents: "keep" | "strip";
  readonly lowercase: boolean;
}

/** How words are cut into pieces. */
export interface Pieces {
  readonly vocabulary: ReadonlySet<string>;
  readonly unknown: string;
  /** Stands before every piece but a word's first. */
  readonly prefix: string;
  /** Longer words are unknown. */
  readonly longest: number;
  /** How many characters a piece may have, the longest first (`lengthsOf`); no other is looked for. */
  readonly lengths: readonly number[];
}

/** The lengths that pieces of a vocabulary can have: as they stand at the beginning of a word, and behind the prefix. */
export function lengthsOf(vocabulary: Iterable<string>, prefix: string): number[] {
  const lengths = new Set<number>();
  for (const token of vocabulary) {
    lengths.add([...token].length);
    if (token.startsWith(prefix)) lengths.add([...token.slice(prefix.length)].length);
  }
  lengths.delete(0);
  return [...lengths].sort((a, b) => b - a);
}

/** The pieces of a text: normalised, cut at blanks and punctuation, each word into the longest pieces from its left. */
export function wordPieces(text: string, normalizer: Normalizer, pieces: Pieces): string[] {
  return words(normalized(text, normalizer)).flatMap((word) => piecesOf(word, pieces));
}

/** BertNormalizer. */
export function normalized(text: string, normalizer: Normalizer): string {
  const { clean, chinese, accents, lowercase } = normalizer;
  let result = text;
  if (clean) result = result.replace(NOT_SHOWN, "").replace(/\s/gu, " ");
  if (chinese) result = result.replace(CHINESE, " $& ");
  if (accents === "strip") result = result.normalize("NFD").replace(/\p{Mn}/gu, "");
  return lowercase ? result.toLowerCase() : result;
}

/** NUL, the replacement character, and control characters that are no blanks. */
const NOT_SHOWN = /[\0\ufffd]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}]/gu;

/** CJK unified ideographs and their compatibility forms: the blocks of the reference implementation. */
const CHINESE =
  /[\u{4e00}-\u{9fff}\u{3400}-\u{4dbf}\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{f900}-\u{faff}\u{2f800}-\u{2fa1f}]/gu;

/** BertPreTokenizer: cut at blanks; ASCII signs and Unicode punctuation stand alone. */
const WORD = /[!-/:-@[-`{-~\p{P}]|[^\s!-/:-@[-`{-~\p{P}]+/gu;

function words(text: string): readonly string[] {
  return text.match(WORD) ?? [];
}

function piecesOf(
  word: string,
  { vocabulary, unknown, prefix, longest, lengths }: Pieces,
): string[] {
  const characters = [...word];
  if (characters.length > longest) return [unknown];
  const found: string[] = [];
  for (let from = 0; from < characters.length;) {
    const piece = (length: number) =>
      (from > 0 ? prefix : "") + characters.slice(from, from + length).join("");
    const length = lengths.find((each) => vocabulary.has(piece(each)));
    if (length === undefined) return [unknown];
    found.push(piece(length));
    from += length;
  }
  return found;
}
