import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { crop, pad, upsample } from "../../../../ops/model/kinds/image.ts";
import {
  assertPlain,
  assertSlopes,
  channelsOf,
  expectedOf,
  layerOf,
  shapeOf,
  valuesOf,
} from "../support/one_layer.ts";

refuseLeaks(true);

const amounts = [[1, 2], [0, 3]] as const;
const larger = layerOf("upsample", { size: [2, 3] });
const framed = layerOf("pad", { amounts });
const cut = layerOf("crop", { amounts });

Deno.test("extents are multiplied, or grow and shrink by the margins", () => {
  assert.deepEqual(shapeOf(larger, [4, 5, 3]), [8, 15, 3]);
  assert.deepEqual(shapeOf(framed, [4, 5, 3]), [7, 8, 3]);
  assert.deepEqual(shapeOf(cut, [4, 5, 3]), [1, 2, 3]);
  assert.throws(() => shapeOf(cut, [3, 5, 3]), /nothing is left of 3×5/);
  assert.throws(() => shapeOf(cut, [4, 3, 3]), /nothing is left of 4×3/);
  for (const layer of [larger, framed, cut]) {
    assert.throws(() => shapeOf(layer, [4, 5]), /it reads an image/);
  }
});

Deno.test("pixels are repeated by a size, and filled with 0 or cut off at each edge, by hand", async () => {
  const x = { shape: [1, 2, 1], data: [5, 6] };
  const doubled = { ...larger, size: [2, 2] } as const;
  assert.deepEqual(await valuesOf(doubled, [x]), [5, 5, 6, 6, 5, 5, 6, 6]);
  const right = { ...framed, amounts: [[0, 1], [1, 0]] } as const;
  assert.deepEqual(await valuesOf(right, [x]), [0, 5, 6, 0, 0, 0]);
  const left = { ...cut, amounts: [[0, 0], [1, 0]] } as const;
  assert.deepEqual(await valuesOf(left, [x]), [6]);
});

Deno.test("layers of images compute what plain loops do", async () => {
  await assertPlain(larger, [3, 4, 2]);
  await assertPlain(framed, [3, 4, 2]);
  await assertPlain(cut, [5, 6, 2]);
});

Deno.test("channels and their means pass, integers move, a factor passes through", () => {
  for (const layer of [larger, framed, cut]) {
    assert.deepEqual(channelsOf(layer, [[4, 5, 2]], [[7, 8]]).leaving, [7, 8]);
    assert.deepEqual(expectedOf(layer, [4, 5, 2], [[1, 2]]), [1, 2]);
    assert.equal(expectedOf(layer, [4, 5, 2], [undefined]), undefined);
  }
  for (const kind of [upsample, pad, crop]) {
    assert.deepEqual([kind.integers.values, kind.homogeneous], ["keeps", true]);
  }
});

Deno.test("zeros at the border are no more normal values: of what is padded or cut the mean alone is kept", () => {
  const normal = { mean: Float64Array.of(1), deviation: Float64Array.of(2) };
  const of = { inputs: [normal], shape: [4, 5, 1], weight: () => assert.fail() };
  assert.deepEqual(pad.expected(framed, of), { mean: normal.mean });
  assert.deepEqual(crop.expected(cut, of), { mean: normal.mean });
  assert.deepEqual(upsample.expected(larger, of), normal);
});

for (const by of ["nearest", "bilinear"] as const) {
  Deno.test(`an image of another size has the pixels of plain loops: ${by}`, async () => {
    for (const size of [[6, 8], [2, 3], [5, 4], [3, 9]] as const) {
      await assertPlain(layerOf("resize", { size, by }), [3, 4, 2]);
    }
    await assertSlopes(layerOf("resize", { size: [5, 2], by }), [3, 4, 2]);
    assert.deepEqual(shapeOf(layerOf("resize", { size: [5, 2], by }), [3, 4, 2]), [5, 2, 2]);
  });
}
