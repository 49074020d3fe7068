/**
 * WordPiece against what the reference implementation says: the vocabulary and cases of google-research/bert's
 * tokenization_test.py, and the texts of its docstrings, worked by its definition.
 */
import assert from "node:assert/strict";
import { readTokenizer } from "../../../../ops/data/text/tokenizer_file.ts";
import { normalized, wordPieces } from "../../../../ops/data/text/word_piece.ts";
import { numberedTexts } from "./placed.ts";

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
  assert.deepEqual(numberedTexts([pieces], vocabulary, 10), [1, 7, 4, 5, 10, 8, 9, 2, 11, 11]);
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
  assert.throws(
    () => readTokenizer(JSON.stringify(tokenizer()), "t.json", false),
    /"t.json": it says itself what is done to upper case; leave `lowercase` out$/,
  );
  refused({ model: { type: 3 } }, /its model is 3, and/);
  refused({ added_tokens: [{ id: 1 }] }, /"t.json": one of its added_tokens has no content$/);
  refused(
    { post_processor: { type: "BertProcessing", sep: ["[END]", 2], cls: ["[CLS]", 1] } },
    /: it frames texts with "\[END\]", which its vocabulary has not$/,
  );
  refused(
    { added_tokens: null, model: { vocab: { a: 0 } } },
    /: its vocabulary has no "\[UNK\]"$/,
  );
  for (const field of ["unk_token", "continuing_subword_prefix"]) {
    refused(
      { model: { ...tokenizer().model, [field]: { content: "[UNK]" } } },
      new RegExp(`: its ${field} is {"content":"\\[UNK\\]"}, which is no text$`),
    );
  }
  const longest = (max_input_chars_per_word: unknown) => ({
    model: { ...tokenizer().model, max_input_chars_per_word },
  });
  assert.deepEqual(read(longest(2)).tokens("un want"), ["un", "[UNK]"]);
  assert.deepEqual(read(longest(undefined)).rule, { ...read().rule, longest: 100 });
  for (const most of [1, 1_000_000]) {
    assert.deepEqual(read(longest(most)).rule, { ...read().rule, longest: most });
  }
  for (const wrong of [0, 1_000_001, 1.5, "9"]) {
    refused(longest(wrong), new RegExp(`: its max_input_chars_per_word is "?${wrong}"?$`));
  }
  const padding = (pad_id: unknown) => read({ padding: { pad_id } }).vocabulary.padding;
  assert.deepEqual([0, 12, undefined].map(padding), [0, 12, 11]);
  for (const wrong of [-1, 13]) {
    refused({ padding: { pad_id: wrong } }, new RegExp(`"t.json": its pad_id is ${wrong}$`));
  }
});

Deno.test("what a file leaves out is as the tokenizers' own library has it", () => {
  const bare = read({
    normalizer: null,
    post_processor: undefined,
    added_tokens: undefined,
    model: { vocab: { a: 0, "[UNK]": 1, "##b": 2, "[MASK]": 3, b: 4 } },
  });
  assert.deepEqual(bare.rule, {
    ...{ use: "word-piece", prefix: "##", longest: 100, whole: [] },
    ...{ clean: false, chinese: false, accents: "keep", lowercase: false },
  });
  assert.deepEqual(bare.tokens("ab A [MASK]"), ["a", "##b", "[UNK]", "[UNK]", "[UNK]", "[UNK]"]);
  assert.deepEqual([bare.vocabulary.padding, bare.vocabulary.unknown, bare.vocabulary.mask], [
    0,
    1,
    3,
  ]);
  const rule = (normalizer: object) => {
    const { clean, chinese, accents, lowercase } = read({
      normalizer: { type: "BertNormalizer", ...normalizer },
    }).rule as { clean?: boolean; chinese?: boolean; accents?: string; lowercase?: boolean };
    return [clean, chinese, accents, lowercase];
  };
  assert.deepEqual(rule({}), [true, true, "strip", true]);
  assert.deepEqual(rule({ clean_text: false }), [false, true, "strip", true]);
  assert.deepEqual(rule({ handle_chinese_chars: false }), [true, false, "strip", true]);
  assert.deepEqual(rule({ lowercase: false }), [true, true, "keep", false]);
  assert.deepEqual(rule({ lowercase: false, strip_accents: true }), [true, true, "strip", false]);
  assert.deepEqual(rule({ strip_accents: false }), [true, true, "keep", true]);
  const other = {
    model: { ...tokenizer().model, unk_token: "un", continuing_subword_prefix: "wa" },
  };
  assert.deepEqual(read(other).rule, { ...read().rule, prefix: "wa" });
  assert.deepEqual(read(other).tokens("zz"), ["un"]);
});

Deno.test("an added token with signs in it is found as it stands", () => {
  const { tokens } = read({ added_tokens: [{ id: VOCABULARY.length, content: "w.*(t" }] });
  assert.deepEqual(tokens("un w.*(twant"), ["un", "w.*(t", "want"]);
});
