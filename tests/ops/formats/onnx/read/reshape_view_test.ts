import assert from "node:assert/strict";
import { emptyDraft } from "../../../../../ops/formats/onnx/read/draft.ts";
import { type LayerView, rowOrder } from "../../../../../ops/formats/onnx/read/layer_view.ts";
import { reshapeView } from "../../../../../ops/formats/onnx/read/reshape_view.ts";

/** An image of 2 rows, 3 columns and 4 channels, which the graph has first; batches of 7. */
function image() {
  const draft = emptyDraft();
  draft.input({ name: "x", shape: [2, 3, 4] });
  const view: LayerView = {
    use: "view",
    layer: "x",
    dims: [7, 4, 2, 3],
    axes: [0, 3, 1, 2],
    sole: true,
  };
  return { draft, view };
}

Deno.test("an axis is split where it is", () => {
  const { draft, view } = image();
  const split = reshapeView(draft, view, [7, 2, 2, 2, 3])!;
  assert.deepEqual([draft.shape(split.layer), split.axes], [[2, 3, 2, 2], [0, 3, 4, 1, 2]]);
  assert.deepEqual(reshapeView(draft, split, [7, 4, 2, 3]), view);
});

Deno.test("axes that stand beside one another are joined without being moved", () => {
  const { draft, view } = image();
  const pixels = reshapeView(draft, view, [7, 4, 6])!;
  assert.deepEqual([draft.shape(pixels.layer), pixels.axes], [[6, 4], [0, 2, 1]]);
  assert.equal(draft.layer(pixels.layer)?.kind, "reshape");
});

Deno.test("all in a row keep our order, and it is noted", () => {
  const { draft, view } = image();
  const row = reshapeView(draft, view, [7, 24])!;
  assert.deepEqual(row.flat, { shape: [2, 3, 4], order: [2, 0, 1] });
  assert.deepEqual([...rowOrder(row.flat!)].slice(0, 7), [0, 4, 8, 12, 16, 20, 1]);
  assert.equal(draft.layer(row.layer)?.kind, "flatten");
});

Deno.test("extents of 1 are no layer, and a batch of 1 stays the batch", () => {
  const draft = emptyDraft();
  draft.input({ name: "x", shape: [4] });
  const view: LayerView = { use: "view", layer: "x", dims: [1, 4], axes: [0, 1], sole: true };
  const wide = reshapeView(draft, view, [1, 1, 4, 1])!;
  assert.deepEqual([wide.layer, wide.axes], ["x", [0, null, 1, null]]);
});

Deno.test("samples are not mixed, and sizes stay", () => {
  const { draft, view } = image();
  assert.equal(reshapeView(draft, view, [14, 12]), undefined);
  assert.equal(reshapeView(draft, view, [7, 25]), undefined);
});
