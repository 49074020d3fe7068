import assert from "node:assert/strict";
import { keptSamples, pictureNeed, textNeed, vectorNeed } from "../../../ops/data/needs.ts";

Deno.test("bytes of texts, pictures and vectors, counted by hand", () => {
  assert.equal(textNeed(3, 5).bytes, 3 * 5 * 4 * 2);
  assert.match(textNeed(3, 5).what, /^3 samples of 5 tokens$/);
  assert.equal(pictureNeed(10, 4, [2, 3, 1]).bytes, 10 * 6 + 4 * 6 * 2);
  assert.match(pictureNeed(10, 4, [2, 3, 1]).what, /^10 pictures of 2×3×1$/);
  assert.equal(vectorNeed(7, 2).bytes, 7 * 2 * 4 * 3);
  assert.match(vectorNeed(7, 2).what, /^7 vectors of 2 numbers$/);
});

Deno.test("a limit leaves out training samples alone", () => {
  const split = { validation: 0.1, test: 0.25, by: "label" } as const;
  assert.equal(keptSamples(100, { split }), 100);
  assert.equal(keptSamples(100, { split, limit: 5 }), 5 + 10 + 25);
  assert.equal(keptSamples(100, { split, limit: 66 }), 65 + 10 + 25);
});
