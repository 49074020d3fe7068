/** Edit distances and guesses. */
import assert from "node:assert/strict";
import { editDistance, nearestNames, slipOf } from "../../../../engine/recipe/words/nearest.ts";

Deno.test("a distance counts letters inserted, dropped, replaced, swapped", () => {
  // Textbook pairs: Levenshtein's kitten, and one transposition.
  assert.equal(editDistance("kitten", "sitting"), 3);
  assert.equal(editDistance("epohcs", "epochs"), 1);
  assert.equal(editDistance("", "abc"), 3);
  assert.equal(editDistance("abc", "abc"), 0);
});

Deno.test("a digit may weigh more than a letter", () => {
  assert.equal(editDistance("conv1", "conv2"), 1);
  assert.equal(editDistance("conv1", "conv2", 4), 4);
  assert.deepEqual(nearestNames("conv1", ["conv", "conv12", "conv1"], 1), ["conv1"]);
  assert.deepEqual(nearestNames("conv1", ["conv2", "cony1"], 1, 4), ["cony1"]);
});

Deno.test("a slip differs in at most a third of the letters", () => {
  assert.equal(slipOf("distil", ["distill", "prune"]), "distill");
  assert.equal(slipOf("int9", ["int8", "float16"]), "int8");
  assert.equal(slipOf("banana", ["distill", "prune"]), undefined);
  assert.deepEqual(nearestNames("tracher", ["student", "teacher", "data"], 2), ["teacher", "data"]);
});
