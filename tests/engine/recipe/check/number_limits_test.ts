/** Limits of numbers and of curves: whether they are kept at every moment, and what is said where they are not. */
import assert from "node:assert/strict";
import type { Curve } from "../../../../engine/field.ts";
import {
  isMovement,
  leavesLimits,
  limited,
  offLimits,
  thisIs,
  within,
} from "../../../../engine/recipe/check/number_limits.ts";
import type { Problems } from "../../../../engine/recipe/parse/problems.ts";
import type { MovingLimits } from "../../../../engine/recipe/words/form.ts";
import { fc } from "../../../deps.ts";
import { mapOf, told } from "../trees.ts";

type Moving = Exclude<Curve, number>;

const positive = { exclusiveMinimum: 0 };
const share = { exclusiveMinimum: 0, exclusiveMaximum: 1 };
const limits: MovingLimits = { still: positive, moving: positive };

Deno.test("a bound is inside where it is not exclusive", () => {
  assert.ok(within({ minimum: 0, maximum: 1 }, 0) && within({ minimum: 0, maximum: 1 }, 1));
  assert.ok(!within(share, 0) && !within(share, 1) && within(share, 0.5));
  assert.ok(!within({ exclusiveMinimum: 2 }, 2) && within({ exclusiveMinimum: 2 }, 2.1));
  assert.ok(!within({ exclusiveMaximum: 2 }, 2) && within({ exclusiveMaximum: 2 }, 1.9));
  assert.ok(!within({ minimum: 2 }, 1.9) && !within({ maximum: 2 }, 2.1));
  assert.ok(within({}, -1e300));
});

Deno.test("above 0 is what single precision can divide by: 2⁻¹²⁶ is, what overflows its inverse is not", () => {
  assert.ok(within(positive, 2 ** -126));
  assert.ok(!within(positive, 1e-50), "rounds to 0");
  assert.ok(!within(positive, 2 ** -149), "1 / x is 2¹⁴⁹, above the largest");
  assert.ok(within({ minimum: 0 }, 1e-50), "where 0 may be, so may what is as good as 0");
  assert.equal(
    thisIs(positive, 1e-50),
    "this is 1e-50, which is too near to 0 for single precision",
  );
  assert.equal(thisIs(positive, -1), "this is -1");
});

Deno.test("a sentence begins with what the number is, as far as its description is a noun", () => {
  assert.equal(
    limited("prune.ratio", "The fraction removed; all layers alike", share),
    "`prune.ratio` is the fraction removed, above 0 and below 1",
  );
  assert.equal(limited("x", "How often", { minimum: 1 }), "`x` must be at least 1");
  assert.equal(limited("x", undefined, { minimum: 1 }), "`x` must be at least 1");
});

Deno.test("a movement has a start; a number and what else a field takes have none", () => {
  assert.ok(isMovement({ use: "linear", start: 1, end: 0 }));
  for (const value of [1, null, "auto", { use: "auto" }, undefined]) assert.ok(!isMovement(value));
});

/** The field and the sentence of what is wrong with a curve. */
function off(curve: Moving, by = limits, epochs?: number) {
  const found = offLimits(curve, by, epochs);
  return found && `${found.field}: ${found.message}`;
}

Deno.test("no factor leads from 0, to 0 or over it", () => {
  const exponential = (start: number, end: number) => off({ use: "exponential", start, end });
  assert.equal(exponential(0.1, 0.001), undefined);
  assert.match(exponential(0, 1)!, /^start: is exponential from 0/);
  assert.match(exponential(1, 0)!, /^end: is exponential to 0/);
  assert.match(exponential(1, -1)!, /^end: is exponential from 1 to -1/);
  assert.match(exponential(1, 1e-40)!, /^end: is exponential to 1e-40, which is too near to 0/);
  assert.match(exponential(1e-40, 1)!, /^start: is exponential from 1e-40/);
  const help = offLimits({ use: "exponential", start: 0.1, end: 0 }, limits)!.help;
  assert.equal(help, "use: linear, cosine or cubic, or end: 0.001", "a hundredth of the other");
});

Deno.test("a warmup begins at 0, so 0 must be among the values of the curve", () => {
  const curve: Moving = { use: "cosine", start: 0.1, end: 0.01, warmup: 2 };
  assert.match(off(curve)!, /^warmup/);
  assert.equal(off(curve, { still: positive, moving: { minimum: 0 } }), undefined);
});

Deno.test("a curve that does not move keeps the limits of a constant", () => {
  const by = { still: positive, moving: { minimum: 0 } };
  assert.equal(off({ use: "linear", start: 0, end: 0 }, by), "end: this is 0 all the time");
  assert.equal(off({ use: "linear", start: 0, end: 1 }, by), undefined);
});

Deno.test("where one end vanishes beside the other, the sum of both is what is left", () => {
  assert.equal(
    off({ use: "linear", start: 1, end: 1e-20 }),
    "end: between 1 and 1e-20 this comes to 0",
  );
});

