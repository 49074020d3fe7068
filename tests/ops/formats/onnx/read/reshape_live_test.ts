import assert from "node:assert/strict";
import { emptyDraft } from "../../../../../ops/formats/onnx/read/draft.ts";
import { type Live, rowOrder } from "../../../../../ops/formats/onnx/read/live.ts";
import { reshapeLive } from "../../../../../ops/formats/onnx/read/reshape_live.ts";

/** An image of 2 rows, 3 columns and 4 channels, which the graph has first; batches of 7. */
function image() {
  const draft = emptyDraft();
  draft.input({ name: "x", shape: [2, 3, 4] });
  const live: Live = {
    use: "live",
    layer: "x",
    dims: [7, 4, 2, 3],
    axes: [0, 3, 1, 2],
    sole: true,
  };
  return { draft, live };
}

Deno.test("an axis is split where it is", () => {
  const { draft, live } = image();
  const split = reshapeLive(draft, live, [7, 2, 2, 2, 3])!;
  assert.deepEqual([draft.shape(split.layer), split.axes], [[2, 3, 2, 2], [0, 3, 4, 1, 2]]);
  assert.deepEqual(reshapeLive(draft, split, [7, 4, 2, 3]), live);
});

Deno.test("axes that stand beside one another are joined without being moved", () => {
  const { draft, live } = image();
  const pixels = reshapeLive(draft, live, [7, 4, 6])!;
  assert.deepEqual([draft.shape(pixels.layer), pixels.axes], [[6, 4], [0, 2, 1]]);
  assert.equal(draft.layer(pixels.layer)?.kind, "reshape");
});

Deno.test("all in a row keep our order, and it is noted", () => {
  const { draft, live } = image();
  const row = reshapeLive(draft, live, [7, 24])!;
  assert.deepEqual(row.flat, { shape: [2, 3, 4], order: [2, 0, 1] });
  assert.deepEqual([...rowOrder(row.flat!)].slice(0, 7), [0, 4, 8, 12, 16, 20, 1]);
  assert.equal(draft.layer(row.layer)?.kind, "flatten");
});

Deno.test("extents of 1 are no layer, and a batch of 1 stays the batch", () => {
  const draft = emptyDraft();
  draft.input({ name: "x", shape: [4] });
  const live: Live = { use: "live", layer: "x", dims: [1, 4], axes: [0, 1], sole: true };
  const wide = reshapeLive(draft, live, [1, 1, 4, 1])!;
  assert.deepEqual([wide.layer, wide.axes], ["x", [0, null, 1, null]]);
});

Deno.test("samples are not mixed, and sizes stay", () => {
  const { draft, live } = image();
  assert.equal(reshapeLive(draft, live, [14, 12]), undefined);
  assert.equal(reshapeLive(draft, live, [7, 25]), undefined);
});
