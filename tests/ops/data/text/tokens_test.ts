import assert from "node:assert/strict";
import { firstTokens, tokensOf } from "../../../../ops/data/text/tokens.ts";
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

Deno.test("the first tokens of a text are those of the whole", () => {
  // A capital sigma becomes another letter at the end of a word than in it; a blank may be one for words and none for letters.
  const unit = fc.constantFrom(
    ...[
      "a",
      "B",
      " ",
      "\n",
      "\t",
      "'",
      "’",
      "9",
      "_",
      "Σ",
      "\u0307",
      "I",
      "\ufeff",
      "\u00a0",
      "😀",
      "é",
    ],
  );
  fc.assert(fc.property(
    fc.string({ unit, maxLength: 60 }),
    fc.integer({ min: 1, max: 20 }),
    fc.constantFrom("words" as const, "characters" as const),
    (text, most, rule) => {
      const whole = tokensOf(text, rule);
      assert.deepEqual(firstTokens(text, rule, most), whole.slice(0, most));
      assert.deepEqual(firstTokens(text, rule, Infinity), whole);
    },
  ));
  const signs = "😀".repeat(9);
  assert.deepEqual(firstTokens(signs, "characters", 9).join(""), signs);
});

Deno.test("what is behind the first tokens of a text is hardly looked at", () => {
  const text = "ab cde ".repeat(10_000);
  const looked = (rule: "words" | "characters", most: number) => {
    let units = 0;
    const watched = Object.assign(Object(text), {
      slice(start: number, end: number) {
        units += end - start;
        return text.slice(start, end);
      },
    });
    assert.equal(firstTokens(watched as string, rule, most).length, most);
    return units;
  };
  assert.ok(looked("words", 100) < 600, `${looked("words", 100)}`);
  assert.equal(looked("characters", 100), 200);
});
