import assert from "node:assert/strict";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";
import { grouped, weightValue } from "../../../../ops/formats/onnx/weights.ts";
import type { Weight } from "../../../../ops/model/model.ts";

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
