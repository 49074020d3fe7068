/** Limits of numbers in words. */
import assert from "node:assert/strict";
import { limitsInWords } from "../../../../engine/recipe/words/limits_in_words.ts";

Deno.test("limits are said as people say them", () => {
  assert.equal(limitsInWords({ minimum: 0, maximum: 1 }), "from 0 to 1");
  assert.equal(limitsInWords({ exclusiveMinimum: 0, exclusiveMaximum: 1 }), "above 0 and below 1");
  assert.equal(limitsInWords({ minimum: 1 }), "at least 1");
  assert.equal(limitsInWords({ maximum: 9 }), "at most 9");
  assert.equal(limitsInWords({ minimum: 1, exclusiveMaximum: 9 }), "at least 1 and below 9");
  assert.equal(limitsInWords({}), "");
});
