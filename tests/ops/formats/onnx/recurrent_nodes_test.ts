import assert from "node:assert/strict";
import { recurrentNodes } from "../../../../ops/formats/onnx/recurrent_nodes.ts";
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

const layer = { name: "a", kind: "recurrent", inputs: ["x"], units: 1, gates: "sigmoid" } as const;

Deno.test("gates stand in ONNX's order i, o, f, c, input rows apart from those of the state", () => {
  const source = sourceOf([[5, 2]], [1]);
  const { value } = recurrentNodes({ ...layer, sequence: false }, source as never);
  assert.equal(value, "a");
  // Our kernel's rows are input 0, input 1, state; its columns i, f, c, o.
  const [inputs, state, bias] = source.graph.constants;
  assert.deepEqual([inputs!.shape, [...inputs!.values]], [[1, 4, 2], [0, 4, 3, 7, 1, 5, 2, 6]]);
  assert.deepEqual([state!.shape, [...state!.values]], [[1, 4, 1], [8, 11, 9, 10]]);
  assert.deepEqual([bias!.shape, [...bias!.values]], [[1, 8], [0, 3, 1, 2, 0, 0, 0, 0]]);
  assert.deepEqual(ops(source), [
    "Transpose a.steps",
    "LSTM a.states",
    "Squeeze a.forward",
    "Gather a",
  ]);
});

Deno.test("a sequence gives every state, batch before time again", () => {
  const source = sourceOf([[5, 2]], [5, 1]);
  recurrentNodes({ ...layer, sequence: true, gates: "hard-sigmoid" }, source as never);
  assert.equal(ops(source).at(-1), "Transpose a");
  const { attributes } = source.graph.nodes[1]!;
  assert.deepEqual(attributes.activations, { strings: ["HardSigmoid", "Tanh", "Tanh"] });
});
