import assert from "node:assert/strict";
import {
  attentionNodes,
  embeddingNodes,
  firstNodes,
  layerNorm,
  positionNodes,
  tokenMeanNodes,
} from "../../../../ops/formats/onnx/sequence_nodes.ts";
import { assertRuns } from "./support/runs.ts";
import { writtenBy } from "./support/written.ts";
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

const linesOf = (...of: Parameters<typeof writtenBy>) => {
  const { value, nodes, constants } = writtenBy(...of);
  assert.equal(value, "a.last");
  return [...nodes, ...constants];
};
const sequence = { inputs: [[3, 2]], shape: [3, 2] };

Deno.test("tokens look up rows, a table is added, the first position is taken out", () => {
  const embedding = { name: "a", kind: "embedding", inputs: [], vocabulary: 7, size: 2 } as const;
  assert.deepEqual(linesOf((source) => embeddingNodes(embedding, source), sequence), [
    "a.tokens = Cast(x0.last) to:int=6",
    "a = Gather(kernel, a.tokens)",
  ]);
  const position = { name: "a", kind: "position", inputs: [] } as const;
  assert.deepEqual(linesOf((source) => positionNodes(position, source), sequence), [
    "a = Add(x0.last, kernel)",
  ]);
  const first = { name: "a", kind: "first", inputs: [] } as const;
  assert.deepEqual(linesOf((source) => firstNodes(first, source), sequence), [
    "a = Gather(x0.last, int64.0) axis:int=1",
    "int64.0 BigInt64 [] 0",
  ]);
});

Deno.test("a layer normalisation is over the last axis, whole or step by step", () => {
  const layer = { name: "a", kind: "layer-norm", inputs: [], epsilon: 0.25 } as const;
  const lines = (opset: number) =>
    linesOf((source) => layerNorm(layer, source), { ...sequence, opset });
  assert.deepEqual(lines(17), [
    "a = LayerNormalization(x0.last, gamma, beta) axis:int=-1 epsilon:float=0.25",
  ]);
  assert.deepEqual(lines(16), [
    "a.mean = ReduceMean(x0.last) axes:ints=-1",
    "a.centred = Sub(x0.last, a.mean)",
    "a.squares = Mul(a.centred, a.centred)",
    "a.variance = ReduceMean(a.squares) axes:ints=-1",
    "a.padded = Add(a.variance, 0.25)",
    "a.deviation = Sqrt(a.padded)",
    "a.normal = Div(a.centred, a.deviation)",
    "a.scaled = Mul(a.normal, gamma)",
    "a = Add(a.scaled, beta)",
    "0.25 Float32 [] 0.25",
  ]);
});

Deno.test("heads stand before positions while they are multiplied; a padding token is far below all others", () => {
  const layer = { name: "a", kind: "attention", inputs: [], heads: 2 } as const;
  const lines = (...more: number[][]) =>
    linesOf((source) => attentionNodes(layer, source), {
      inputs: [[3, 4], [5, 4], [5, 6], ...more],
      shape: [3, 6],
    });
  const root = Math.fround(Math.SQRT1_2);
  const products = [
    "a.queries.parts = Reshape(x0.last, a.queries.heads)",
    "a.queries = Transpose(a.queries.parts) perm:ints=0,2,1,3",
    "a.keys.parts = Reshape(x1.last, a.keys.heads)",
    "a.keys = Transpose(a.keys.parts) perm:ints=0,2,3,1",
    "a.products = MatMul(a.queries, a.keys)",
    // 1 / √(4 / 2)
    `a.scores = Mul(a.products, ${root})`,
  ];
  const mixed = [
    "a.values.parts = Reshape(x2.last, a.values.heads)",
    "a.values = Transpose(a.values.parts) perm:ints=0,2,1,3",
    "a.mixed = MatMul(a.weights, a.values)",
    "a.turned = Transpose(a.mixed) perm:ints=0,2,1,3",
    "a = Reshape(a.turned, a.shape)",
    "a.queries.heads BigInt64 [4] 0 3 2 2",
    "a.keys.heads BigInt64 [4] 0 5 2 2",
    `${root} Float32 [] ${root}`,
  ];
  const shapes = ["a.values.heads BigInt64 [4] 0 5 2 3", "a.shape BigInt64 [3] 0 3 6"];
  assert.deepEqual(lines(), [
    ...products,
    "a.weights = Softmax(a.scores) axis:int=-1",
    ...mixed,
    ...shapes,
  ]);
  assert.deepEqual(lines([5]), [
    ...products,
    "a.padding = Equal(x3.last, 0)",
    "a.ones = Cast(a.padding) to:int=1",
    "a.low = Mul(a.ones, -1000000000)",
    "a.hidden = Unsqueeze(a.low, int64.1x2)",
    "a.seen = Add(a.scores, a.hidden)",
    "a.weights = Softmax(a.seen) axis:int=-1",
    ...mixed,
    "0 Float32 [] 0",
    "-1000000000 Float32 [] -1000000000",
    "int64.1x2 BigInt64 [2] 1 2",
    ...shapes,
  ]);
});

Deno.test("a mean is shares of rows, none for what is padding", async () => {
  const mean = { name: "a", kind: "token-mean", inputs: ["e", "mask"] } as const;
  const place = { inputs: [[3, 2], [3]], shape: [2] };
  assert.deepEqual(linesOf((source) => tokenMeanNodes(mean, source), place), [
    "a.padding = Equal(x1.last, 0)",
    "a.ones = Cast(a.padding) to:int=1",
    "a.low = Mul(a.ones, -1000000000)",
    "a.shares = Softmax(a.low) axis:int=-1",
    "a.row = Unsqueeze(a.shares, int64.1x1)",
    "a.mean = MatMul(a.row, x0.last)",
    "a = Squeeze(a.mean, int64.1x1)",
    "0 Float32 [] 0",
    "-1000000000 Float32 [] -1000000000",
    "int64.1x1 BigInt64 [1] 1",
  ]);
  await assertRuns({
    family: "test",
    inputs: [{ name: "x", shape: [6] }],
    layers: [
      { name: "e", kind: "embedding", inputs: ["x"], vocabulary: 3, size: 4 },
      { name: "mask", kind: "function", inputs: ["x"], function: "differs", parameters: [1] },
      mean,
    ],
    outputs: ["a"],
    head: "none",
  });
});
