import assert from "node:assert/strict";
import { mixtureNodes } from "../../../../ops/formats/onnx/mixture_nodes.ts";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";
import type { Weight } from "../../../../ops/model/model.ts";
import { floatWeight } from "../../../../ops/model/weights.ts";

const sourceOf = (inputs: readonly (readonly number[])[], shape: readonly number[]) => {
  const graph = emptyGraph([]);
  const names: string[] = [];
  return {
    graph,
    opset: 17,
    inputs,
    shape,
    read: (index: number) => `x${index}`,
    layout: () => "last" as const,
    weight(role: string, arrange: (weight: Weight) => Weight = (weight) => weight) {
      const sizes: Record<string, readonly number[]> = { kernel: [3, 4], bias: [4] };
      const size = sizes[role] ?? [1];
      const count = size.reduce((a, b) => a * b);
      const values = Float32Array.from({ length: count }, (_, i) => i);
      const weight = arrange(floatWeight(size, values));
      names.push(role);
      return graph.constant(role, weight.data as Float32Array, weight.shape);
    },
  };
};
const ops = ({ graph }: ReturnType<typeof sourceOf>) =>
  graph.nodes.map(({ op, output }) => `${op} ${output}`);

Deno.test("of each distribution the logarithm of its share is added, and they are summed one by one", () => {
  const source = sourceOf([[2], [2], [2]], [2]);
  const layer = { name: "a", kind: "mixture", inputs: [], shares: [0.5, 0.25, 0.25] } as const;
  assert.equal(mixtureNodes(layer, source as never).value, "a");
  const shares = source.graph.constants.map(({ values }) => (values[0] as number).toFixed(5));
  assert.deepEqual(shares, ["-0.69315", "-1.38629"]);
  assert.deepEqual(ops(source).slice(6).map((each) => each.split(" ")[0]), [
    "Sub",
    "Softplus",
    "Add",
    "Sub",
    "Softplus",
    "Add",
  ]);
});
