import assert from "node:assert/strict";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";
import { dequantized, grouped, weightValue } from "../../../../ops/formats/onnx/weights.ts";
import type { Weight } from "../../../../ops/model/model.ts";
import { constantLines, nodeLines } from "./support/written.ts";

const affine = (axis: number, scale: number[], zero: number[]) => ({
  use: "affine",
  bits: 8,
  axis,
  symmetry: "asymmetric",
  scale: Float32Array.from(scale),
  zero: Int32Array.from(zero),
} as const);

Deno.test("a depthwise kernel is that of a convolution in groups, its scales one for each output", () => {
  // [h 1, w 1, channels 2, multiplier 2], a scale for each multiple.
  const kernel: Weight = {
    shape: [1, 1, 2, 2],
    encoding: affine(3, [1, 2], [3, 4]),
    data: Int8Array.of(1, 2, 3, 4),
  };
  const { shape, encoding, data } = grouped(kernel);
  assert.deepEqual([shape, [...data]], [[4, 1, 1, 1], [1, 2, 3, 4]]);
  assert.ok(encoding.use === "affine");
  assert.deepEqual([encoding.axis, [...encoding.scale], [...encoding.zero]], [0, [1, 2, 1, 2], [
    3,
    4,
    3,
    4,
  ]]);
  const byChannel = grouped({ ...kernel, encoding: affine(2, [1, 2], [3, 4]) }).encoding;
  assert.ok(byChannel.use === "affine");
  assert.deepEqual([...byChannel.scale], [1, 1, 2, 2]);
});

Deno.test("small numbers stay in the file and are decoded by operators, or are decoded before", () => {
  const half: Weight = { shape: [1], encoding: { use: "f16" }, data: Uint16Array.of(0x3c00) };
  const codes: Weight = {
    shape: [2],
    encoding: { use: "codebook", bits: 1, centroids: Float32Array.of(5, 6) },
    data: Uint8Array.of(1, 0),
  };
  const integers: Weight = { shape: [1], encoding: affine(0, [2], [1]), data: Int8Array.of(3) };
  const ops = (weight: Weight, native: boolean) => {
    const graph = emptyGraph([]);
    assert.equal(weightValue(graph, "w", weight, native), "w");
    return graph.nodes.length === 0
      ? [...graph.constants[0]!.values as Float32Array]
      : graph.nodes.map(({ op }) => op);
  };
  assert.deepEqual([ops(half, true), ops(half, false)], [["Cast"], [1]]);
  assert.deepEqual([ops(codes, true), ops(codes, false)], [["Cast", "Gather"], [6, 5]]);
  assert.deepEqual([ops(integers, true), ops(integers, false)], [["DequantizeLinear"], [4]]);
});

const linesOf = (build: (graph: ReturnType<typeof emptyGraph>) => string) => {
  const graph = emptyGraph([]);
  assert.equal(build(graph), "w");
  return [...nodeLines(graph), ...constantLines(graph)];
};

Deno.test("each number format is decoded by the operators that ONNX has for it", () => {
  const written = (weight: Weight, native = true) =>
    linesOf((graph) => weightValue(graph, "w", weight, native));
  const half: Weight = { shape: [1, 1], encoding: { use: "f16" }, data: Uint16Array.of(0x3c00) };
  // TensorProto: FLOAT is 1, INT32 is 6.
  assert.deepEqual(written(half), ["w = Cast(w.half) to:int=1", "w.half Uint16 [1,1] 15360"]);
  assert.deepEqual(written(half, false), ["w Float32 [1,1] 1"]);
  const centroids = Float32Array.of(5, 6, 7);
  const codes: Weight = {
    shape: [2],
    encoding: { use: "codebook", bits: 2, centroids },
    data: Uint8Array.of(1, 0),
  };
  assert.deepEqual(written(codes), [
    "w.indices = Cast(w.codes) to:int=6",
    "w = Gather(w.centroids, w.indices)",
    "w.codes Uint8 [2] 1 0",
    "w.centroids Float32 [3] 5 6 7",
  ]);
  const integers = (axis: number | null, scale: number[], zero: number[]): Weight => ({
    shape: [1, 2],
    encoding: {
      ...{ use: "affine", bits: 8, axis, symmetry: "asymmetric" } as const,
      scale: Float32Array.from(scale),
      zero: Int32Array.from(zero),
    },
    data: Int8Array.of(3, -4),
  });
  assert.deepEqual(written(integers(1, [2, 0.5], [0, 1])), [
    "w = DequantizeLinear(w.integers, w.scale, w.zero) axis:int=1",
    "w.integers Int8 [1,2] 3 -4",
    "w.scale Float32 [2] 2 0.5",
    "w.zero Int8 [2] 0 1",
  ]);
  assert.deepEqual(written(integers(1, [2, 0.5], [0, 0])), [
    "w = DequantizeLinear(w.integers, w.scale, int8.0x2) axis:int=1",
    "w.integers Int8 [1,2] 3 -4",
    "w.scale Float32 [2] 2 0.5",
    "int8.0x2 Int8 [2] 0 0",
  ]);
  assert.deepEqual(written(integers(null, [2], [1])), [
    "w = DequantizeLinear(w.integers, w.scale, w.zero)",
    "w.integers Int8 [1,2] 3 -4",
    "w.scale Float32 [] 2",
    "w.zero Int8 [] 1",
  ]);
  assert.deepEqual(written(integers(null, [2], [0])).at(-1), "int8.0 Int8 [] 0");
});

Deno.test("integers without a zero have none, and scales stand along their axis", () => {
  const scale = Float32Array.of(2, 3);
  assert.deepEqual(linesOf((graph) => dequantized(graph, "w", "q", { axis: 0, scale })), [
    "w = DequantizeLinear(q, w.scale) axis:int=0",
    "w.scale Float32 [2] 2 3",
  ]);
});
