import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { shuffle, split } from "../../../../ops/model/kinds/divide.ts";
import {
  assertPlain,
  channelsOf,
  expectedOf,
  layerOf,
  shapeOf,
  valuesOf,
} from "../support/one_layer.ts";

refuseLeaks(true);

const second = layerOf("split", { parts: 3, part: 1 });
const mixed = layerOf("shuffle", { groups: 2 });
const channels = { shape: [1, 1, 6], data: [0, 1, 2, 3, 4, 5] };

Deno.test("a part has its share of the channels, a shuffle all", () => {
  assert.deepEqual(shapeOf(second, [2, 3, 6]), [2, 3, 2]);
  assert.deepEqual(shapeOf(mixed, [2, 3, 6]), [2, 3, 6]);
  assert.throws(() => shapeOf(second, [2, 3, 7]), /7 channels cannot be 3 equal parts/);
  assert.throws(() => shapeOf(mixed, [2, 3, 7]), /7 channels cannot be 2 equal parts/);
  assert.throws(() => shapeOf(second, [6]), /it reads an image/);
});

Deno.test("the second of three parts; two groups taken in turn", async () => {
  assert.deepEqual(await valuesOf(second, [channels]), [2, 3]);
  assert.deepEqual(await valuesOf(mixed, [channels]), [0, 3, 1, 4, 2, 5]);
});

Deno.test("parts and shuffles of channels compute what plain loops do", async () => {
  for (const part of [0, 1, 2]) await assertPlain({ ...second, part }, [2, 3, 6]);
  for (const groups of [1, 2, 3]) await assertPlain({ ...mixed, groups }, [2, 3, 6]);
});

Deno.test("channels at one place of each part go together", () => {
  const part = channelsOf(second, [[1, 1, 6]], [[0, 1, 2, 3, 4, 5]]);
  assert.deepEqual(part.leaving, [2, 3]);
  assert.deepEqual(part.tied, ["0=2", "1=3", "0=4", "1=5"]);
  const turned = channelsOf(mixed, [[1, 1, 6]], [[0, 1, 2, 3, 4, 5]]);
  assert.deepEqual(turned.leaving, [0, 3, 1, 4, 2, 5]);
  assert.deepEqual(turned.tied, ["0=3", "1=4", "2=5"]);
});

Deno.test("means move with their channels", () => {
  const means = [0, 1, 2, 3, 4, 5];
  assert.deepEqual(expectedOf(second, [1, 1, 6], [means]), [2, 3]);
  assert.deepEqual(expectedOf(mixed, [1, 1, 6], [means]), [0, 3, 1, 4, 2, 5]);
  assert.equal(expectedOf(second, [1, 1, 6], [undefined]), undefined);
  assert.equal(expectedOf(mixed, [1, 1, 6], [undefined]), undefined);
  for (const kind of [split, shuffle]) {
    assert.deepEqual([kind.integers.values, kind.homogeneous], ["keeps", false]);
  }
});
