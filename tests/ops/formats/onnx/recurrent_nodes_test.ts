import assert from "node:assert/strict";
import { recurrentNodes, rnnNodes } from "../../../../ops/formats/onnx/recurrent_nodes.ts";
import { layerOf, networkOf } from "../../model/support/one_layer.ts";
import { assertRuns } from "./support/runs.ts";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";
import type { Weight } from "../../../../ops/model/model.ts";
import { floatWeight } from "../../../../ops/model/weights.ts";
import { livelyModel } from "../../lively_model.ts";
import { plainLogits } from "../../plain_forward.ts";
import { masked } from "../masked_network.ts";
import { assertNear, bothLogits } from "./support/both_logits.ts";
import { writtenBy } from "./support/written.ts";

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

/** 0, 1, 2 … in a shape. */
const counted = (...shape: number[]) =>
  floatWeight(shape, Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i));

Deno.test("a layer of two units is an LSTM whose last state is taken", () => {
  const two = { ...layer, units: 2, sequence: false } as const;
  const weights = { kernel: counted(3, 8), bias: counted(8) };
  const place = { inputs: [[5, 1]], shape: [2], weights };
  assert.deepEqual(writtenBy((source) => recurrentNodes(two, source), place), {
    value: "a.last",
    nodes: [
      "a.steps = Transpose(x0.last) perm:ints=1,0,2",
      "a.states = LSTM(a.steps, kernel, kernel_, bias) hidden_size:int=2",
      "a.forward = Squeeze(a.states, int64.1x1)",
      "a = Gather(a.forward, a.last) axis:int=0",
    ],
    constants: [
      // Columns of i are 0 and 1, of f 2 and 3, of c 4 and 5, of o 6 and 7; ONNX has i, o, f, c.
      "kernel Float32 [1,8,1] 0 1 6 7 2 3 4 5",
      "kernel_ Float32 [1,8,2] 8 16 9 17 14 22 15 23 10 18 11 19 12 20 13 21",
      "bias Float32 [1,16] 0 1 6 7 2 3 4 5 0 0 0 0 0 0 0 0",
      "int64.1x1 BigInt64 [1] 1",
      "a.last BigInt64 [] 4",
    ],
  });
});

Deno.test("gates of hard sigmoid are Keras's, 0.2 x + 0.5", () => {
  const hard = { ...layer, sequence: true, gates: "hard-sigmoid" } as const;
  const place = { inputs: [[5, 2]], shape: [5, 1] };
  assert.deepEqual(writtenBy((source) => recurrentNodes(hard, source), place), {
    value: "a.last",
    nodes: [
      "a.steps = Transpose(x0.last) perm:ints=1,0,2",
      "a.states = LSTM(a.steps, kernel, kernel, bias) hidden_size:int=1 " +
      "activations:strings=HardSigmoid,Tanh,Tanh activation_alpha:floats=0.2 activation_beta:floats=0.5",
      "a.forward = Squeeze(a.states, int64.1x1)",
      "a = Transpose(a.forward) perm:ints=1,0,2",
    ],
    constants: ["int64.1x1 BigInt64 [1] 1"],
  });
});

for (const cell of ["simple", "gru", "gru-after", "lstm"] as const) {
  Deno.test(`ONNX Runtime steps through a sequence as the engine does: ${cell}`, async () => {
    for (const [nonlinearity, gates] of [["tanh", "sigmoid"], ["relu", "hard-sigmoid"]] as const) {
      const attributes = { cell, units: 3, sequence: true, nonlinearity, gates };
      await assertRuns(networkOf(layerOf("rnn", attributes), [4, 2]));
      await assertRuns(networkOf(layerOf("rnn", { ...attributes, sequence: false }), [4, 2]));
    }
    const hard = { nonlinearity: "hard-sigmoid-6", gates: "linear" } as const;
    await assertRuns(
      networkOf(layerOf("rnn", { cell, units: 2, sequence: true, ...hard }), [3, 2]),
    );
  });
}

Deno.test("a GRU that resets behind its product says so, and has two biases", () => {
  const two = { name: "a", kind: "rnn", inputs: ["x"], units: 1, sequence: true } as const;
  const gru = { ...two, cell: "gru-after", nonlinearity: "tanh", gates: "sigmoid" } as const;
  const weights = { kernel: counted(2, 3), bias: counted(6) };
  const { nodes, constants } = writtenBy((source) => rnnNodes(gru, source), {
    ...{ inputs: [[5, 1]], shape: [5, 1], weights },
  });
  assert.ok(nodes.some((line) => line.includes("linear_before_reset:int=1")));
  assert.ok(constants.some((line) => line.includes("[1,6] 0 1 2 3 4 5")), constants.join("\n"));
});

for (const cell of ["simple", "gru", "gru-after", "lstm"] as const) {
  Deno.test(`in ONNX Runtime too the state stays where a mask is 0: ${cell}`, async () => {
    for (const sequence of [true, false]) await assertRuns(masked({ cell, sequence }));
  });
}

Deno.test("rows that are hidden at both ends, between and all of them", async () => {
  const model = livelyModel(masked({ cell: "lstm", sequence: true }));
  const shown = [[0, 1, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]];
  const x = Float32Array.from(shown.flat().flatMap((one, at) => [one, Math.sin(at)]));
  const rows = shown.map((_, at) => ({
    shape: [6, 2],
    data: Float64Array.from(x.slice(12 * at, 12 * at + 12)),
  }));
  const expected = rows.flatMap((row) => plainLogits(model, [row]));
  const { all, disabled } = await bothLogits(model, x);
  assertNear(all, expected, 1e-5);
  assertNear(disabled, expected, 1e-5);
});
