/** What an exported model of texts cannot be used without: how a text becomes the numbers that it reads. */
import { canonicalBytes, type Json } from "../../engine/digest.ts";
import type { Files } from "../../engine/kind.ts";
import type { Meta } from "../data/dataset.ts";

/** Its name, beside the model's own files. */
const VOCABULARY_FILE = "vocabulary.json";

/**
 * `vocabulary.json`, where samples are token numbers: `{ classes, cut, end, format: 1, length, mask, padding, start, task,
 * tokens, unknown }`. A text is cut by `cut` (`use`: `words`, `characters` as the data field `text` describes them, or
 * `word-piece` with what is done to words before, `tokenizer.json` with the file that says it, as `json`), each token becomes its place in `tokens`, else `unknown`; cut at the
 * end so that the numbers `start` before and `end` behind fit into `length`, then padded with `padding`. `classes` are the
 * answers in index order; empty where the answer is the next token. No file where samples are no texts.
 */
export function vocabularyFile(meta: Meta | undefined): Files {
  if (meta?.text === undefined) return {};
  const { input: [length], task, classes, text } = meta;
  const { frame: { start, end }, ...numbers } = text;
  const file = { format: 1, task, classes, length, start, end, ...numbers };
  return { [VOCABULARY_FILE]: canonicalBytes(file as unknown as Json) };
}
