import assert from "node:assert/strict";
import {
  dotNodes,
  resizeNodes,
  reverseNodes,
  softmaxNodes,
  standardizeNodes,
} from "../../../../ops/formats/onnx/row_nodes.ts";
import { layerOf, networkOf } from "../../model/support/one_layer.ts";
import type { Architecture, Layer } from "../../../../ops/model/model.ts";
import { assertRuns } from "./support/runs.ts";
import { writtenBy } from "./support/written.ts";

Deno.test("ONNX Runtime computes rows as the engine does, whatever the operator set", async () => {
  for (const opset of [13, 17, 18]) {
    for (const log of [true, false]) {
      await assertRuns(networkOf(layerOf("softmax", { log }), [3, 4]), opset);
    }
    for (const by of ["deviation", "rms", "length"] as const) {
      await assertRuns(networkOf(layerOf("standardize", { by, epsilon: 0.01 }), [3, 4]), opset);
    }
    await assertRuns(networkOf(layerOf("reverse", {}), [3, 4]), opset);
  }
});

for (const by of ["nearest", "bilinear"] as const) {
  Deno.test(`ONNX Runtime resizes images as the engine does: ${by}`, async () => {
    for (const size of [[6, 8], [2, 2], [5, 3]] as const) {
      await assertRuns(networkOf(layerOf("resize", { size, by }), [3, 4, 2]));
    }
  });
}

/** Two dense layers of one input, and a layer that reads both. */
function pair(shape: readonly number[], layer: Layer): Architecture {
  const dense = (name: string): Layer => ({
    ...{ name, kind: "dense", inputs: ["x"], units: shape.at(-1)!, bias: true },
    activation: "linear",
  });
  return {
    family: "test",
    inputs: [{ name: "x", shape }],
    layers: [dense("a"), dense("b"), layer],
    outputs: [layer.name],
    head: "none",
  };
}

Deno.test("ONNX Runtime multiplies and combines as the engine does", async () => {
  for (const axes of [[1, 0], [0, 0], [1, 1], [0, 1]] as const) {
    await assertRuns(pair([3, 3], layerOf("dot", { axes }, 2)));
  }
  await assertRuns(pair([4], layerOf("dot", { axes: [0, 0] }, 2)));
  for (const by of ["sum", "product", "difference", "maximum", "minimum"] as const) {
    await assertRuns(pair([3, 4], layerOf("combine", { by }, 2)));
    await assertRuns(pair([2, 3, 4], layerOf("combine", { by }, 2)));
  }
});

Deno.test("layers of rows are written as the operators that have these names", () => {
  const named = { name: "a", inputs: ["x"] };
  const place = { inputs: [[3, 2]], shape: [3, 2] };
  const ops = (nodes: readonly unknown[]) =>
    nodes.map((line) => String(line).replace(/^.* = (\w+)\(.*$/, "$1"));
  assert.deepEqual(
    ops(writtenBy((s) => softmaxNodes({ ...named, kind: "softmax", log: true }, s), place).nodes),
    ["LogSoftmax"],
  );
  const rms = { ...named, kind: "standardize", by: "rms", epsilon: 0.5 } as const;
  assert.deepEqual(ops(writtenBy((s) => standardizeNodes(rms, s), place).nodes), [
    "Mul",
    "MatMul",
    "Add",
    "Sqrt",
    "Div",
  ]);
  assert.deepEqual(
    ops(writtenBy((s) => reverseNodes({ ...named, kind: "reverse" }, s), place).nodes),
    ["Slice"],
  );
  const dot = { ...named, kind: "dot", axes: [0, 1] } as const;
  const two = { inputs: [[2, 3], [4, 2]], shape: [3, 4] };
  assert.deepEqual(ops(writtenBy((s) => dotNodes(dot, s), two).nodes), [
    "Transpose",
    "Transpose",
    "MatMul",
  ]);
  const resize = { ...named, kind: "resize", size: [4, 4], by: "nearest" } as const;
  const image = { inputs: [[2, 2, 1]], shape: [4, 4, 1] };
  assert.deepEqual(ops(writtenBy((s) => resizeNodes(resize, s), image).nodes), [
    "Shape",
    "Slice",
    "Concat",
    "Resize",
  ]);
});
