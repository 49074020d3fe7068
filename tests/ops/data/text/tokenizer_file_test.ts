/**
 * WordPiece against what the reference implementation says: the vocabulary and cases of google-research/bert's
 * tokenization_test.py, and the texts of its docstrings, worked by its definition.
 */
import assert from "node:assert/strict";
import { readTokenizer } from "../../../../ops/data/text/tokenizer_file.ts";
import { numbered } from "../../../../ops/data/text/vocabulary.ts";
import { normalized, wordPieces } from "../../../../ops/data/text/word_piece.ts";

/** The vocabulary of `test_full_tokenizer` and `test_wordpiece_tokenizer`. */
const VOCABULARY = [
  ...["[UNK]", "[CLS]", "[SEP]", "want", "##want", "##ed", "wa", "un", "runn", "##ing", ","],
  ...["[PAD]", "[MASK]"],
];

const tokenizer = (changes: object = {}) => ({
  version: "1.0",
  added_tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].map((content) => ({
    id: VOCABULARY.indexOf(content),
    content,
    special: true,
  })),
  normalizer: {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: [
      { SpecialToken: { id: "[CLS]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
    ],
    pair: [],
  },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(VOCABULARY.map((token, number) => [token, number])),
  },
  ...changes,
});

const read = (changes: object = {}) => readTokenizer(JSON.stringify(tokenizer(changes)), "t.json");

Deno.test("the reference's full tokenizer: pieces and their numbers", () => {
  const { tokens, vocabulary } = read();
  const pieces = tokens("UNwant\u00E9d,running");
  assert.deepEqual(pieces, ["un", "##want", "##ed", ",", "runn", "##ing"]);
  // Its own numbers: 7, 4, 5, 10, 8, 9.
  assert.deepEqual([...numbered([pieces], vocabulary, 10)], [1, 7, 4, 5, 10, 8, 9, 2, 11, 11]);
  assert.deepEqual(vocabulary.frame, { start: [1], end: [2] });
  assert.deepEqual([vocabulary.padding, vocabulary.unknown, vocabulary.mask], [11, 0, 12]);
});

Deno.test("the reference's wordpiece tokenizer: unknown words are unknown as a whole", () => {
  const { tokens } = read();
  assert.deepEqual(tokens(""), []);
  assert.deepEqual(tokens("unwanted running"), ["un", "##want", "##ed", "runn", "##ing"]);
  assert.deepEqual(tokens("unwantedX running"), ["[UNK]", "runn", "##ing"]);
});

Deno.test("the reference's basic tokenizer: blanks, punctuation, case, accents, Chinese characters", () => {
  const words = (text: string, lowercase = true) => {
    const normalizer = {
      clean: true,
      chinese: true,
      accents: lowercase ? "strip" : "keep",
      lowercase,
    } as const;
    const vocabulary = { has: () => true } as unknown as ReadonlySet<string>;
    const lengths = Array.from({ length: 100 }, (_, i) => 100 - i);
    const pieces = { vocabulary, lengths, unknown: "?", prefix: "##", longest: 100 };
    return wordPieces(text, normalizer, pieces);
  };
  assert.deepEqual(words(" \tHeLLo!how  \n Are yoU?  "), [
    ...["hello", "!", "how", "are", "you", "?"],
  ]);
  assert.deepEqual(words("H\u00E9llo"), ["hello"]);
  assert.deepEqual(words(" \tHeLLo!how  \n Are yoU?  ", false), [
    ...["HeLLo", "!", "how", "Are", "yoU", "?"],
  ]);
  assert.deepEqual(words("ah\u535A\u63A8zz"), ["ah", "\u535A", "\u63A8", "zz"]);
  assert.deepEqual(words("a$b^c"), ["a", "$", "b", "^", "c"]);
});

Deno.test("the reference's character classes: blanks become spaces, control characters go", () => {
  const clean = (text: string) =>
    normalized(text, { clean: true, chinese: false, accents: "keep", lowercase: false });
  assert.equal(clean("a\tb\nc\rd\u00A0e"), "a b c d e");
  assert.equal(clean("a\u0005b\u0000c\uFFFDd\u00ADe"), "abcde");
});

Deno.test("words that are too long are unknown, tokens that the file adds are never cut", () => {
  const { tokens } = read();
  assert.deepEqual(tokens("want".repeat(26)), ["[UNK]"]);
  assert.deepEqual(tokens("un [MASK]want"), ["un", "[MASK]", "want"]);
});

Deno.test("BertProcessing frames alike, and no frame is none", () => {
  const bert = read({
    post_processor: { type: "BertProcessing", sep: ["[SEP]", 2], cls: ["[CLS]", 1] },
  });
  assert.deepEqual(bert.vocabulary.frame, { start: [1], end: [2] });
  assert.deepEqual(read({ post_processor: null }).vocabulary.frame, { start: [], end: [] });
});

Deno.test("what is not known of a tokenizer is refused in a sentence", () => {
  const refused = (changes: object, why: RegExp) => assert.throws(() => read(changes), why);
  refused({ model: { type: "BPE" } }, /"t.json": its model is BPE, and WordPiece is the one/);
  refused({ model: { type: "Unigram" } }, /its model is Unigram/);
  refused({ model: { merges: [] } }, /its model is BPE/);
  refused({ pre_tokenizer: { type: "Whitespace" } }, /cuts words by Whitespace/);
  refused({ normalizer: { type: "NFC" } }, /normalises by NFC/);
  refused({ post_processor: { type: "RobertaProcessing" } }, /frames texts by RobertaProcessing/);
  assert.throws(() => readTokenizer("{", "t.json"), /it is not JSON/);
});
