/** What an exported model of texts cannot be used without: how a text becomes the numbers that it reads. */
import { canonicalBytes, type Json } from "../../engine/digest.ts";
import type { Files } from "../../engine/kind.ts";
import type { Meta } from "../data/dataset.ts";

/** Its name, beside the model's own files. */
export const VOCABULARY_FILE = "vocabulary.json";

/**
 * `vocabulary.json`, where samples are token numbers: `{ classes, cut, end, format: 1, length, mask, padding, start, task,
 * tokens, unknown }`. A text is cut by `cut` (`use`: `words`, `characters` as the data field `text` describes them, or
 * `word-piece` with what is done to words before, `tokenizer.json` with the file that says it, as `json`), each token becomes its place in `tokens`, else `unknown`; cut at the
 * end so that the numbers `start` before and `end` behind fit into `length`, then padded with `padding`. `classes` are the
 * answers in index order; empty where the answer is the next token. No file where samples are no texts.
 */
export function vocabularyFile(meta: Meta | undefined): Files {
  const vocabulary = meta && vocabularyOf(meta);
  return vocabulary === undefined ? {} : { [VOCABULARY_FILE]: canonicalBytes(vocabulary) };
}

/** What is in it; undefined where samples are no texts. */
export function vocabularyOf(
  { input: [length], task, classes, text }: Meta,
): { readonly [field: string]: Json } | undefined {
  if (text === undefined) return undefined;
  const { frame: { start, end }, ...numbers } = text;
  const vocabulary = { format: 1, task, classes, length, start, end, ...numbers };
  return vocabulary as unknown as { readonly [field: string]: Json };
}
