/** The estimators against closed forms; JavaScript's own exponential is the oracle of ours. */
import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import { exponential } from "../../../../engine/recipe/search/exponential.ts";
import { parzen, pick } from "../../../../engine/recipe/search/parzen.ts";

const near = (actual: readonly number[], expected: readonly number[]) => {
  assert.equal(actual.length, expected.length);
  for (const [at, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[at]!) < 1e-14, `${actual} is not ${expected}`);
  }
};

Deno.test("the exponential is right to a few units in the last place, and 0 where nothing is left", () => {
  fc.assert(fc.property(fc.double({ min: -699, max: 0, noNaN: true }), (x) => {
    const expected = Math.exp(x);
    assert.ok(Math.abs(exponential(x) - expected) <= 1e-15 * expected, `${x}`);
  }));
  assert.equal(exponential(0), 1);
  assert.equal(exponential(-1000), 0);
  assert.equal(exponential(-Infinity), 0);
});

Deno.test("a category is as likely as it was seen, and once more", () => {
  // N p + C with an even prior of weight 1, by hand: (1 + 2, 1 + 0, 1 + 1) / 6.
  near(parzen({ count: 3, even: false }, [0, 2, 0]), [3 / 6, 1 / 6, 2 / 6]);
  near(parzen({ count: 4, even: false }, []), [0.25, 0.25, 0.25, 0.25]);
});

Deno.test("a number that was seen makes its neighbours likely: prior and Gaussian in equal parts", () => {
  near(parzen({ count: 5, even: true }, []), [0.2, 0.2, 0.2, 0.2, 0.2]);
  // One seen, 2 of 0…4: both neighbours are ends, 2 away; at least 5 / min(100, 2) = 2.5.
  const heights = [-2, -1, 0, 1, 2].map((away) => Math.exp(-away * away / (2 * 2.5 * 2.5)));
  const total = heights.reduce((a, b) => a + b);
  near(
    parzen({ count: 5, even: true }, [2]),
    heights.map((height) => (0.2 + height / total) / 2),
  );
  // Two seen, 10 and 40 of 0…99: deviations max(10, 30) and max(30, 59), at least 100 / 3.
  const kernel = (mean: number, deviation: number) => {
    const all = Array.from({ length: 100 }, (_, at) => {
      const away = (at - mean) / deviation;
      return Math.exp(-away * away / 2);
    });
    const sum = all.reduce((a, b) => a + b);
    return all.map((height) => height / sum);
  };
  const [first, second] = [kernel(10, 100 / 3), kernel(40, 59)];
  near(
    parzen({ count: 100, even: true }, [40, 10]),
    first.map((height, at) => (0.01 + height + second[at]!) / 3),
  );
});

Deno.test("probabilities add up to 1, none is 0, and mirrored values are as likely", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 60 }).chain((count) =>
      fc.tuple(fc.constant(count), fc.array(fc.nat(count - 1), { maxLength: 30 }))
    ),
    ([count, seen]) => {
      const own = parzen({ count, even: true }, seen);
      assert.ok(Math.abs(own.reduce((a, b) => a + b) - 1) < 1e-12);
      assert.ok(own.every((each) => each > 0));
      near(parzen({ count, even: true }, seen.map((at) => count - 1 - at)).toReversed(), own);
    },
  ));
});

Deno.test("a number picks the value in whose share it falls", () => {
  const shares = [0.5, 0.25, 0.25];
  assert.deepEqual([0, 0.49, 0.5, 0.74, 0.75, 0.999].map((x) => pick(shares, x)), [
    0,
    0,
    1,
    1,
    2,
    2,
  ]);
  assert.equal(pick([0.3, 0.3, 0.3999], 0.99995), 2, "what rounding lost goes to the last");
});
