/** Which of two trials is better. */
import assert from "node:assert/strict";
import { bestOf, compareScores } from "../../../../engine/recipe/search/trial_score.ts";
import { fc } from "../../../deps.ts";

Deno.test("what holds comes before what does not, then the score counts, or how little is violated", () => {
  const ranked = [
    { score: 5, violation: 0 },
    { score: 9, violation: 0 },
    { score: 1, violation: 0.1 },
    { score: 2, violation: 0.1 },
    { score: 0, violation: 0.3 },
    { score: Infinity, violation: Infinity },
  ];
  assert.deepEqual(ranked.toReversed().toSorted(compareScores), ranked);
  assert.equal(bestOf(ranked.toReversed()), 5);
  assert.equal(bestOf([ranked[5]!, ranked[5]!]), 0, "the first of equals");
  assert.equal(bestOf([]), undefined);
});

Deno.test("the order of trials is one: infinities are equal to themselves, and nothing beats what beats it", () => {
  const number = fc.constantFrom(0, 0.1, 1, Infinity);
  const score = fc.record({ score: number, violation: number });
  fc.assert(fc.property(score, score, score, (a, b, c) => {
    assert.equal(compareScores(a, a), 0);
    assert.equal(compareScores(a, b), 0 - compareScores(b, a));
    if (compareScores(a, b) <= 0 && compareScores(b, c) <= 0) {
      assert.ok(compareScores(a, c) <= 0);
    }
  }));
});
