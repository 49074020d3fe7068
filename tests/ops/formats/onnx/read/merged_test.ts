import assert from "node:assert/strict";
import { emptyDraft } from "../../../../../ops/formats/onnx/read/draft.ts";
import type { LayerView } from "../../../../../ops/formats/onnx/read/layer_view.ts";
import {
  type Merged,
  mergedDims,
  reshapeMerged,
  straight,
  transposedMerged,
} from "../../../../../ops/formats/onnx/read/merged.ts";

/** Steps, then the batch, then features: 5 × batch of 7 × 8. */
function steps() {
  const draft = emptyDraft();
  draft.input({ name: "x", shape: [5, 8] });
  const view: LayerView = {
    ...{ use: "view", layer: "x", sole: true },
    ...{ dims: [5, 7, 8], axes: [1, 0, 2] },
  };
  return { draft, view };
}

Deno.test("heads beside the batch come apart again", () => {
  const { draft, view } = steps();
  const merged = reshapeMerged(draft, view, [5, 14, 4]) as Merged;
  assert.deepEqual([merged.x.dims, merged.groups], [[5, 7, 2, 4], [[0], [1, 2], [3]]]);
  assert.deepEqual(mergedDims(merged), [5, 14, 4]);
  const first = transposedMerged(merged, [1, 0, 2]);
  assert.deepEqual(mergedDims(first), [14, 5, 4]);
  assert.deepEqual(straight(first).dims, [7, 2, 5, 4]);
  const apart = reshapeMerged(draft, first, [7, 2, 5, 4]) as LayerView;
  assert.deepEqual([apart.use, apart.dims], ["view", [7, 2, 5, 4]]);
  assert.deepEqual(draft.shape(apart.layer).filter((_, at) => at < 3), [5, 2, 4]);
  assert.deepEqual(apart.axes, [0, 2, 1, 3]);
});

Deno.test("steps and batch in a row keep the features an axis", () => {
  const { draft, view } = steps();
  const rows = reshapeMerged(draft, view, [35, 8]) as Merged;
  assert.deepEqual([rows.x.dims, rows.groups], [[5, 7, 8], [[0, 1], [2]]]);
  const back = reshapeMerged(draft, rows, [5, 7, 8]) as LayerView;
  assert.deepEqual([back.use, back.layer, back.axes], ["view", "x", [1, 0, 2]]);
});

Deno.test("samples that would be cut have no form", () => {
  const { draft, view } = steps();
  assert.equal(reshapeMerged(draft, view, [10, 28]), undefined);
  assert.equal(reshapeMerged(draft, view, [5, 7, 9]), undefined);
});
