import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import {
  pointAt,
  pointOfRank,
  probePoints,
  rankOfPoint,
  sizeOfSpace,
  type Space,
  valuesAt,
} from "../../../../engine/recipe/search/space.ts";

const axes = fc.array(
  fc.record({ count: fc.integer({ min: 1, max: 9 }), even: fc.boolean() }),
  { minLength: 1, maxLength: 4 },
);

Deno.test("ranks number the points, the last axis changing fastest", () => {
  const space: Space = [{ count: 2, even: false }, { count: 3, even: false }];
  assert.deepEqual(
    Array.from({ length: 6 }, (_, rank) => pointOfRank(space, rank)),
    [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]],
  );
});

Deno.test("a point has one rank and a rank one point", () => {
  fc.assert(fc.property(axes, fc.nat(), (space, number) => {
    const rank = number % sizeOfSpace(space);
    assert.equal(rankOfPoint(space, pointOfRank(space, rank)), rank);
  }));
});

Deno.test("what is looked at before a run holds every value of a list, and the ends of a range", () => {
  fc.assert(fc.property(axes, (space) => {
    const points = probePoints(space, 1000);
    for (const [at, { count, even }] of space.entries()) {
      const seen = new Set(points.map((point) => point[at]));
      const expected = even && count > 3 ? 3 : count;
      assert.equal(seen.size, expected);
      assert.ok(seen.has(0) && seen.has(count - 1));
    }
  }));
  assert.equal(probePoints([{ count: 5000, even: false }], 1e6).length, 100);
  assert.equal(probePoints([{ count: 50, even: false }], 7.5).length, 7);
});

Deno.test("the points that are looked at go on at once on every axis, to the last value of each", () => {
  const axis = (count: number, even = false) => ({ count, even });
  assert.deepEqual(probePoints([axis(4, true), axis(2), axis(3, true)], 1000), [
    [0, 0, 0],
    [1, 1, 1],
    [3, 1, 2],
  ]);
  assert.deepEqual(probePoints([axis(3), axis(1)], 2), [[0, 0], [1, 0]]);
  assert.deepEqual(probePoints([axis(3)], 0.4), [[0]], "one at least");
  assert.deepEqual(probePoints([axis(5)], 1000).map(([at]) => at), [0, 1, 2, 3, 4]);
});

Deno.test("a point has one value for each variable, by name", () => {
  const variables = [{ name: "a", values: [1, 2] }, { name: "b", values: ["x", "y", "z"] }];
  assert.deepEqual(valuesAt({ variables }, [1, 2]), { a: 2, b: "z" });
  assert.equal(sizeOfSpace([]), 1);
});

Deno.test("a point is found again by its values, whatever kind they are of", () => {
  const variables = [
    { name: "x", values: [0.5, "0.5", [1, 2]] },
    { name: "y", values: [null, { a: 1, b: 2 }] },
  ];
  for (const point of [[0, 0], [1, 1], [2, 0]]) {
    assert.deepEqual(pointAt({ variables }, valuesAt({ variables }, point)), point);
  }
});
