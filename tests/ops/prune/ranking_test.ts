/** Which weights and channels go: counts, ties, limits. */
import assert from "node:assert/strict";
import { countOf, lowestMasks } from "../../../ops/prune/ranking.ts";
import { fc } from "../../deps.ts";

const magnitudes = (values: readonly number[]) => ({
  scores: Float32Array.from(values).map(Math.abs),
});

Deno.test("equal magnitudes go by position, so the count is exact", () => {
  const w = [0.5, -0.1, 0.3, -0.7, 0.2, -0.3, 0.05, 0.3];
  const [mask] = lowestMasks([magnitudes(w)], countOf(0.5, w.length));
  assert.deepEqual([...mask!], [1, 0, 0, 1, 0, 1, 0, 1]);
});

const scores = fc.array(fc.float({ min: -2, max: 2, noNaN: true }), {
  minLength: 1,
  maxLength: 60,
});

Deno.test("a larger ratio keeps a subset; order and scale of the weights do not matter", () => {
  fc.assert(fc.property(scores, fc.nat(), fc.nat(), (values, one, other) => {
    const [less, more] = [one, other].map((n) => n % (values.length + 1)).sort((a, b) => a - b);
    const mask = (of: readonly number[], count: number) => lowestMasks([magnitudes(of)], count)[0]!;
    const few = mask(values, less!);
    const many = mask(values, more!);
    assert.ok(many.every((keep, i) => keep <= few[i]!));
    assert.equal(many.filter((keep) => keep === 0).length, more);
    assert.deepEqual(mask(values.map((v) => v * 2), more!), many);
    // Among values that differ, a permutation of the weights permutes the mask.
    const distinct = [...new Map(values.map((v) => [Math.abs(v), v])).values()];
    const kept = (of: readonly number[]) => {
      const left = mask(of, Math.min(more!, of.length));
      return of.filter((_, i) => left[i] === 1).map(Math.abs).sort();
    };
    assert.deepEqual(kept(distinct.toReversed()), kept(distinct));
  }));
});

Deno.test("weights that are gone stay gone, even where the ratio asks for fewer", () => {
  const gone = { scores: Float32Array.of(0, 0, 3, 1), mask: Uint8Array.of(1, 0, 1, 1) };
  assert.deepEqual([...lowestMasks([gone], 1)[0]!], [1, 0, 1, 1]);
  assert.deepEqual([...lowestMasks([gone], 2)[0]!], [0, 0, 1, 1]);
  assert.deepEqual([...lowestMasks([gone], 0)[0]!], [1, 0, 1, 1]);
});
