/** Grid, chance and bisection, point by point. */
import assert from "node:assert/strict";
import {
  nextAtRandom,
  nextBisected,
  nextOfGrid,
} from "../../../../engine/recipe/search/simple_strategies.ts";
import { rankOfPoint, type Space } from "../../../../engine/recipe/search/space.ts";
import { fc } from "../../../deps.ts";
import { best, free, searched } from "./searched.ts";

const space: Space = [{ count: 4, even: true }, { count: 3, even: false }];
const ranks = (tried: ReturnType<typeof searched>) =>
  tried.map(({ point }) => rankOfPoint(space, point));
const all = Array.from({ length: 12 }, (_, rank) => rank);

Deno.test("a grid is gone through in order, to its end", () => {
  assert.deepEqual(ranks(searched("grid", space, free(() => 1))), all);
});

Deno.test("bisection finds the extreme value that holds, whichever way the two go, in 2 + ⌈log₂⌉ trials", () => {
  const direction = fc.constantFrom(1, -1);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.nat(401),
      direction,
      direction,
      (count, threshold, aims, holds) => {
        const objective = ([at = 0]: readonly number[]) => ({
          score: aims * at,
          violation: holds * at <= holds * threshold ? 0 : Math.abs(at - threshold),
        });
        const axis = [{ count, even: true }];
        const tried = searched("bisect", axis, objective);
        const expected = searched("grid", axis, objective);
        assert.deepEqual(
          { ...best(tried), point: 0 },
          { ...best(expected), point: 0 },
        );
        assert.ok(tried.length <= 2 + Math.max(0, Math.ceil(Math.log2(Math.max(1, count - 1)))));
      },
    ),
  );
});

const failed = { score: Infinity, violation: Infinity };

Deno.test("a grid ends where every point was tried, whatever came of them", () => {
  const tried = all.map((rank) => ({ point: [Math.floor(rank / 3), rank % 3], ...failed }));
  assert.deepEqual(nextOfGrid(space, tried.slice(0, 4)), [1, 1]);
  assert.equal(nextOfGrid(space, tried), undefined);
});

Deno.test("chance draws among the points that are left: the k-th share of the draw is the k-th of them", () => {
  fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 11 })), fc.nat(11), (gone, at) => {
    const tried = gone.map((rank) => ({ point: [Math.floor(rank / 3), rank % 3], ...failed }));
    const left = all.filter((rank) => !gone.includes(rank));
    const k = at % Math.max(1, left.length);
    const point = nextAtRandom(space, tried, () => (k + 0.5) / left.length);
    assert.equal(point && rankOfPoint(space, point), left[k]);
  }));
});

Deno.test("a point that was tried twice is gone once", () => {
  const tried = [0, 0, 1].map((at) => ({ point: [at], ...failed }));
  assert.deepEqual(nextAtRandom([{ count: 3, even: false }], tried, () => 0.99), [2]);
});

Deno.test("bisection tries both ends, and stops where both hold or none does", () => {
  const axis: Space = [{ count: 9, even: true }];
  const at = (index: number, violation: number) => ({ point: [index], score: index, violation });
  assert.deepEqual(nextBisected(axis, []), [8]);
  assert.deepEqual(nextBisected(axis, [at(8, 1)]), [0]);
  assert.equal(nextBisected(axis, [at(8, 0), at(0, 0)]), undefined);
  assert.equal(nextBisected(axis, [at(8, 1), at(0, 2)]), undefined);
  // 0 holds and 8 does not: between lie 4, then 2 or 6.
  assert.deepEqual(nextBisected(axis, [at(8, 1), at(0, 0)]), [4]);
  assert.deepEqual(nextBisected(axis, [at(8, 1), at(0, 0), at(4, 1)]), [2]);
  assert.deepEqual(nextBisected(axis, [at(8, 1), at(0, 0), at(4, 0)]), [6]);
});
