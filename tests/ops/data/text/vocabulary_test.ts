import assert from "node:assert/strict";
import {
  framing,
  learnVocabulary,
  numbersOf,
  plainVocabulary,
} from "../../../../ops/data/text/vocabulary.ts";
import { numberedTexts, placed } from "./placed.ts";

Deno.test("the most frequent tokens get numbers behind padding and the unknown, ties in order", () => {
  const { texts, tokens } = placed([["d", "a", "c"], ["c", "a", "b"], ["c"]]);
  assert.deepEqual(learnVocabulary(texts, tokens, 100).tokens, [
    ...["[padding]", "[unknown]", "c", "a", "b", "d"],
  ]);
  assert.deepEqual(learnVocabulary(texts, tokens, 4), {
    tokens: ["[padding]", "[unknown]", "c", "a"],
    padding: 0,
    unknown: 1,
    mask: 1,
    frame: { start: [], end: [] },
  });
});

Deno.test("of tokens that are as frequent as the last that is learned, the first in order are", () => {
  const { texts, tokens } = placed([["z", "y", "x", "w", "z"], ["\u{1f642}", "\uff5e", "y"]]);
  const learned = (limit: number) => learnVocabulary(texts, tokens, limit).tokens.slice(2);
  assert.deepEqual(learned(3), ["y"]);
  assert.deepEqual(learned(5), ["y", "z", "w"]);
  // The units of a character beyond the basic plane come before those of its end.
  assert.deepEqual(learned(8), ["y", "z", "w", "x", "\u{1f642}", "\uff5e"]);
});

Deno.test("tokens that were met and that no text has are not learned", () => {
  const { texts } = placed([["a", "b", "a"]]);
  assert.deepEqual(learnVocabulary(texts.slice(0, 1), ["a", "b", "c"], 100).tokens.slice(2), [
    "a",
    "b",
  ]);
});

Deno.test("tokens have the numbers that a vocabulary gives them, the last where it has one twice", () => {
  const numbers = numbersOf(["b", "?", "a"], { tokens: ["a", "b", "?", "b"], unknown: 2 });
  assert.deepEqual([...numbers], [3, 2, 0]);
  assert.deepEqual([...numbersOf(["c"], { tokens: ["a"], unknown: 7 })], [7]);
});

Deno.test("rows are framed, cut at the end and padded; what has no number is unknown", () => {
  const plain = plainVocabulary(["[padding]", "[unknown]", "x", "y"], 0, 1);
  assert.deepEqual(numberedTexts([["x", "z", "y"], ["y"], []], plain, 2), [2, 1, 3, 0, 0, 0]);
  const framed = { ...plain, padding: 7, frame: { start: [5], end: [6] } };
  assert.deepEqual(numberedTexts([["x", "y", "x"], ["y"]], framed, 4), [5, 2, 3, 6, 5, 3, 6, 7]);
  assert.deepEqual(numberedTexts([["x"], []], framed, 2), [5, 6, 5, 6]);
  assert.deepEqual(numberedTexts([["x"], []], framed, 1), [5, 5]);
  const ended = { ...framed, frame: { start: [], end: [6, 6] } };
  assert.deepEqual(numberedTexts([["x"], ["x", "y"]], ended, 3), [2, 6, 6, 2, 6, 6]);
  assert.deepEqual([...framing(framed)], [7, 5, 6]);
});
