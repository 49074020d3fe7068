import assert from "node:assert/strict";
import { tokensOf } from "../../../../ops/data/text/tokens.ts";
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
