import assert from "node:assert/strict";
import { halfAway, halfEven, halfUp } from "../../../../ops/model/integers/rounding.ts";

Deno.test("the three roundings differ where a value lies half-way", () => {
  const x = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5];
  assert.deepEqual(x.map(halfEven), [-2, -2, -0, 0, 2, 2]);
  assert.deepEqual(x.map(halfAway), [-3, -2, -1, 1, 2, 3]);
  assert.deepEqual(x.map(halfUp), [-2, -1, -0, 1, 2, 3]);
  assert.deepEqual([0.9, 2.5, 2.3, 1.5, -4.5].map(halfEven), [1, 2, 2, 2, -4]);
});
