/** Which weights and channels go: counts, ties, limits. */
import assert from "node:assert/strict";
import {
  countOf,
  keptCount,
  lowestMasks,
  ratiosOf,
  selectUnits,
} from "../../../ops/prune/ranking.ts";
import { fc } from "../../deps.ts";

const magnitudes = (values: readonly number[]) => ({
  scores: Float32Array.from(values).map(Math.abs),
});

Deno.test("equal magnitudes go by position, so the count is exact", () => {
  const w = [0.5, -0.1, 0.3, -0.7, 0.2, -0.3, 0.05, 0.3];
  const [mask] = lowestMasks([magnitudes(w)], countOf(0.5 * w.length));
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

Deno.test("scores below 0 go before those above, the lowest first", () => {
  const scores = Float32Array.of(0.5, -2, 0, -0.25, -0, 3);
  const kept = (count: number) => [...lowestMasks([{ scores }], count)[0]!];
  assert.deepEqual(kept(1), [1, 0, 1, 1, 1, 1]);
  assert.deepEqual(kept(3), [1, 0, 0, 0, 1, 1]);
  assert.deepEqual(kept(5), [0, 0, 0, 0, 0, 1]);
});

Deno.test("a ratio's count is the nearest whole number, and a half stays", () => {
  const counts = [[0.5, 5], [0.5, 7], [0.3, 10], [0.04, 10], [0.06, 10], [0, 9], [1, 9]] as const;
  assert.deepEqual(counts.map(([ratio, total]) => countOf(ratio * total)), [2, 3, 3, 0, 1, 0, 9]);
});

Deno.test("what stays is rounded up to its multiple, but a group never grows", () => {
  const kept = (total: number, removed: number, minKeep: number, roundTo: number) =>
    keptCount(total, removed, { minKeep, roundTo });
  assert.equal(kept(10, 5, 1, 1), 5);
  assert.equal(kept(10, 5, 1, 4), 8);
  assert.equal(kept(10, 8, 3, 1), 3);
  assert.equal(kept(10, 8, 3, 4), 4);
  assert.equal(kept(6, 1, 1, 4), 6);
  assert.equal(kept(2, 1, 5, 1), 2);
});

const free = { minKeep: 1, roundTo: 1 };

Deno.test("groups with a ratio are cut alone; the common ranking passes one at its limit over", () => {
  const groups = [
    { scores: [3, 1, 2, 9], ratio: 0.5 },
    { scores: [0.1, 0.2] },
    { scores: [5, 0.3, 4, 6] },
  ];
  // Three of six: 0.1 goes, 0.2 would leave none, so 0.3 and 4 follow.
  assert.deepEqual(selectUnits(groups, 0.5, free), [[1, 2], [0], [1, 2]]);
});

Deno.test("rounding up gives the most important ones back, and of equals the lower index goes", () => {
  assert.deepEqual(selectUnits([{ scores: [1, 1, 1, 1] }], 0.5, free), [[0, 1]]);
  const multiple = { minKeep: 1, roundTo: 3 };
  assert.deepEqual(selectUnits([{ scores: [4, 3, 2, 1, 5] }], 0.4, multiple), [[2, 3]]);
  assert.deepEqual(selectUnits([{ scores: [4, 3, 2, 1, 5] }], 0.6, multiple), [[2, 3]]);
});

Deno.test("in a common ranking exactly the share goes where no group is at its limit", () => {
  const group = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 8 });
  fc.assert(fc.property(fc.array(group, { minLength: 1, maxLength: 4 }), (all) => {
    const total = all.reduce((sum, { length }) => sum + length, 0);
    const gone = selectUnits(all.map((scores) => ({ scores })), 0.5, { minKeep: 0, roundTo: 1 });
    assert.equal(gone.reduce((sum, { length }) => sum + length, 0), countOf(0.5 * total));
    const worst = Math.max(-1, ...all.flatMap((scores, g) => gone[g]!.map((i) => scores[i]!)));
    all.forEach((scores, g) =>
      scores.forEach((score, i) => assert.ok(gone[g]!.includes(i) || score >= worst))
    );
  }));
});

Deno.test("a layer has its entry's ratio, else under `layer` the common one, else none", () => {
  const layers = ["a", "b"].map((name) => ({ name, kind: "dense", type: "dense", inputs: [] }));
  const params = { ratio: 0.5, "per_layer": [{ layers: ["b"], ratio: 0.2 }] };
  const ratios = (
    scope: "layer" | "global",
  ) => [...ratiosOf(layers as never, { ...params, scope })];
  assert.deepEqual(ratios("layer"), [["a", 0.5], ["b", 0.2]]);
  assert.deepEqual(ratios("global"), [["a", undefined], ["b", 0.2]]);
});

Deno.test("positions are put in their order as numbers, and two floats next to each other are told apart", () => {
  const descending = Array.from({ length: 12 }, (_, i) => 12 - i);
  assert.deepEqual(selectUnits([{ scores: descending, ratio: 0.75 }], 0, free), [
    [3, 4, 5, 6, 7, 8, 9, 10, 11],
  ]);
  const next = { scores: Float32Array.of(1 + 2 ** -23, 1, -1 - 2 ** -23, -1) };
  assert.deepEqual([...lowestMasks([next], 1)[0]!], [1, 1, 0, 1]);
  assert.deepEqual([...lowestMasks([next], 3)[0]!], [1, 0, 0, 0]);
});

Deno.test("over several arrays the count is of all together, and equals go from the first array on", () => {
  const arrays = [Float32Array.of(2, 1), Float32Array.of(1, 0, 1)].map((scores) => ({ scores }));
  const kept = (count: number) => lowestMasks(arrays, count).map((mask) => [...mask]);
  assert.deepEqual(kept(0), [[1, 1], [1, 1, 1]]);
  assert.deepEqual(kept(2), [[1, 0], [1, 0, 1]]);
  assert.deepEqual(kept(3), [[1, 0], [0, 0, 1]]);
  assert.deepEqual(kept(5), [[0, 0], [0, 0, 0]]);
});

Deno.test("of weights that are all equal as many go as are to go, the first ones", () => {
  const arrays = [1, 2].map((length) => ({ scores: new Float32Array(length).fill(0.5) }));
  const kept = (count: number) => lowestMasks(arrays, count).flatMap((mask) => [...mask]);
  assert.deepEqual([0, 1, 2, 3].map(kept), [[1, 1, 1], [0, 1, 1], [0, 0, 1], [0, 0, 0]]);
});
