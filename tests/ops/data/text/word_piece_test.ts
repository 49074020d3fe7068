import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import { lengthsOf, wordPieces } from "../../../../ops/data/text/word_piece.ts";

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
