/** @huggingface/tokenizers: tokenizers that a `tokenizer.json` describes, in plain JavaScript. */
import type * as tokenizers from "npm:@huggingface/tokenizers@0.2.0";

const specifier = "npm:@huggingface/tokenizers@0.2.0";

export const { Tokenizer: HfTokenizer, PrecompiledNormalizer: HfPrecompiled }: {
  readonly Tokenizer: typeof tokenizers.Tokenizer;
  readonly PrecompiledNormalizer: typeof tokenizers.PrecompiledNormalizer;
} = await import(specifier);
