/** How a data set cuts its texts, and the numbers it has for tokens before any text is seen. */
import type { RunContext } from "../../../engine/op.ts";
import { assertText } from "../../../engine/size.ts";
import { type TextParams, USUAL_VOCABULARY } from "./text_fields.ts";
import type { TokenPlaces } from "./token_places.ts";
import { firstTokens } from "./tokens.ts";
import type { TokenCut, Vocabulary } from "./vocabulary.ts";

/** A way to cut texts. */
interface Tokenizer {
  readonly rule: TokenCut;
  /** The first `most` tokens of a text, all of them where that is Infinity, as their places among those that were met. */
  cut(text: string, most: number): Int32Array;
  /** The numbers, or how many of them are to be learned. */
  readonly vocabulary: Vocabulary | number;
}

/** Reads what the parameters name; `seen` gets the tokens that are met. Throws a RangeError that names a file that is not as it should be. */
export async function tokenizerOf(
  { tokens, vocabulary = USUAL_VOCABULARY }: Omit<TextParams, "length">,
  seen: TokenPlaces,
  context: Pick<RunContext, "read">,
): Promise<Tokenizer> {
  const placed = (tokens: readonly string[]) =>
    Int32Array.from(tokens, (token) => seen.place(token));
  const read = async (file: string) => {
    const bytes = await context.read(file);
    assertText(`Cannot use "${file}": its text`, bytes.length);
    return new TextDecoder().decode(bytes);
  };
  if (typeof tokens !== "string") {
    const { anyTokenizer } = await import("./tokenizer_file.ts");
    const found = await anyTokenizer(await read(tokens.from), tokens.from, tokens.lowercase);
    const cut = (text: string, most: number) => placed(found.tokens(text).slice(0, most));
    return { rule: found.rule, cut, vocabulary: found.vocabulary };
  }
  const rule = { use: tokens };
  const cut = (text: string, most: number) => placed(firstTokens(text, tokens, most));
  if (typeof vocabulary === "number") return { rule, cut, vocabulary };
  const { vocabularyOf } = await import("./vocabulary_file.ts");
  return { rule, cut, vocabulary: vocabularyOf(await read(vocabulary), vocabulary) };
}
