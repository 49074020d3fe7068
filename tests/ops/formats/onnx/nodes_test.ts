import assert from "node:assert/strict";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";
import { layerNodes } from "../../../../ops/formats/onnx/nodes.ts";
import type { Layer } from "../../../../ops/model/model.ts";

function written(layer: object, { inputs, shape, opset = 17 }: {
  readonly inputs: readonly (readonly number[])[];
  readonly shape: readonly number[];
  readonly opset?: number;
}) {
  const graph = emptyGraph([]);
  const source = {
    ...{ graph, opset, inputs, shape },
    read: (index: number) => `x${index}`,
    layout: () => "last",
    weight: (role: string) => role,
  };
  layerNodes({ name: "a", inputs: ["x"], ...layer } as unknown as Layer, source as never);
  return graph;
}
const window = { strides: [2, 2], padding: "same", dilations: [1, 1] } as const;

Deno.test("padding is written in numbers, at the end as much as the last window needs", () => {
  const conv = {
    kind: "conv",
    filters: 1,
    kernel: [3, 3],
    ...window,
    bias: true,
    activation: "linear",
  };
  const [node] = written(conv, { inputs: [[5, 6, 1]], shape: [3, 3, 1] }).nodes;
  // Of 5 rows three windows of 3 at stride 2 want 7, of 6 columns too: 1 + 1, and 0 + 1.
  assert.deepEqual(node!.attributes.pads, { ints: [1, 0, 1, 1] });
  assert.deepEqual(node!.inputs, ["x0", "kernel", "bias"]);
  assert.deepEqual(node!.attributes.group, { int: 1 });
});

Deno.test("only newer operator sets dilate an average", () => {
  const pool = { kind: "average-pool", size: [2, 2], ...window, dilations: [2, 2] };
  const of = { inputs: [[8, 8, 1]], shape: [4, 4, 1] };
  assert.throws(
    () => written(pool, of),
    /for ONNX: its average pooling is dilated, which operator set 17 does not know; set `opset` to 19 or higher$/,
  );
  assert.throws(() => written(pool, { ...of, opset: 18 }), RangeError);
  assert.deepEqual(written(pool, { ...of, opset: 19 }).nodes[0]!.attributes.dilations, {
    ints: [2, 2],
  });
});

Deno.test("a part of the channels is a slice; several values are added one by one", () => {
  const split = written({ kind: "split", parts: 2, part: 1 }, {
    inputs: [[4, 4, 6]],
    shape: [4, 4, 3],
  });
  assert.deepEqual(split.constants.map(({ values }) => Number(values[0])), [3, 6, 1]);
  const shape = [4];
  const add = written({ kind: "add", activation: "linear" }, {
    inputs: [shape, shape, shape],
    shape,
  });
  assert.deepEqual(add.nodes.map(({ inputs, output }) => [output, ...inputs]), [
    ["a.sum", "x0", "x1"],
    ["a", "a.sum", "x2"],
  ]);
  assert.deepEqual(written({ kind: "dropout", rate: 0.5 }, { inputs: [shape], shape }).nodes, []);
});
