import assert from "node:assert/strict";
import {
  type Pace,
  paceAt,
  paceFrom,
  paceTexts,
  samplesPerSecond,
  secondsLeft,
} from "../../../engine/cli/pace.ts";

/** A step that began at 0 and told these places: seconds and fractions. */
const told = (...places: readonly (readonly [number, number])[]): Pace =>
  places.reduce((pace, [s, fraction]) => paceAt(pace, { at: 1000 * s, fraction }), paceFrom(0));
const left = (pace: Pace, s: number) => secondsLeft(pace, 1000 * s);
const near = (found: number | undefined, wanted: number) =>
  assert.ok(Math.abs(found! - wanted) < 1e-9, `${found}, not ${wanted}`);

Deno.test("an even step takes as long as it did", () => {
  near(left(told([0, 0], [1, 0.1], [2, 0.2], [3, 0.3]), 3), 7);
  near(left(told([0, 0], [1, 0.1], [2, 0.2], [3, 0.3]), 4), 6);
});

Deno.test("a slow beginning counts no longer than half of the time so far", () => {
  // Ten seconds of loading, then a tenth a second.
  near(left(told([0, 0], [10, 0], [11, 0.1], [12, 0.2], [20, 0.9]), 20), 10 * 0.1 / 0.9);
});

Deno.test("a step that is continued is not as fast as where it was found", () => {
  near(left(told([1, 0.6], [2, 0.7], [3, 0.8]), 3), 2);
});

Deno.test("one that goes back has begun with something else", () => {
  const pace = told([0, 0], [10, 1], [11, 0], [13, 0.5]);
  near(left(pace, 13), 2);
  assert.equal(pace.seen.length, 2);
});

Deno.test("nothing is said of what was watched for less than a second or a fiftieth, or stands still", () => {
  assert.equal(left(paceFrom(0), 5), undefined);
  assert.equal(left(told([0, 0]), 5), undefined);
  assert.equal(left(told([0, 0], [0.999, 0.5]), 1), undefined);
  near(left(told([0, 0], [1, 0.5]), 1), 1);
  assert.equal(left(told([0, 0], [2, 0.0199]), 2), undefined);
  near(left(told([0, 0], [2, 0.02]), 2), 98);
  assert.equal(left(told([0, 0.5], [2, 0.5]), 2), undefined);
});

Deno.test("before anything is seen the record says it all, and less and less up to a quarter", () => {
  const expecting = (pace: Pace): Pace => ({ ...pace, expected: 100 });
  near(left(expecting(paceFrom(0)), 5), 95);
  near(left(expecting(told([0, 0], [1, 0.01])), 1), 99);
  // Half as fast as recorded: 200 s in all. At an eighth both count for a half.
  near(left(expecting(told([0, 0], [25, 0.125])), 25), (175 + 87.5) / 2);
  near(left(expecting(told([0, 0], [50, 0.25])), 50), 150);
  near(left(expecting(told([0, 0], [100, 0.5])), 100), 100);
});

Deno.test("no time that is left is less than none", () => {
  assert.equal(left(told([0, 0], [2, 1.2]), 2), 0);
  assert.equal(left({ ...paceFrom(0), expected: 3 }, 5), 0);
});

Deno.test("samples a second are those of the latter half, where their number is known", () => {
  const pace = told([0, 0], [1, 0.1], [2, 0.3]);
  assert.equal(samplesPerSecond(pace), undefined);
  near(samplesPerSecond(paceAt(pace, { at: 3000, fraction: 0.5 }, 1000)), 200);
  assert.equal(samplesPerSecond(paceAt(paceFrom(0), { at: 0, fraction: 0 }, 1000)), undefined);
  const known = paceAt(paceAt(pace, { at: 3000, fraction: 0.5 }, 1000), {
    at: 4000,
    fraction: 0.7,
  });
  near(samplesPerSecond(known), 200);
});

Deno.test("however often a step tells how far it is, few places are kept, the first and the last among them", () => {
  const many = Array.from({ length: 1001 }, (_, i) => [i / 10, i / 2000] as const);
  const pace = told(...many);
  assert.ok(pace.seen.length <= 64 && pace.seen.length > 30, `${pace.seen.length}`);
  assert.deepEqual([pace.seen[0], pace.seen.at(-1)], [
    { at: 0, fraction: 0 },
    { at: 100_000, fraction: 0.5 },
  ]);
  near(left(pace, 100), 100);
});

Deno.test("what is known of a pace is said, and nothing else", () => {
  const begun = paceFrom(0);
  assert.deepEqual(paceTexts(begun, 500), []);
  const known = { ...begun, expected: 90 };
  assert.deepEqual(paceTexts(known, 30_000), ["1 min 00 s left"]);
  const fast = paceAt(paceAt(known, { at: 0, fraction: 0 }, 1000), { at: 5000, fraction: 0.5 });
  assert.deepEqual(paceTexts(fast, 5000), ["5.0 s left", "100 samples/s"]);
});
