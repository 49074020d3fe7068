/** What is kept of answers as they come: worked out by hand, and the same in any batches. */
import assert from "node:assert/strict";
import { type Chosen, collectAnswers, type Estimated } from "../../../ops/evaluate/answered.ts";
import { fc } from "../../deps.ts";

Deno.test("a rank is how many logits stand before the truth, equal ones by index", () => {
  const { answered, add } = collectAnswers(
    Int32Array.of(2, 0, 1, 1),
    3,
    {
      classes: ["cat", "dog", "owl"],
      surpriseOf: (_logits, y) => Float32Array.from(y, (truth) => truth / 2),
    },
  );
  add(Float32Array.of(3, 2, 1, 3, 2, 1, 5, 5, 5, 0, 1, 0), 0);
  const { answers, ranks, surprise, classes, width } = answered as Chosen;
  assert.deepEqual([...answers], [0, 0, 0, 1]);
  assert.deepEqual([...ranks], [2, 0, 1, 0]);
  assert.deepEqual([...surprise], [1, 0, 0.5, 0.5]);
  assert.deepEqual([classes, width], [["cat", "dog", "owl"], 3]);
});

Deno.test("numbers are kept as they are, at the place of their sample", () => {
  const { answered, add } = collectAnswers(
    new Float32Array(6),
    2,
    { classes: [], surpriseOf: () => assert.fail("no classes") },
  );
  add(Float32Array.of(5, 6), 2);
  add(Float32Array.of(1, 2, 3, 4), 0);
  assert.deepEqual([...(answered as Estimated).logits], [1, 2, 3, 4, 5, 6]);
});

Deno.test("the true class is the answer where nothing stands before it, in batches of any size", () => {
  const row = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 4, maxLength: 4 });
  const sample = fc.tuple(row, fc.integer({ min: 0, max: 3 }));
  fc.assert(fc.property(
    fc.array(sample, { minLength: 1, maxLength: 9 }),
    fc.integer({ min: 1, max: 9 }),
    (samples, batch) => {
      const y = Int32Array.from(samples, ([, truth]) => truth);
      const logits = Float32Array.from(samples.flatMap(([row]) => row));
      const { answered, add } = collectAnswers(y, 4, {
        classes: [],
        surpriseOf: (_, truths) => Float32Array.from(truths),
      });
      for (let first = 0; first < y.length; first += batch) {
        add(logits.subarray(4 * first, 4 * (first + batch)), first);
      }
      const { answers, ranks, surprise } = answered as Chosen;
      for (const [i, [row, truth]] of samples.entries()) {
        const order = [0, 1, 2, 3].sort((a, b) => row[b]! - row[a]! || a - b);
        assert.equal(answers[i], order[0]);
        assert.equal(ranks[i], order.indexOf(truth));
        assert.equal(surprise[i], truth);
      }
    },
  ));
});

Deno.test("probabilities are kept where they are asked for: the softmax of each row, at its place", () => {
  const told = (sure: boolean) => {
    const surpriseOf = (_: Float32Array, y: Int32Array) => new Float32Array(y.length);
    const { answered, add } = collectAnswers(Int32Array.of(0, 1, 2), 3, {
      classes: [],
      sure,
      surpriseOf,
    });
    add(Float32Array.of(0, 0, -Infinity, 1000, 1000, 1000), 1);
    add(Float32Array.of(Math.log(2), 0, 0), 0);
    return (answered as Chosen).probabilities;
  };
  const third = 1 / 3;
  for (const [i, value] of [0.5, 0.25, 0.25, 0.5, 0.5, 0, third, third, third].entries()) {
    assert.ok(Math.abs(told(true)![i]! - value) < 1e-8, `${i}: ${told(true)![i]}`);
  }
  assert.equal(told(false), undefined);
});
