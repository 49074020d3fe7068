import assert from "node:assert/strict";
import { attentionNodes, layerNorm } from "../../../../ops/formats/onnx/sequence_nodes.ts";
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

Deno.test("before operator set 17 a layer normalisation is written out", () => {
  const layer = { name: "a", kind: "layer-norm", inputs: ["x"], epsilon: 1e-3 } as const;
  const [now, before] = [sourceOf([[3, 2]], [3, 2]), sourceOf([[3, 2]], [3, 2])];
  layerNorm(layer, now as never);
  assert.deepEqual(ops(now), ["LayerNormalization a"]);
  layerNorm(layer, { ...before, opset: 16 } as never);
  assert.deepEqual(ops(before).map((each) => each.split(" ")[0]), [
    "ReduceMean",
    "Sub",
    "Mul",
    "ReduceMean",
    "Add",
    "Sqrt",
    "Div",
    "Mul",
    "Add",
  ]);
});

Deno.test("padding is hidden only where tokens are read", () => {
  const layer = { name: "a", kind: "attention", inputs: [], heads: 2 } as const;
  const three = sourceOf([[3, 4], [3, 4], [3, 4]], [3, 4]);
  attentionNodes(layer, three as never);
  assert.ok(!ops(three).some((each) => each.startsWith("Equal")));
  // 1 / √(4 / 2)
  const scale = three.graph.constants.find(({ shape }) => shape.length === 0)!;
  assert.ok(Math.abs(scale.values[0] as number - Math.SQRT1_2) < 1e-7);
  const four = sourceOf([[3, 4], [3, 4], [3, 4], [3]], [3, 4]);
  attentionNodes(layer, four as never);
  assert.ok(ops(four).includes("Equal a.padding"));
});
