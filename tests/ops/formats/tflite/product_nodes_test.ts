import assert from "node:assert/strict";
import { denseNodes } from "../../../../ops/formats/tflite/product_nodes.ts";
import { emptyGraph } from "../../../../ops/formats/tflite/graph.ts";
import { floatWeight } from "../../../../ops/model/weights.ts";

Deno.test("a kernel [inputs, units] is written [units, inputs]; further axes are kept", () => {
  const graph = emptyGraph();
  const layer = { name: "d", kind: "dense", inputs: ["x"], units: 2, bias: false } as const;
  const source = {
    ...{ graph, name: "d", inputs: [[4, 3]], shape: [4, 2] },
    read: () => graph.tensor("x", { shape: [1, 4, 3], type: "float32" }),
    weight: () => 0,
    decoded: () => new Float32Array(),
    operands(
      arrange: (
        kernel: ReturnType<typeof floatWeight>,
      ) => { shape: readonly number[]; data: unknown },
    ) {
      const { shape, data } = arrange(floatWeight([3, 2], Float32Array.of(1, 2, 3, 4, 5, 6)));
      assert.deepEqual([shape, data], [[2, 3], Float32Array.of(1, 3, 5, 2, 4, 6)]);
      return [0, 0] as const;
    },
  };
  denseNodes({ ...layer, activation: "relu" }, source as never);
  const file = graph.file({ name: "g", inputs: [], outputs: [], description: "" });
  assert.deepEqual(file.subgraphs[0]!.operators[0]!.options, {
    activation: 1,
    weightsFormat: 0,
    keepsAxes: true,
  });
});
