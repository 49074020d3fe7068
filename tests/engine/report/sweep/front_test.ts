import assert from "node:assert/strict";
import { fc } from "../../../deps.ts";
import { onFront } from "../../../../engine/report/sweep/front.ts";

type Scores = readonly (readonly (number | undefined)[])[];

/** The definition: each point against every other. */
function byDefinition(scores: Scores): boolean[] {
  return scores.map((own) =>
    own.length > 0 && !own.includes(undefined) &&
    !scores.some((other) =>
      !other.includes(undefined) &&
      other.every((score, at) => score! >= own[at]!) &&
      other.some((score, at) => score! > own[at]!)
    )
  );
}

// Few values, so that many points are equal in one score or in all.
const coarse = fc.constantFrom(-2, -1, -0, 0, 1, 2, -Infinity, Infinity);
const fine = fc.double({ noNaN: true });

for (const count of [0, 1, 2, 3, 4]) {
  Deno.test(`of ${count} scores the front is that of the definition, with ties and points that lack one`, () => {
    for (const score of [coarse, fine]) {
      const point = fc.array(fc.option(score, { nil: undefined, freq: 20 }), {
        minLength: count,
        maxLength: count,
      });
      fc.assert(
        fc.property(
          fc.array(point, { maxLength: 40 }),
          (scores) => assert.deepEqual(onFront(scores), byDefinition(scores)),
        ),
        { numRuns: 300 },
      );
    }
  });
}

Deno.test("points that no other dominates are on the front, equal ones too, one without a score never", () => {
  const scores: Scores = [[1, 9], [5, 5], [5, 5], [5, 4], [4, 5], [9, 1], [9, undefined], [3, 3]];
  const on = [true, true, true, false, false, true, false, false];
  assert.deepEqual(onFront(scores), on);
  assert.deepEqual(onFront([]), []);
});

Deno.test("of two scores each point is compared with few others, however many there are", () => {
  const count = 2000;
  let read = 0;
  const scores = Array.from({ length: count }, (_, at) =>
    // All are on the front.
    new Proxy([at, -at], {
      get: (target, name) => {
        if (name === "0" || name === "1") read++;
        return Reflect.get(target, name);
      },
    }));
  assert.ok(onFront(scores).every((on) => on));
  assert.ok(read < 20 * count * Math.log2(count), `${read}`);
});
