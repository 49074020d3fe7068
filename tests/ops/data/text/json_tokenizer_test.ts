/**
 * Tokenizers that a `tokenizer.json` describes, held against the ids of HuggingFace's reference (`fixtures/tokenizers`), and
 * what of a file is refused.
 */
import assert from "node:assert/strict";
import { jsonTokenizer } from "../../../../ops/data/text/json_tokenizer.ts";
import { anyTokenizer } from "../../../../ops/data/text/tokenizer_file.ts";
import type { JsonFields } from "../../../../ops/data/text/tokenizer_json.ts";
import { numberedTexts } from "./placed.ts";

const FIXTURES = new URL("../../../fixtures/tokenizers/", import.meta.url);
const text = (name: string) => Deno.readTextFile(new URL(name, FIXTURES));

const cannot = (why: string) => new RangeError(`Cannot use the tokenizer "t.json": ${why}`);

for (
  const name of [
    ...["bpe-bytes", "bpe-roberta", "bpe-split", "word-piece", "word-piece-signs"],
    ...["unigram", "unigram-charsmap"],
  ]
) {
  Deno.test(`${name}: every text has the ids of the reference`, async () => {
    const { tokens, vocabulary, rule } = await anyTokenizer(await text(`${name}.json`), "t.json");
    assert.deepEqual(rule, { use: "tokenizer.json", json: JSON.parse(await text(`${name}.json`)) });
    const rows = JSON.parse(await text(`${name}.ids.json`)) as readonly {
      readonly text: string;
      readonly ids: readonly number[];
    }[];
    for (const { text, ids } of rows) {
      const found = numberedTexts([tokens(text)], vocabulary, ids.length);
      assert.deepEqual(found, ids, text);
    }
  });
}

Deno.test("the numbers with a meaning are those of the file: padding, unknown, mask, the frame", async () => {
  const meant = async (name: string) => {
    const { vocabulary } = await anyTokenizer(await text(`${name}.json`), "t.json");
    const { tokens, padding, unknown, mask, frame } = vocabulary;
    return [padding, unknown, mask, ...frame.start, ...frame.end].map((number) => tokens[number]);
  };
  assert.deepEqual(await meant("bpe-bytes"), Array(3).fill("<|endoftext|>"));
  assert.deepEqual(await meant("bpe-roberta"), ["<pad>", "<unk>", "<mask>", "<s>", "</s>"]);
  assert.deepEqual(await meant("bpe-split"), ["<unk>", "<unk>", "<unk>", "<s>"]);
  assert.deepEqual(await meant("unigram"), ["<pad>", "<unk>", "<unk>", "</s>"]);
  assert.deepEqual(await meant("word-piece"), ["[PAD]", "[UNK]", "[MASK]", "[CLS]", "[SEP]"]);
});

/** What is said of a file with some of it changed. */
async function refusal(name: string, change: (json: JsonFields & { model: JsonFields }) => object) {
  const json = JSON.parse(await text(`${name}.json`));
  try {
    jsonTokenizer({ ...json, ...change(json) }, "t.json", cannot).tokens("the model, 12");
  } catch (error) {
    assert.ok(error instanceof RangeError, String(error));
    return error.message.replace(/^Cannot use (the tokenizer )?"t.json": /, "");
  }
  return undefined;
}

const model = (more: object) => (json: { readonly model: JsonFields }) => ({
  model: { ...json.model, ...more },
});

Deno.test("a model that would be cut otherwise than by the reference, or not at all, is refused with its name", async () => {
  assert.equal(await refusal("bpe-bytes", () => ({})), undefined);
  const said: readonly [string, (json: JsonFields & { model: JsonFields }) => object, RegExp][] = [
    ["bpe-bytes", model({ dropout: 0.1 }), /^it leaves out merges by chance \(dropout 0.1\)/],
    ["bpe-bytes", model({ continuing_subword_prefix: "##" }), /^its pieces of BPE begin with "##"/],
    ["bpe-bytes", model({ merges: 3 }), /^its merges are no pairs/],
    ["bpe-bytes", model({ merges: ["a b c"] }), /^its merges are no pairs/],
    ["bpe-bytes", model({ merges: [["a"]] }), /^its merges are no pairs/],
    ["bpe-bytes", model({ merges: [["a", 1]] }), /^its merges are no pairs/],
    ["bpe-bytes", model({ vocab: { a: 5 } }), /^the numbers of its 2 tokens are not 0 to 1/],
    ["bpe-bytes", () => ({ added_tokens: 3 }), /^one of its added_tokens has no content/],
    ["bpe-bytes", () => ({ added_tokens: [{ id: 0, content: "" }] }), /has no content/],
    [
      "bpe-bytes",
      () => ({ added_tokens: [{ id: 0, content: "<|endoftext|>", single_word: true }] }),
      /^"<\|endoftext\|>" counts as a single_word alone/,
    ],
    ["bpe-bytes", () => ({ padding: { pad_id: 9999 } }), /^its pad_id is 9999/],
    ["bpe-bytes", () => ({ padding: { pad_id: "length" } }), /^its pad_id is "length"/],
    ["bpe-bytes", () => ({ normalizer: { type: "Other" } }), /^its parts do not fit together/],
    ["bpe-bytes", () => ({ normalizer: { a: Infinity } }), /^it cannot be stored/],
    ["bpe-bytes", () => ({ truncation: "\ud800" }), /^it cannot be stored/],
    ["unigram", model({ unk_id: -1 }), /^its unk_id is -1/],
    ["unigram", model({ vocab: [["a", "b"]] }), /^its vocab is no list of tokens with their/],
    ["unigram", model({ vocab: {} }), /^its vocab is no list of tokens with their/],
    ["unigram", model({ vocab: [["a", 0], ["a", 1]] }), /^its vocab has a token twice/],
    ["unigram", () => ({ post_processor: { type: "Other" } }), /^it frames texts by Other/],
    ["word-piece", model({ vocab: { a: 0 } }), /^its|^the numbers/],
  ];
  for (const [name, change, why] of said) {
    assert.match(await refusal(name, change) ?? "nothing", why, String(change));
  }
});
