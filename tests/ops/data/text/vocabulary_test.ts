import assert from "node:assert/strict";
import { tokensOf } from "../../../../ops/data/text/tokens.ts";
import {
  learnVocabulary,
  numbered,
  plainVocabulary,
} from "../../../../ops/data/text/vocabulary.ts";
import { vocabularyOf } from "../../../../ops/data/text/vocabulary_file.ts";
import { fc } from "../../../deps.ts";

Deno.test("words are runs of letters and digits in lower case, other signs stand alone", () => {
  assert.deepEqual(tokensOf("Don't STOP, it's 3.5%!", "words"), [
    ...["don't", "stop", ",", "it's", "3", ".", "5", "%", "!"],
  ]);
  assert.deepEqual(tokensOf("Ünïcode  na\u0308ive\n日本", "words"), [
    "ünïcode",
    "na\u0308ive",
    "日本",
  ]);
  assert.deepEqual(tokensOf(" 'quoted' a-b", "words"), ["'", "quoted", "'", "a", "-", "b"]);
  assert.deepEqual(tokensOf(" \t\n", "words"), []);
});

Deno.test("characters are code points as they are, blanks too", () => {
  assert.deepEqual(tokensOf("Aé 🙂\n", "characters"), ["A", "é", " ", "🙂", "\n"]);
});

Deno.test("words and blanks between them are all there is of a text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.equal(tokensOf(text, "words").join(""), text.toLowerCase().replace(/\s/gu, ""));
    assert.equal(tokensOf(text, "characters").join(""), text);
  }));
});

Deno.test("the most frequent tokens get numbers behind padding and the unknown, ties in order", () => {
  const samples = [["b", "a", "c"], ["c", "a", "d"], ["c"]];
  assert.deepEqual(learnVocabulary(samples, 100).tokens, [
    ...["[padding]", "[unknown]", "c", "a", "b", "d"],
  ]);
  assert.deepEqual(learnVocabulary(samples, 4).tokens, ["[padding]", "[unknown]", "c", "a"]);
});

Deno.test("rows are framed, cut at the end and padded; what has no number is unknown", () => {
  const plain = plainVocabulary(["[padding]", "[unknown]", "x", "y"], 0, 1);
  assert.deepEqual([...numbered([["x", "z", "y"], ["y"], []], plain, 2)], [2, 1, 3, 0, 0, 0]);
  const framed = { ...plain, padding: 7, frame: { start: [5], end: [6] } };
  assert.deepEqual([...numbered([["x", "y", "x"], ["y"]], framed, 4)], [5, 2, 3, 6, 5, 3, 6, 7]);
});

Deno.test("a file may give the tokens: one a line, a list, or a map to numbers", () => {
  const lines = vocabularyOf("[PAD]\nthe\n[UNK]\ncat\n", "v.txt");
  assert.deepEqual([lines.tokens, lines.padding, lines.unknown], [
    ...[["[PAD]", "the", "[UNK]", "cat"], 0, 2],
  ]);
  assert.deepEqual(vocabularyOf('["a", "<unk>"]', "v.json").unknown, 1);
  const map = vocabularyOf('{ "b": 1, " ": 0, "a": 2 }', "v.json");
  assert.deepEqual([map.tokens, map.padding, map.unknown, map.mask], [[" ", "b", "a"], 0, 0, 0]);
});

Deno.test("a file that is no vocabulary is refused with its name and what is wrong", () => {
  const refused = (text: string, why: RegExp) =>
    assert.throws(() => vocabularyOf(text, "v.json"), why);
  refused(
    '{ "a": 0, "b": 2 }',
    /"v.json": the numbers of its 2 tokens are not 0 to 1, each once; "b" has 2/,
  );
  refused('{ "a": 0, "b": 0 }', /"b" has 0/);
  refused("[1, 2]", /a list of tokens holds texts/);
  refused("{ a", /"v.json": it is not JSON/);
  refused("", /it has no tokens/);
});
