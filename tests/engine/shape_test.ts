import assert from "node:assert/strict";
import { sameShape, show, sizeOf } from "../../engine/shape.ts";

Deno.test("a shape holds the product of its extents, and one value where it has none", () => {
  assert.deepEqual([[2, 3, 4], [5], [], [2, 0]].map(sizeOf), [24, 5, 1, 0]);
});

Deno.test("shapes are equal extent by extent", () => {
  assert.ok(sameShape([2, 3], [2, 3]) && sameShape([], []));
  assert.ok(!sameShape([2, 3], [3, 2]) && !sameShape([2], [2, 1]) && !sameShape([2, 1], [2]));
});

Deno.test("a shape is written with crosses", () => {
  assert.equal(show([28, 28, 1]), "28×28×1");
});
