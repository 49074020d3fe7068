import assert from "node:assert/strict";
import { lookup, steps } from "../../../../../ops/model/kinds/codes/lookup.ts";
import type { LayerOf } from "../../../../../ops/model/kinds/mod.ts";
import { assertPlain, channelsOf, layerOf, shapeOf, valuesOf } from "../../support/one_layer.ts";

const of = (more: Partial<LayerOf<"lookup">> = {}) =>
  layerOf("lookup", { by: "equal", keys: [3, -1, 0.1], values: [10, 20, 30], other: 7, ...more });
const row = (...data: number[]) => [{ shape: [data.length], data }];

Deno.test("a key that a value is gives its own, any other value the rest", async () => {
  const found = await valuesOf(of(), row(3, -1, 0.1, 2.999, 4, 1e9));
  assert.deepEqual(found, [10, 20, 30, 7, 7, 7]);
  assert.deepEqual(await valuesOf(of({ keys: [], values: [] }), row(1, 2)), [7, 7]);
});

Deno.test("the last key that is no larger gives its value: what lies on a boundary is beyond it", async () => {
  const bins = of({ by: "least", keys: [-1, 0, 2.5], values: [1, 2, 30], other: 0 });
  const found = await valuesOf(bins, row(-2, -1, -0.5, 0, 2.5, 2.4, 100));
  assert.deepEqual(found, [0, 1, 1, 2, 30, 2, 30]);
  await assertPlain(bins, [3, 4]);
  await assertPlain(of({ by: "least", keys: [0], values: [2], other: -1 }), [2, 2, 2]);
});

Deno.test("what each key adds: to the rest, or to the keys before it", () => {
  assert.deepEqual(steps(of()), [3, 13, 23]);
  assert.deepEqual(steps(of({ by: "least" })), [3, 10, 10]);
});

Deno.test("a table that cannot be is refused, and its channel stays", () => {
  assert.deepEqual(shapeOf(of(), [2, 3]), [2, 3]);
  assert.throws(() => shapeOf(of({ values: [1] }), [2]), /it has 3 keys and 1 values/);
  assert.throws(() => shapeOf(of({ by: "least" }), [2]), /its keys do not rise/);
  assert.throws(
    () => shapeOf(of({ keys: [1, 2, 1] }), [2]),
    /its key 1 stands there more than once/,
  );
  assert.deepEqual(channelsOf(of(), [[2]], [[4, 5]]).fixed, [4, 5]);
  assert.equal(lookup.kind, "lookup");
});
