import assert from "node:assert/strict";
import { contrast } from "../../../../../ops/model/kinds/codes/contrast.ts";
import { assertClose } from "../../../../close.ts";
import { assertPlain, layerOf, shapeOf, valuesOf } from "../../support/one_layer.ts";

const of = (low: number, high: number) => layerOf("contrast", { low, high });

Deno.test("each channel fills the range; one of equal values stays", async () => {
  const data = [1, 5, 2, 5, 3, 5, 5, 5];
  const found = await valuesOf(of(0, 8), [{ shape: [2, 2, 2], data }]);
  assertClose(found, [0, 5, 2, 5, 4, 5, 8, 5], 1e-6);
  await assertPlain(of(-2, 0.5), [3, 4, 2]);
});

Deno.test("it reads an image, and its range must be one", () => {
  assert.deepEqual(shapeOf(of(0, 1), [2, 3, 1]), [2, 3, 1]);
  assert.throws(() => shapeOf(of(0, 1), [2, 3]), /it reads an image/);
  assert.throws(() => shapeOf(of(1, 1), [2, 3, 1]), /its range goes from 1 to 1/);
  assert.equal(contrast.integers.values, "makes");
});
