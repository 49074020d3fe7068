import assert from "node:assert/strict";
import { emptyDraft } from "../../../../../ops/formats/onnx/read/draft.ts";
import {
  arranged,
  type LayerView,
  ownOrder,
  plain,
  reshaped,
  rowOrder,
  shown,
  transposedTo,
  unrolled,
  withLast,
} from "../../../../../ops/formats/onnx/read/layer_view.ts";

/** An image of 2 rows, 3 columns and 4 channels, which the graph has first. */
function image() {
  const draft = emptyDraft();
  draft.input({ name: "x", shape: [2, 3, 4] });
  const view: LayerView = {
    use: "view",
    layer: "x",
    dims: [9, 4, 2, 3],
    axes: [0, 3, 1, 2],
    sole: true,
  };
  return { draft, view };
}

Deno.test("axes are moved where they stand otherwise, and back they are where they were", () => {
  const { draft, view } = image();
  assert.deepEqual([shown(view), ownOrder(view)], ["batch×4×2×3", [2, 3, 1]]);
  assert.equal(arranged(draft, view, [2, 3, 1]), "x");
  const first = transposedTo(draft, view, [1, 2, 3]);
  assert.deepEqual(draft.layer(first.layer), {
    ...{ name: "x.turned", kind: "permute", inputs: ["x"], order: [2, 0, 1] },
  });
  assert.deepEqual([first.axes, draft.shape(first.layer)], [[0, 1, 2, 3], [4, 2, 3]]);
  assert.equal(arranged(draft, first, [2, 3, 1]), "x");
  assert.deepEqual(withLast(first, 2), [1, 3, 2]);
});

Deno.test("extents of 1 come and go by a shape alone", () => {
  const draft = emptyDraft();
  draft.input({ name: "x", shape: [4] });
  const view: LayerView = {
    use: "view",
    layer: "x",
    dims: [9, 4, 1, 1],
    axes: [0, 1, null, null],
    sole: true,
  };
  const layer = arranged(draft, view, [2, 3, 1]);
  assert.deepEqual([draft.shape(layer), draft.layer(layer)?.kind], [[1, 1, 4], "reshape"]);
  // A shape of a shape is that of what was shaped.
  assert.equal(reshaped(draft, layer, [4]), "x");
});

Deno.test("channels split, transposed and joined are one layer", () => {
  const { draft } = image();
  const split = reshaped(draft, "x", [2, 3, 2, 2]);
  const transposed = draft.add("t", { kind: "permute", order: [0, 1, 3, 2] }, [split]);
  const layer = reshaped(draft, transposed, [2, 3, 4]);
  assert.deepEqual(draft.layer(layer), {
    ...{ name: "x.shuffled", kind: "shuffle", inputs: ["x"], groups: 2 },
  });
});

Deno.test("a row of an image knows where the graph has its numbers", () => {
  // Two pixels of three channels, which the graph has first: 0 3 1 4 2 5 of 0 1 2 3 4 5.
  const flat = { shape: [2, 3], order: [1, 0] };
  assert.deepEqual([...rowOrder(flat)], [0, 3, 1, 4, 2, 5]);
  const draft = emptyDraft();
  draft.input({ name: "x", shape: [6] });
  const view: LayerView = { ...plain(draft, "x", 9), flat };
  const { layer } = unrolled(draft, view);
  const kinds = [layer, "x.shaped.turned", "x.shaped"].map((name) => draft.layer(name)?.kind);
  assert.deepEqual(kinds, ["flatten", "permute", "reshape"]);
});
