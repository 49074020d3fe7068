import assert from "node:assert/strict";
import { fromBinary, ModelProtoSchema } from "../../../../engine/deps/onnx_buf.ts";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";
import { modelProto, outputNames } from "../../../../ops/formats/onnx/model_proto.ts";

const description = {
  name: "net",
  opset: 17,
  inputs: [{ name: "x", shape: [2, 3] }],
  outputs: [{ name: "logits", shape: [2] }],
  metadata: { classes: "[]" },
};

Deno.test("a file says its versions, its edges with an open batch, and its constants' types", () => {
  const graph = emptyGraph(["x", "logits"]);
  graph.constant("h", Uint16Array.of(0x3c00), [1]);
  graph.constant("i", BigInt64Array.of(1n), [1]);
  graph.output("logits", "Softmax", ["x"], { axis: { int: -1 }, alpha: { float: 0.5 } });
  const file = fromBinary(ModelProtoSchema, modelProto(graph, description));
  assert.deepEqual([file.irVersion, file.opsetImport[0]!.version, file.graph!.name], [
    8n,
    17n,
    "net",
  ]);
  // FLOAT16 is 10 and INT64 7 in onnx.proto.
  assert.deepEqual(file.graph!.initializer.map(({ dataType }) => dataType), [10, 7]);
  const { type } = file.graph!.input[0]!;
  assert.ok(type?.value.case === "tensorType");
  assert.deepEqual(type.value.value.shape!.dim.map(({ value }) => value.value), ["batch", 2n, 3n]);
  const [axis, alpha] = file.graph!.node[0]!.attribute;
  assert.deepEqual([axis!.i, alpha!.f], [-1n, 0.5]);
  assert.equal(file.metadataProps[0]!.key, "classes");
});

Deno.test("an operator set that is not known is refused", () => {
  const wrong = () => modelProto(emptyGraph([]), { ...description, opset: 12 });
  assert.throws(
    wrong,
    new RangeError("Cannot write operator set 12 of ONNX: 13 to 22 are known"),
  );
});

Deno.test("one output is called logits, several by their layers; a head gives probabilities", () => {
  assert.deepEqual(outputNames({ outputs: ["a"], head: "none" }, "a"), { logits: "logits" });
  assert.deepEqual(outputNames({ outputs: ["a", "b"], head: "softmax" }, "b"), {
    logits: "logits.b",
    probabilities: "probabilities.b",
  });
});

Deno.test("a file says who made it, and holds the bytes of its constants alone", () => {
  const graph = emptyGraph(["x", "logits"]);
  const all = Float32Array.of(9, 1, 2, 9);
  graph.constant("part", all.subarray(1, 3), [2]);
  graph.output("logits", "LSTM", ["x"], { activations: { strings: ["Tanh", "Relu"] } });
  const file = fromBinary(ModelProtoSchema, modelProto(graph, description));
  assert.equal(file.producerName, "Decant");
  const { rawData } = file.graph!.initializer[0]!;
  assert.deepEqual([...new Float32Array(rawData.slice().buffer)], [1, 2]);
  const { strings } = file.graph!.node[0]!.attribute[0]!;
  assert.deepEqual(strings.map((each) => new TextDecoder().decode(each)), ["Tanh", "Relu"]);
});