Deno.test("steps multiply once for each of their epochs that the training reaches", () => {
  const step = (start: number, factor: number, at: number[], epochs?: number) =>
    off({ use: "step", start, factor, at }, { still: share, moving: share }, epochs);
  assert.equal(step(0.1, 2, [2, 4, 6]), undefined, "0.8 at last");
  assert.equal(step(0.1, 2, [8, 2, 4, 6]), "factor: from epoch 8 on this is 1.6");
  assert.equal(step(0.1, 2, [8, 2, 4, 6], 7), undefined, "epoch 8 never comes");
  assert.match(step(0, 2, [1])!, /^start: goes in steps from 0/);
  assert.match(step(0.5, 1e-30, [1, 2])!, /^factor: from epoch 2 on this is 5e-61, which is too/);
});

Deno.test("a curve between two ends well inside its limits is never refused", () => {
  const value = fc.double({ min: 1e-3, max: 0.999, noNaN: true });
  const use = fc.constantFrom("linear", "cosine", "cubic", "exponential");
  fc.assert(fc.property(use, value, value, (use, start, end) => {
    assert.equal(off({ use, start, end } as Moving, { still: share, moving: share }), undefined);
  }));
});

Deno.test("what leaves its limits is told at its field, with what the number is where it has limits", () => {
  const tree = mapOf("{ use: step, start: 0.5, factor: 3, at: [1] }");
  const curve: Moving = { use: "step", start: 0.5, factor: 3, at: [1] };
  const tell = (problems: Problems, epochs?: number) =>
    leavesLimits(
      curve,
      { description: "The share", limits: { still: share, moving: share } },
      { tree, path: "x", ...(epochs !== undefined && { epochs }) },
      problems,
    );
  assert.deepEqual(told((problems) => assert.equal(tell(problems), true)), [
    "out-of-range x.factor: `x` is the share, above 0 and below 1; from epoch 1 on this is 1.5" +
    " | a factor nearer to 1, or fewer epochs in `at`",
  ]);
  assert.deepEqual(told((problems) => assert.equal(tell(problems, 0), false)), []);
});

Deno.test("what leaves its limits on the way is said in whole, with a way out", () => {
  const said = (curve: Moving, by = limits, epochs?: number) => {
    const found = offLimits(curve, by, epochs);
    return found && [found.field, found.message, found.help];
  };
  const other = "use: linear, cosine or cubic";
  assert.deepEqual(said({ use: "exponential", start: 0, end: 1 }), [
    "start",
    "is exponential from 0, and no factor leads away from 0",
    `${other}, or start: 0.01`,
  ]);
  assert.deepEqual(said({ use: "exponential", start: 0, end: 0 }), [
    "start",
    "is exponential from 0, and no factor leads away from 0",
    other,
  ]);
  assert.deepEqual(said({ use: "exponential", start: 1, end: 0 }), [
    "end",
    "is exponential to 0, and no factor leads there",
    `${other}, or end: 0.01`,
  ]);
  assert.deepEqual(said({ use: "exponential", start: 1, end: -1 }), [
    "end",
    "is exponential from 1 to -1, and no factor leads there",
    other,
  ]);
  assert.deepEqual(said({ use: "exponential", start: 2 ** -127, end: 1 }), [
    "start",
    `is exponential from ${2 ** -127}, which is too near to 0 for single precision`,
    `${other}, or start: 0.01`,
  ]);
  assert.equal(said({ use: "exponential", start: 2 ** -126, end: 1 }), undefined);
  assert.equal(said({ use: "linear", start: 0 } as Moving), undefined, "told where it stands");
  assert.equal(said({ use: "step", start: 1, at: [1] } as unknown as Moving), undefined);
  assert.deepEqual(said({ use: "linear", start: 1, end: 2, warmup: 1 }), [
    "warmup",
    "a warmup begins at 0",
    "leave warmup out",
  ]);
  const zeroAtTheEnd: MovingLimits = { still: positive, moving: { minimum: 0 } };
  assert.deepEqual(said({ use: "linear", start: 0, end: 0 }, zeroAtTheEnd), [
    "end",
    "this is 0 all the time",
    "another end",
  ]);
  assert.equal(said({ use: "linear", start: 1, end: 0 }, zeroAtTheEnd), undefined);
  assert.deepEqual(said({ use: "step", start: 0, factor: 2, at: [1] }), [
    "start",
    "goes in steps from 0, and no factor leads away from 0",
    "another start, or use: linear",
  ]);
  const half: MovingLimits = { still: share, moving: share };
  assert.deepEqual(said({ use: "step", start: 0.5, factor: 2, at: [3, 1] }, half), [
    "factor",
    "from epoch 1 on this is 1",
    "a factor nearer to 1, or fewer epochs in `at`",
  ]);
  assert.deepEqual(said({ use: "step", start: 0.3, factor: 2, at: [4, 2] }, half), [
    "factor",
    "from epoch 4 on this is 1.2",
    "a factor nearer to 1, or fewer epochs in `at`",
  ]);
  assert.equal(said({ use: "step", start: 0.3, factor: 2, at: [4, 2] }, half, 3), undefined);
  assert.notEqual(said({ use: "step", start: 0.3, factor: 2, at: [4, 2] }, half, 4), undefined);
  assert.deepEqual(said({ use: "step", start: 2 ** -125, factor: 0.5, at: [1, 2] }), [
    "factor",
    "from epoch 2 on this is 5.87747e-39, which is too near to 0 for single precision",
    "a factor nearer to 1, or fewer epochs in `at`",
  ]);
});
