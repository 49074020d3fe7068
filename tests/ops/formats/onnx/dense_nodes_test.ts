import assert from "node:assert/strict";
import { denseNodes } from "../../../../ops/formats/onnx/dense_nodes.ts";
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

const layer = { name: "a", kind: "dense", inputs: ["x"], units: 4, activation: "linear" } as const;

Deno.test("a row is one product with its bias, each position of a longer shape a product and a sum", () => {
  const written = (input: readonly number[], bias: boolean) => {
    const source = sourceOf([input], [4]);
    denseNodes({ ...layer, bias }, source as never);
    return ops(source);
  };
  assert.deepEqual(written([3], true), ["Gemm a"]);
  assert.deepEqual(written([3], false), ["Gemm a"]);
  assert.deepEqual(written([5, 3], true), ["MatMul a.product", "Add a"]);
  assert.deepEqual(written([5, 3], false), ["MatMul a"]);
});

Deno.test("rows that find their ranges are integers while they are multiplied; columns are summed before", () => {
  const source = sourceOf([[2]], [2]);
  const encoding = {
    use: "affine",
    bits: 8,
    axis: 1,
    symmetry: "symmetric",
    scale: Float32Array.of(1, 1),
    zero: Int32Array.of(0, 0),
  } as const;
  const kernel = { shape: [2, 2], encoding, data: Int8Array.of(1, 2, 3, 4) };
  const integers = { kernel, dynamic: { bits: 8, symmetry: "asymmetric" } };
  denseNodes({ ...layer, bias: false }, { ...source, integers } as never);
  const sums = source.graph.constants.find(({ name }) => name === "a.sums")!;
  assert.deepEqual([...sums.values], [4, 6]);
  assert.ok(ops(source).includes("MatMulInteger a.products"));
  assert.equal(ops(source).at(-1), "Mul a");
});
