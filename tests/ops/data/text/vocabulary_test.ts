import assert from "node:assert/strict";
import {
  framing,
  learnVocabulary,
  numbered,
  plainVocabulary,
} from "../../../../ops/data/text/vocabulary.ts";

Deno.test("the most frequent tokens get numbers behind padding and the unknown, ties in order", () => {
  const samples = [["d", "a", "c"], ["c", "a", "b"], ["c"]];
  assert.deepEqual(learnVocabulary(samples, 100).tokens, [
    ...["[padding]", "[unknown]", "c", "a", "b", "d"],
  ]);
  assert.deepEqual(learnVocabulary(samples, 4), {
    tokens: ["[padding]", "[unknown]", "c", "a"],
    padding: 0,
    unknown: 1,
    mask: 1,
    frame: { start: [], end: [] },
  });
});

Deno.test("rows are framed, cut at the end and padded; what has no number is unknown", () => {
  const plain = plainVocabulary(["[padding]", "[unknown]", "x", "y"], 0, 1);
  assert.deepEqual([...numbered([["x", "z", "y"], ["y"], []], plain, 2)], [2, 1, 3, 0, 0, 0]);
  const framed = { ...plain, padding: 7, frame: { start: [5], end: [6] } };
  assert.deepEqual([...numbered([["x", "y", "x"], ["y"]], framed, 4)], [5, 2, 3, 6, 5, 3, 6, 7]);
  assert.deepEqual([...numbered([["x"], []], framed, 2)], [5, 6, 5, 6]);
  assert.deepEqual([...numbered([["x"], []], framed, 1)], [5, 5]);
  assert.deepEqual([...framing(framed)], [7, 5, 6]);
});
