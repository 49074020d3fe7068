import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import {
  attentionScores,
  isAttention,
  PADDING_SCORE,
  paddingScores,
  scoreScale,
} from "../../../../ops/model/kinds/attention.ts";
import {
  assertPlain,
  channelsOf,
  layerOf,
  macsOf,
  shapeOf,
  valuesOf,
} from "../support/one_layer.ts";

refuseLeaks(true);

const two = layerOf("attention", { heads: 2 }, 3);
const one = layerOf("attention", { heads: 1 }, 3);
const padded = layerOf("attention", { heads: 1 }, 4);

Deno.test("queries give the length, values the width", () => {
  assert.deepEqual(shapeOf(two, [3, 4], [5, 4], [5, 6]), [3, 6]);
  const refused = [
    [[3, 4], [5, 4], [6, 6]],
    [[3, 4], [5, 6], [5, 6]],
    [[3, 3], [5, 3], [5, 6]],
    [[3, 4, 1], [5, 4], [5, 6]],
  ];
  for (const shapes of refused) {
    assert.throws(() => shapeOf(two, ...shapes), /it reads queries, keys and values of 2 heads/);
  }
  assert.throws(() => shapeOf(padded, [3, 4], [5, 4], [5, 4], [4]), /5×4, 4$/);
  assert.deepEqual(shapeOf(padded, [3, 4], [5, 4], [5, 4], [5]), [3, 4]);
});

Deno.test("products are those of queries with keys, and of weights with values", () => {
  assert.equal(macsOf(two, [3, 4], [5, 4], [5, 6]), 3 * 5 * (4 + 6));
});

Deno.test("a query that is far nearer to one key takes its value; padding is left out", async () => {
  const queries = { shape: [1, 1], data: [100] };
  const keys = { shape: [2, 1], data: [1, -1] };
  const values = { shape: [2, 1], data: [7, 9] };
  assert.deepEqual(await valuesOf(one, [queries, keys, values]), [7]);
  const tokens = { shape: [2], data: [0, 5] };
  assert.deepEqual(await valuesOf(padded, [queries, keys, values, tokens]), [9]);
  // Equal keys: the mean of both.
  const same = { shape: [2, 1], data: [3, 3] };
  assert.deepEqual(await valuesOf(one, [queries, same, values]), [8]);
});

Deno.test("attention computes what plain loops do, between sequences and within one", async () => {
  await assertPlain(two, [3, 4], [5, 4], [5, 6]);
  await assertPlain(two, [4, 6], [4, 6], [4, 6]);
});

Deno.test("scores are products over √depth; padding's are far below", async () => {
  assert.equal(scoreScale(8, 2), 0.5);
  await withTensors((room) =>
    room.tf.tidy(() => {
      const q = room.tensor(Float32Array.of(1, 2, 3, 4), [1, 1, 4]);
      const k = room.tensor(Float32Array.of(1, 1, 10, 10), [1, 1, 4]);
      const scores = [...room.values(attentionScores(room, 2, q, k))];
      const scale = Math.fround(1 / Math.sqrt(2));
      assert.deepEqual(scores, [Math.fround(3 * scale), Math.fround(70 * scale)]);
      const padding = paddingScores(room, room.tensor(Float32Array.of(0, 3), [1, 2]));
      assert.deepEqual(padding.shape, [1, 1, 1, 2]);
      assert.deepEqual([...room.values(padding)].map((score) => score + 0), [PADDING_SCORE, 0]);
    })
  );
});

Deno.test("heads are of one width: no channel of what it reads can go", () => {
  const flow = channelsOf(one, [[3, 1], [5, 1], [5, 1]], [[1], [2], [3]]);
  assert.deepEqual(flow, { leaving: [3], tied: [], fixed: [1, 2, 3] });
});

Deno.test("an attention is told by its kind", () => {
  assert.deepEqual([one, layerOf("first", {})].map(isAttention), [true, false]);
});
