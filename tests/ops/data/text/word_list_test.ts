/** Texts by a list of tokens, against the numbers of PyPI's tokenizers. */
import assert from "node:assert/strict";
import { readTokenizer } from "../../../../ops/data/text/tokenizer_file.ts";
import { isWordList, listedTokenizer } from "../../../../ops/data/text/word_list.ts";
import { NUMBERS, TEXTS, VOCABULARY } from "../../../fixtures/transformers/transformers.ts";
import { numberedTexts } from "./placed.ts";

const list = new TextDecoder().decode(VOCABULARY);
const LONGEST = 20;

for (const { lowercase, ids } of NUMBERS) {
  Deno.test(`every text has the numbers that tokenizers gives it, ${lowercase ? "un" : ""}cased`, () => {
    const { tokens, vocabulary } = readTokenizer(list, "vocab.txt", lowercase);
    const rows = numberedTexts(TEXTS.map(tokens), vocabulary, LONGEST);
    for (const [row, numbers] of ids.entries()) {
      const found = rows.slice(row * LONGEST, (row + 1) * LONGEST);
      const padding = Array(LONGEST - numbers.length).fill(0);
      assert.deepEqual(found, [...numbers, ...padding], JSON.stringify(TEXTS[row]));
    }
  });
}

Deno.test("a list is of texts without upper case where nothing is said", () => {
  assert.deepEqual(
    readTokenizer(list, "vocab.txt").rule,
    readTokenizer(list, "vocab.txt", true).rule,
  );
});

Deno.test("a list is what no JSON object is; lines may end as on Windows", () => {
  assert.deepEqual([isWordList("[PAD]\na"), isWordList(' {"model":1}'), isWordList("")], [
    true,
    false,
    true,
  ]);
  const one = listedTokenizer("[UNK]\na\n##b\n", true);
  assert.deepEqual(listedTokenizer("[UNK]\r\na\r\n##b\r\n", true), one);
  const { model, added_tokens: added } = one as {
    model: { vocab: object };
    "added_tokens": object[];
  };
  assert.deepEqual(model.vocab, { "[UNK]": 0, a: 1, "##b": 2 });
  assert.deepEqual(added, [{ content: "[UNK]", id: 0 }]);
});

Deno.test("a list that is no BERT's is refused in a sentence", () => {
  const refused = (text: string, why: RegExp) =>
    assert.throws(() => readTokenizer(text, "vocab.txt"), why);
  refused("a\nb", /its vocabulary has no "\[UNK\]"$/);
  refused("[UNK]\na", /it frames texts with "\[CLS\]", which its vocabulary has not$/);
  refused("[UNK]\n[CLS]\n[SEP]\na\na", /the numbers of its 4 tokens are not 0 to 3, each once/);
});
