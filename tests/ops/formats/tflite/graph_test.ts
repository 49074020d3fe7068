import assert from "node:assert/strict";
import { emptyGraph, quantizationOf } from "../../../../ops/formats/tflite/graph.ts";

Deno.test("constants are little-endian, by the type of their numbers; buffer 0 is empty", () => {
  const graph = emptyGraph();
  graph.constant("f", Float32Array.of(1.5), [1]);
  graph.constant("h", Uint16Array.of(0x3c00), [1]);
  graph.constant("b", Int8Array.of(-2), [1], { scale: [0.5], zero: [0], axis: 0 });
  graph.constant("i", Int32Array.of(-2), [1]);
  const { buffers, subgraphs: [{ tensors }] } = graph.file({
    ...{ name: "g", inputs: [], outputs: [], description: "" },
  }) as never as { buffers: { data?: Uint8Array }[]; subgraphs: [{ tensors: object[] }] };
  assert.deepEqual(buffers.map(({ data }) => data && [...data]), [
    undefined,
    [0, 0, 0xc0, 0x3f],
    [0, 0x3c],
    [0xfe],
    [0xfe, 0xff, 0xff, 0xff],
  ]);
  assert.deepEqual(tensors.map((tensor) => "type" in tensor && tensor.type), [0, 1, 9, 2]);
});

Deno.test("an operator has the version that its numbers ask for; names are taken once", () => {
  const graph = emptyGraph();
  const form = { shape: [1], type: "float32" } as const;
  const [a, b] = [graph.tensor("a", form), graph.tensor("a", form)];
  const quantization = quantizationOf({ bits: 8, scale: 2, zero: 3, minimum: -128, maximum: 127 });
  const q = graph.tensor("q", { shape: [1], type: "int8", quantization });
  assert.deepEqual([graph.nameOf(a), graph.nameOf(b)], ["a", "a_"]);
  graph.node("TANH", [a], [b]);
  graph.node("TANH", [q], [q]);
  graph.node("TANH", [b], [a]);
  graph.node("GELU", [b], [a], { approximate: false });
  const file = graph.file({ name: "g", inputs: [a], outputs: [b], description: "" });
  assert.deepEqual(file.codes, [
    { short: 28, version: 1, code: 28 },
    { short: 28, version: 2, code: 28 },
    { short: 127, version: 1, code: 150 },
  ]);
  assert.deepEqual(file.subgraphs[0]!.operators.map(({ code }) => code), [0, 1, 0, 2]);
  assert.deepEqual(file.subgraphs[0]!.tensors[2]!.quantization, { scale: [2], zero: [3], axis: 0 });
});

Deno.test("a constant that is shared is there once", () => {
  const graph = emptyGraph();
  const one = graph.shared("1", Float32Array.of(1), [1]);
  assert.equal(graph.shared("1", Float32Array.of(1), [1]), one);
});
