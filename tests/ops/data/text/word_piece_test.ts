import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import { lengthsOf, normalized, wordPieces } from "../../../../ops/data/text/word_piece.ts";

Deno.test("only lengths that a vocabulary has are looked for, and the pieces are the longest from the left", () => {
  fc.assert(fc.property(
    fc.array(fc.stringMatching(/^(##)?[ab]{1,6}$/), { maxLength: 12 }),
    fc.stringMatching(/^[ab]{1,12}$/),
    (tokens, word) => {
      const vocabulary = new Set(tokens);
      const every = Array.from({ length: 14 }, (_, i) => 14 - i);
      const normalizer = { clean: true, chinese: true, accents: "keep", lowercase: false } as const;
      const cut = (lengths: readonly number[]) =>
        wordPieces(word, normalizer, {
          ...{ vocabulary, lengths, unknown: "?", prefix: "##", longest: 100 },
        });
      assert.deepEqual(cut(lengthsOf(vocabulary, "##")), cut(every));
    },
  ));
});

Deno.test("pieces are as long as they stand, and behind the prefix; the longest are looked for first", () => {
  assert.deepEqual(lengthsOf(["##abc", "c", "##", "abcdef##"], "##"), [8, 5, 3, 2, 1]);
  assert.deepEqual(lengthsOf(["-x"], "-"), [2, 1]);
});

Deno.test("each part of the normaliser does its own, and nothing where it is off", () => {
  const off = { clean: false, chinese: false, accents: "keep", lowercase: false } as const;
  const text = "\u00c9\t\u535a\u0005";
  assert.equal(normalized(text, off), text);
  assert.equal(normalized(text, { ...off, clean: true }), "\u00c9 \u535a");
  assert.equal(normalized(text, { ...off, chinese: true }), "\u00c9\t \u535a \u0005");
  assert.equal(normalized(text, { ...off, accents: "strip" }), "E\t\u535a\u0005");
  assert.equal(normalized(text, { ...off, lowercase: true }), "\u00e9\t\u535a\u0005");
});

Deno.test("a word is cut into the longest pieces, each but the first behind the prefix, or is unknown", () => {
  const off = { clean: false, chinese: false, accents: "keep", lowercase: false } as const;
  const vocabulary = new Set(["ab", "a", "##b", "##cd", "##c"]);
  const cut = (text: string, longest = 4) =>
    wordPieces(text, off, {
      ...{ vocabulary, unknown: "?", prefix: "##", longest },
      lengths: lengthsOf(vocabulary, "##"),
    });
  assert.deepEqual(cut("abcd abc acd"), ["ab", "##cd", "ab", "##c", "a", "##cd"]);
  assert.deepEqual(cut("abx b"), ["?", "?"]);
  assert.deepEqual(cut("abcd", 3), ["?"]);
  assert.deepEqual(cut(" "), []);
});
