/** The values of a variable that is varied: lists, ranges, factors. */
import assert from "node:assert/strict";
import type { Json } from "../../../../engine/digest.ts";
import { checkVaried, domainValues } from "../../../../engine/recipe/check/domain.ts";
import { normalize } from "../../../../engine/recipe/check/normalize.ts";
import { valueOf } from "../../../../engine/recipe/parse/tree.ts";
import { fc } from "../../../deps.ts";
import { told, treeOf } from "../trees.ts";
import { domainSchema, MOST_POINTS } from "../../../../engine/recipe/words/points_schema.ts";

/** The values of a domain as it is written, and what is wrong with it. */
function read(text: string) {
  const at = { tree: treeOf(text), path: "over.x" };
  let values: Json[] | undefined;
  const wrong = told((problems) => {
    const written = normalize(domainSchema, at, problems);
    if (problems.errors > 0) return;
    values = domainValues(at, written!, problems)?.map(valueOf);
  });
  return { values, wrong };
}

Deno.test("a list is its values, of any type", () => {
  assert.deepEqual(read("[1, x, [2], { a: 3 }]").values, [1, "x", [2], { a: 3 }]);
});

Deno.test("a range goes on by its step up to its end, without the rounding errors of doubles", () => {
  assert.deepEqual(read("{ min: 0.1, max: 0.3, step: 0.05 }").values, [0.1, 0.15, 0.2, 0.25, 0.3]);
  assert.deepEqual(read("{ min: 1, max: 2, step: 0.6 }").values, [1, 1.6]);
  assert.deepEqual(read("{ min: 3, max: 3, step: 1 }").values, [3]);
  assert.deepEqual(read("{ min: 0.001, max: 1, step: 10, spacing: log }").values, [
    0.001,
    0.01,
    0.1,
    1,
  ]);
});

Deno.test("a range that ends at 0, or crosses it, has all its values, and 0 among them", () => {
  assert.deepEqual(
    read("{ min: -0.98, max: 0, step: 0.14 }").values,
    [-0.98, -0.84, -0.7, -0.56, -0.42, -0.28, -0.14, 0],
  );
  assert.deepEqual(read("{ min: -0.3, max: 0.1, step: 0.1 }").values, [-0.3, -0.2, -0.1, 0, 0.1]);
  assert.deepEqual(read("{ min: 1e-20, max: 1e-18, step: 10, spacing: log }").values, [
    1e-20,
    1e-19,
    1e-18,
  ]);
});

Deno.test("a range that leads nowhere is told, with one that does", () => {
  assert.deepEqual(read("{ min: 2, max: 1, step: 1 }").wrong, [
    "out-of-range over.x: `over.x` goes from 2 to 1: nothing is between | min: 1, max: 2",
  ]);
  assert.match(read("{ min: 0, max: 1, step: 2, spacing: log }").wrong[0]!, /begins at 0/);
  assert.match(
    read("{ min: 1, max: 2, step: 1, spacing: log }").wrong[0]!,
    /by the factor 1, .* \| step: 2$/,
  );
});

Deno.test("a range ends one beyond what there may be, and where a step no longer moves", () => {
  assert.equal(read("{ min: 0, max: 1e9, step: 1 }").values!.length, MOST_POINTS + 1);
  assert.deepEqual(read("{ min: 1e15, max: 2e15, step: 0.01 }").values, [1e15]);
});

Deno.test("the values of any range from 0 or above rise, keep within it, and are as many as steps fit", () => {
  const whole = fc.nat(100);
  fc.assert(
    fc.property(whole, fc.nat(200), fc.integer({ min: 1, max: 20 }), (min, length, step) => {
      const [from, to, by] = [min / 100, (min + length) / 100, step / 100];
      const values = read(`{ min: ${from}, max: ${to}, step: ${by} }`).values as number[];
      assert.equal(values.length, Math.floor(length / step) + 1);
      assert.deepEqual(values, values.map((_, at) => (min + at * step) / 100));
    }),
  );
});

Deno.test("what is varied is a variable or the seed; a slip is answered with the name that was meant", () => {
  const variables = new Map([["ratio", 1]]);
  const wrong = (name: string) =>
    told((problems) =>
      checkVaried(name, { tree: treeOf("[1]"), path: `over.${name}` }, variables, problems)
    );
  assert.deepEqual([wrong("ratio"), wrong("seed")], [[], []]);
  assert.deepEqual(wrong("ratoi"), [
    "unknown-name over.ratoi: there is no variable `ratoi` to vary | did you mean ratio?",
  ]);
  assert.match(wrong("epochs")[0]!, /\| variables: \{ epochs: … \}, and write \$epochs where/);
});

Deno.test("a range without values is said with one that has some", () => {
  assert.deepEqual(read("{ min: 2, max: 1, step: 1 }").wrong, [
    "out-of-range over.x: `over.x` goes from 2 to 1: nothing is between | min: 1, max: 2",
  ]);
  assert.deepEqual(read("{ min: 0, max: 1, step: 2, spacing: log }").wrong, [
    "out-of-range over.x: `over.x` begins at 0, of which no factor makes anything else | min: 0.001",
  ]);
  assert.deepEqual(read("{ min: 1, max: 2, step: 1, spacing: log }").wrong, [
    "out-of-range over.x: `over.x` goes on by the factor 1, which does not lead upwards | step: 2",
  ]);
  assert.deepEqual(read("{ min: 0, max: 1, step: 1 }").values, [0, 1]);
  assert.deepEqual(read("{ min: 1, max: 2, step: 1.5, spacing: log }").values, [1, 1.5]);
});
