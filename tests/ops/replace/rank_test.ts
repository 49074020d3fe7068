/** Ranks by energy and within a budget. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import {
  assertBudget,
  fittedRanks,
  gainfulRank,
  rankOfShare,
  ranksInBudget,
} from "../../../ops/replace/rank.ts";
import { fc } from "../../deps.ts";

Deno.test("budget: as many weights as allowed, and no other ranks lose less", () => {
  const values = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(values, values, fc.integer({ min: 20, max: 90 }), (one, other, parameters) => {
      const spectrum = (of: number[]) => ({
        ...{ rows: 10, columns: 10 },
        values: Float64Array.from(of.sort((a, b) => b - a)),
      });
      const spectra = new Map([["a", spectrum(one)], ["b", spectrum(other)]]);
      if (parameters < 40) {
        assert.throws(() => ranksInBudget(spectra, parameters), ParameterError);
        return;
      }
      const ranks = ranksInBudget(spectra, parameters);
      const kept = (name: string, rank: number) => {
        const { values } = spectra.get(name)!;
        const energy = (upTo: number) => values.subarray(0, upTo).reduce((s, v) => s + v * v, 0);
        return energy(rank) / energy(5);
      };
      const [a, b] = [ranks.get("a")!, ranks.get("b")!];
      assert.ok(20 * (a + b) <= parameters);
      let best = 0;
      for (let i = 1; i <= 4; i++) {
        for (let j = 1; j <= 4; j++) {
          if (20 * (i + j) <= parameters) best = Math.max(best, kept("a", i) + kept("b", j));
        }
      }
      assert.ok(kept("a", a) + kept("b", b) >= best - 1e-12);
    }),
  );
});

Deno.test("the gainful rank is the last whose factors are smaller, by counting", () => {
  const side = fc.integer({ min: 1, max: 40 });
  fc.assert(fc.property(side, side, (rows, columns) => {
    let rank = 0;
    while ((rank + 1) * (rows + columns) < rows * columns) rank++;
    assert.equal(gainfulRank({ rows, columns }), rank);
  }));
});

Deno.test("a share is kept by the fewest values that reach it; values that are no numbers keep all", () => {
  const values = Float64Array.of(3, 2, 1);
  const ranks = [0.01, 9 / 14, 0.65, 13 / 14, 1].map((share) => rankOfShare(values, share));
  assert.deepEqual(ranks, [1, 1, 2, 2, 3]);
  assert.equal(rankOfShare(Float64Array.of(0, 0), 0.5), 1);
  assert.equal(rankOfShare(Float64Array.of(NaN, 1, 1), 0.5), 3);
});

/** A layer of this size with these values. */
const spectrum = (rows: number, columns: number, ...values: number[]) => ({
  ...{ rows, columns },
  values: Float64Array.from(values),
});
const budget = (layers: Readonly<Record<string, ReturnType<typeof spectrum>>>, numbers: number) =>
  Object.fromEntries(ranksInBudget(new Map(Object.entries(layers)), numbers));

Deno.test("a budget by hand: worth for its numbers, ties to the earlier, no value behind one that did not fit", () => {
  const equal = { a: spectrum(10, 10, 3, 2, 1, 1, 1), b: spectrum(10, 10, 3, 2, 1, 1, 1) };
  assert.deepEqual(budget(equal, 40), { a: 1, b: 1 });
  assert.deepEqual(budget(equal, 59), { a: 1, b: 1 });
  assert.deepEqual(budget(equal, 60), { a: 2, b: 1 });
  assert.deepEqual(budget(equal, 80), { a: 2, b: 2 });
  // Ten by ten has factors that are smaller up to rank 4.
  assert.deepEqual(budget(equal, 10_000), { a: 4, b: 4 });
  // The second value of `wide` keeps more of its layer, but for each number less.
  const uneven = { wide: spectrum(40, 40, 5, 4, 1), slim: spectrum(6, 6, 5, 3) };
  assert.deepEqual(budget(uneven, 92 + 12), { wide: 1, slim: 2 });
  // 80 do not fit; what costs 12 does, and a third of `wide` would not go before its second.
  const blocked = { wide: spectrum(40, 40, 5, 5, 5), slim: spectrum(6, 6, 5, 0.1) };
  assert.deepEqual(budget(blocked, 92 + 79), { wide: 1, slim: 2 });
  const zeros = { none: spectrum(10, 10, 0, 0, 0), some: spectrum(10, 10, 2, 1, 0) };
  assert.deepEqual(budget(zeros, 60), { none: 1, some: 2 });
});

Deno.test("rules: a budget over all layers, or the energy of each", () => {
  const layers = new Map([["a", spectrum(10, 10, 3, 2, 1)], ["b", spectrum(10, 10, 1, 1, 1)]]);
  const ranks = (rule: Parameters<typeof fittedRanks>[1]) => [...fittedRanks(layers, rule)];
  assert.deepEqual(ranks({ use: "energy", share: 0.65 }), [["a", 2], ["b", 2]]);
  assert.deepEqual(ranks({ use: "budget", parameters: 60 }), [["a", 1], ["b", 2]]);
});

Deno.test("a budget below rank 1 is refused with the least that would do", () => {
  const layers = new Map([["a", { rows: 4, columns: 6 }], ["b", { rows: 5, columns: 5 }]]);
  assertBudget(layers, 20);
  assert.throws(
    () => assertBudget(layers, 19),
    new ParameterError(
      ...["out-of-range", "with.rank.parameters"] as const,
      "19 weights are not enough: at rank 1 the factors have 20",
      "parameters: 20 or more, or fewer layers",
    ),
  );
});
