/** Texts of tokens as the numbers of a vocabulary. */
import { TokenPlaces } from "../../../../ops/data/text/token_places.ts";
import { numbered, numbersOf, type Vocabulary } from "../../../../ops/data/text/vocabulary.ts";

/** Texts as places, and the tokens that these are places of. */
export function placed(texts: readonly (readonly string[])[]) {
  const seen = new TokenPlaces();
  const places = texts.map((text) => Int32Array.from(text, (token) => seen.place(token)));
  return { texts: places, tokens: seen.tokens };
}

/** Rows of `length` numbers. */
export function numberedTexts(
  texts: readonly (readonly string[])[],
  vocabulary: Vocabulary,
  length: number,
): number[] {
  const { texts: places, tokens } = placed(texts);
  return [...numbered(places, numbersOf(tokens, vocabulary), vocabulary, length)];
}
