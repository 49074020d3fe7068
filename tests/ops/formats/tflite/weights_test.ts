import assert from "node:assert/strict";
import { emptyGraph } from "../../../../ops/formats/tflite/graph.ts";
import {
  integerOperands,
  realOperands,
  realWeight,
} from "../../../../ops/formats/tflite/weights.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import type { Weight } from "../../../../ops/model/model.ts";
import { networkOf } from "./support/written.ts";

const layer = {
  name: "d",
  kind: "dense",
  inputs: ["x"],
  units: 2,
  bias: true,
  activation: "linear",
} as const;
const affine: Weight = {
  shape: [1, 2],
  data: Int8Array.of(3, -4),
  encoding: {
    ...{ use: "affine", bits: 8, axis: 1, symmetry: "symmetric" },
    ...{ scale: Float32Array.of(0.5, 0.25), zero: Int32Array.of(0, 0) },
  },
};
const model = {
  ...initialModel(networkOf([1], layer), 0),
  weights: {
    "d/kernel": affine,
    "d/bias": { shape: [2], encoding: { use: "f32" }, data: Float32Array.of(1, -2) } as const,
  },
};
const numbers = (graph: ReturnType<typeof emptyGraph>) => {
  const file = graph.file({ name: "g", inputs: [], outputs: [], description: "" });
  return file.subgraphs[0]!.tensors.map(({ name, buffer, quantization, type }) => ({
    ...{ name, type, scale: quantization?.scale },
    data: file.buffers[buffer]!.data?.slice().buffer,
  }));
};

Deno.test("integers stay what they are and are decoded in the graph, or decoded in a file of floats", () => {
  const int8 = emptyGraph();
  realWeight(int8, model, { layer, role: "kernel", form: "int8" });
  assert.deepEqual(numbers(int8).map(({ name, type }) => [name, type]), [
    ["d/kernel.integers", 9],
    ["d/kernel", 0],
  ]);
  const floats = emptyGraph();
  realWeight(floats, model, { layer, role: "kernel", form: "float" });
  assert.deepEqual([...new Float32Array(numbers(floats)[0]!.data!)], [1.5, -1]);
});

Deno.test("a bias is in units of its products: by hand", () => {
  const graph = emptyGraph();
  const input = { bits: 8, scale: 0.125, zero: 5, minimum: -128, maximum: 127 };
  integerOperands(graph, model, { layer, input }, (kernel) => kernel);
  const [kernel, bias] = numbers(graph);
  assert.deepEqual([...new Int8Array(kernel!.data!)], [3, -4]);
  // 1 / (0.125 · 0.5) and −2 / (0.125 · 0.25).
  assert.deepEqual([...new Int32Array(bias!.data!)], [16, -64]);
  assert.deepEqual(bias!.scale, [0.0625, 0.03125]);
});

Deno.test("a layer without bias adds zeros", () => {
  const graph = emptyGraph();
  const { "d/bias": _, ...weights } = model.weights;
  realOperands(
    graph,
    { ...model, weights },
    { layer: { ...layer, bias: false }, form: "float" },
    (k) => k,
  );
  assert.deepEqual([...new Float32Array(numbers(graph)[1]!.data!)], [0, 0]);
});
