import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { flatten, permute, reshape } from "../../../../ops/model/kinds/arrange.ts";
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

const flat = layerOf("flatten", {});
const pairs = layerOf("reshape", { shape: [-1, 2] });
const turned = layerOf("permute", { order: [1, 0] });

Deno.test("a shape holds the same values; one extent may be left open", () => {
  assert.deepEqual(shapeOf(flat, [2, 3, 4]), [24]);
  assert.deepEqual(shapeOf(pairs, [2, 3, 4]), [12, 2]);
  assert.deepEqual(shapeOf({ ...pairs, shape: [4, 6] }, [2, 3, 4]), [4, 6]);
  assert.throws(() => shapeOf({ ...pairs, shape: [5, 5] }, [2, 3, 4]), /2×3×4 cannot become 5×5/);
  assert.throws(() => shapeOf({ ...pairs, shape: [-1, 5] }, [2, 3, 4]), /cannot become -1×5/);
  assert.deepEqual(shapeOf({ ...turned, order: [2, 0, 1] }, [2, 3, 4]), [4, 2, 3]);
  for (const order of [[0, 0], [1], [0, 1, 2], [1, 2]]) {
    assert.throws(() => shapeOf({ ...turned, order }, [2, 3]), /is no order of the axes of 2×3/);
  }
});

Deno.test("values stay in their row, or turn as axes do", async () => {
  const x = { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] };
  assert.deepEqual(await valuesOf(flat, [x]), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(await valuesOf(pairs, [x]), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(await valuesOf(turned, [x]), [1, 4, 2, 5, 3, 6]);
});

Deno.test("layers that move values compute what plain loops do", async () => {
  await assertPlain(flat, [3, 4, 2]);
  await assertPlain(pairs, [3, 4, 2]);
  for (const order of [[2, 0, 1], [0, 2, 1], [0, 1, 2]]) {
    await assertPlain({ ...turned, order }, [3, 4, 2]);
  }
});

Deno.test("flattened, every pixel brings all channels", () => {
  assert.deepEqual(channelsOf(flat, [[2, 1, 2]], [[7, 8]]).leaving, [7, 8, 7, 8]);
  assert.deepEqual(expectedOf(flat, [2, 1, 2], [[1, 2]]), [1, 2, 1, 2]);
  assert.equal(expectedOf(flat, [2, 1, 2], [undefined]), undefined);
});

Deno.test("reshaped, channels that come to stand in one column go together", () => {
  const { leaving, tied } = channelsOf({ ...pairs, shape: [2, 3] }, [[2, 1, 3]], [[1, 2, 3]]);
  assert.deepEqual([leaving, tied], [[1, 2, 3], []]);
  const narrow = channelsOf({ ...pairs, shape: [-1, 2] }, [[1, 1, 4]], [[1, 2, 3, 4]]);
  assert.deepEqual([narrow.leaving, narrow.tied], [[1, 2], ["1=3", "2=4"]]);
});

Deno.test("a reshape that names its last extent names fewer when channels go", () => {
  const named = { ...pairs, shape: [4, 6] };
  assert.deepEqual(reshape.channels.resize(named, 5), { ...named, shape: [4, 5] });
  const open = { ...pairs, shape: [4, -1] };
  assert.deepEqual(reshape.channels.resize(open, 5), open);
});

Deno.test("turned, channels stay channels or all go together", () => {
  const still = channelsOf({ ...turned, order: [1, 0, 2] }, [[2, 1, 2]], [[7, 8]]);
  assert.deepEqual([still.leaving, still.tied], [[7, 8], []]);
  const rows = channelsOf({ ...turned, order: [2, 0, 1] }, [[2, 3, 2]], [[7, 8]]);
  assert.deepEqual([rows.leaving, rows.tied], [[7, 7, 7], ["7=8"]]);
});

Deno.test("integers only move, and `type:reshape` selects them all", () => {
  for (const kind of [flatten, reshape, permute]) {
    assert.equal(kind.integers.values, "keeps");
    assert.equal(kind.selects(flat as never), "reshape");
  }
  assert.deepEqual([flatten, reshape, permute].map(({ homogeneous }) => homogeneous), [
    true,
    false,
    false,
  ]);
});

Deno.test("rows of a sequence stand the other way round", async () => {
  const layer = layerOf("reverse", {});
  await assertPlain(layer, [4, 3]);
  await assertSlopes(layer, [3, 2]);
  assert.deepEqual(shapeOf(layer, [4, 3]), [4, 3]);
  assert.throws(() => shapeOf(layer, [4]), /it reads a sequence/);
});
