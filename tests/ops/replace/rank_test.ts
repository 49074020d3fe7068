/** Ranks by energy and within a budget. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { ranksInBudget } from "../../../ops/replace/rank.ts";
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
