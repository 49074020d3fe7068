/** `vocab.txt`, a token a line, as BERT's checkpoints have it: what its `tokenizer.json` would say. */

/** Tokens that mean something else than text, by BERT's names. */
const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/** Whether a text is such a list: a tokenizer that is described is a JSON object. */
export function isWordList(text: string): boolean {
  return !/^\s*\{/.test(text);
}

/**
 * The tokenizer of a list: WordPiece by google-research/bert's rules, with or without upper case and accents; texts stand
 * between `[CLS]` and `[SEP]`.
 */
export function listedTokenizer(text: string, lowercase: boolean): object {
  const tokens = text.replace(/\r?\n$/, "").split(/\r?\n/);
  const vocab = Object.fromEntries(tokens.map((token, number) => [token, number]));
  const special = SPECIAL.filter((content) => Object.hasOwn(vocab, content));
  return {
    model: { type: "WordPiece", vocab },
    normalizer: { type: "BertNormalizer", lowercase },
    ["pre_tokenizer"]: { type: "BertPreTokenizer" },
    ["post_processor"]: { type: "BertProcessing", cls: ["[CLS]"], sep: ["[SEP]"] },
    ["added_tokens"]: special.map((content) => ({ content, id: vocab[content] })),
  };
}
