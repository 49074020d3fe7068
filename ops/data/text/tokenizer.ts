/** How a data set cuts its texts, and the numbers it has for tokens before any text is seen. */
import type { RunContext } from "../../../engine/op.ts";
import { assertText } from "../../../engine/size.ts";
import { type TextParams, USUAL_VOCABULARY } from "./text_fields.ts";
import { tokensOf } from "./tokens.ts";
import type { TokenCut, Vocabulary } from "./vocabulary.ts";

/** A way to cut texts. */
interface Tokenizer {
  readonly rule: TokenCut;
  cut(text: string): readonly string[];
  /** The numbers, or how many of them are to be learned. */
  readonly vocabulary: Vocabulary | number;
}

/** Reads what the parameters name. Throws a RangeError that names a file that is not as it should be. */
export async function tokenizerOf(
  { tokens, vocabulary = USUAL_VOCABULARY }: Omit<TextParams, "length">,
  context: Pick<RunContext, "read">,
): Promise<Tokenizer> {
  const read = async (file: string) => {
    const bytes = await context.read(file);
    assertText(`Cannot use "${file}": its text`, bytes.length);
    return new TextDecoder().decode(bytes);
  };
  if (typeof tokens !== "string") {
    const { anyTokenizer } = await import("./tokenizer_file.ts");
    const found = await anyTokenizer(await read(tokens.from), tokens.from, tokens.lowercase);
    return { rule: found.rule, cut: found.tokens, vocabulary: found.vocabulary };
  }
  const rule = { use: tokens };
  const cut = (text: string) => tokensOf(text, tokens);
  if (typeof vocabulary === "number") return { rule, cut, vocabulary };
  const { vocabularyOf } = await import("./vocabulary_file.ts");
  return { rule, cut, vocabulary: vocabularyOf(await read(vocabulary), vocabulary) };
}
