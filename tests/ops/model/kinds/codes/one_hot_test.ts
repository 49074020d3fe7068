import assert from "node:assert/strict";
import { oneHot } from "../../../../../ops/model/kinds/codes/one_hot.ts";
import { channelsOf, layerOf, shapeOf, valuesOf } from "../../support/one_layer.ts";

const of = (by: "each" | "any" | "count", size = 3) => layerOf("one-hot", { size, by });
const numbers = (shape: readonly number[], ...data: number[]) => [{ shape, data }];

Deno.test("each number a row; one without a place leaves no mark", async () => {
  const found = await valuesOf(of("each"), numbers([4], 1, 0, 5, -1));
  assert.deepEqual(found, [0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("all numbers one row: which are there, and how often", async () => {
  const rows = numbers([2, 3], 2, 2, 0, 1, 7, 1);
  assert.deepEqual(await valuesOf(of("any"), rows), [1, 0, 1, 0, 1, 0]);
  assert.deepEqual(await valuesOf(of("count"), rows), [1, 0, 2, 0, 2, 0]);
});

Deno.test("shapes, channels and how many numbers there are", () => {
  assert.deepEqual(shapeOf(of("each"), [2, 4]), [2, 4, 3]);
  assert.deepEqual(shapeOf(of("any"), [2, 4]), [2, 3]);
  const { leaving, fixed } = channelsOf(of("any", 2), [[3]], [[0, 1, 2]]);
  assert.deepEqual([leaving, fixed], [[100, 101], [0, 1, 2, 100, 101]]);
  assert.equal(oneHot.vocabulary(of("any")), 3);
  assert.equal(oneHot.selects(of("any")), "embedding");
});
