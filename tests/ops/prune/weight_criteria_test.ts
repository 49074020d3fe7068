/** How much a single weight matters, by hand. */
import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import { floatWeight } from "../../../ops/model/weights.ts";
import { readsGradients, WEIGHT_SCORES } from "../../../ops/prune/weight_criteria.ts";
import { fc } from "../../deps.ts";
import { assertClose } from "../../close.ts";

const weightOf = (values: readonly number[]) =>
  floatWeight([values.length], Float32Array.from(values));
const none = { name: "a", seed: 0, gathered: {} };

Deno.test("LAMP: the square over those not smaller in the layer", () => {
  const weight = floatWeight([4], Float32Array.of(1, -2, 3, 4));
  const scores = WEIGHT_SCORES.lamp(weight, { name: "a", seed: 0, gathered: {} });
  assertClose(scores, [1 / 30, 4 / 29, 9 / 25, 1]);
});

Deno.test("LAMP: of equals the lower index has more behind it; weights of 0 score 0", () => {
  assertClose(WEIGHT_SCORES.lamp(weightOf([2, -2, 1]), none), [4 / 8, 1, 1 / 9]);
  assertClose(WEIGHT_SCORES.lamp(weightOf([0, 0, 3]), none), [0, 0, 1]);
  assertClose(WEIGHT_SCORES.lamp(weightOf([0, 0]), none), [0, 0]);
});

Deno.test("LAMP orders a layer as magnitude does, does not see its scale, and its largest scores 1", () => {
  const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(values, (found) => {
    const scores = WEIGHT_SCORES.lamp(weightOf(found), none);
    const scaled = WEIGHT_SCORES.lamp(weightOf(found.map((each) => 4 * each)), none);
    assert.deepEqual(scaled, scores);
    assert.equal(Math.max(...scores), found.some((each) => each !== 0) ? 1 : 0);
    found.forEach((one, i) =>
      found.forEach((other, j) => {
        if (Math.abs(one) < Math.abs(other)) assert.ok(scores[i]! < scores[j]!);
      })
    );
  }));
});

Deno.test("magnitude is the absolute value, random the stream of the weight's name and the seed", () => {
  assertClose(WEIGHT_SCORES.magnitude(weightOf([-3, 0.5, 0]), none), [3, 0.5, 0]);
  const drawn = WEIGHT_SCORES.random(weightOf([1, 1, 1, 1]), { name: "b", seed: 7, gathered: {} });
  assert.deepEqual(drawn, stream(7, "prune:b").uniforms(0, 4));
  assert.notDeepEqual(WEIGHT_SCORES.random(weightOf([1, 1, 1, 1]), none), drawn);
});

Deno.test("what gradients tell is taken as it was gathered, by the weight's name, and must be there", () => {
  const gathered = { a: Float32Array.of(4, 5) };
  for (const criterion of ["taylor", "movement"] as const) {
    assert.ok(readsGradients(criterion));
    const score = WEIGHT_SCORES[criterion];
    assert.deepEqual(score(weightOf([1, 2]), { ...none, gathered }), gathered.a);
    assert.throws(
      () => score(weightOf([1, 2]), { ...none, name: "b", gathered }),
      new Error("internal: no gradients of b were gathered"),
    );
  }
  for (const criterion of ["magnitude", "lamp", "random"]) assert.ok(!readsGradients(criterion));
});
