import assert from "node:assert/strict";
import { onnxFile } from "../../../../../ops/formats/onnx/read/onnx_file.ts";
import { graphFile } from "./one_graph.ts";

const relu = (change?: Parameters<typeof graphFile>[2]) =>
  graphFile([2], (g, x) => g.node("n", "Relu", [x]), change);

Deno.test("a file is its graph, its operator set and what it says beside", () => {
  const { graph, opset, producer, metadata } = onnxFile(
    relu({
      opset: 15,
      change: (model) =>
        model.metadataProps.push({
          $typeName: "onnx.StringStringEntryProto",
          key: "a",
          value: "b",
        }),
    }),
    "a.onnx",
  );
  assert.deepEqual(graph.node.map(({ opType }) => opType), ["Relu", "Identity"]);
  assert.deepEqual([opset, producer, [...metadata]], [15, "test", [["a", "b"]]]);
});

Deno.test("what is none, has no nodes, or those of another's is a sentence", () => {
  assert.throws(
    () => onnxFile(relu().subarray(0, 20), "a.onnx"),
    /`a.onnx` begins as an ONNX file and goes on as none/,
  );
  const bare = relu({ change: (model) => model.graph!.node = [] });
  assert.throws(() => onnxFile(bare, "a.onnx"), /is an ONNX file without a network/);
  const foreign = relu({ change: (model) => model.graph!.node[0]!.domain = "com.microsoft" });
  assert.throws(() => onnxFile(foreign, "a.onnx"), /"Relu" is an operator of "com.microsoft"/);
  const [node] = onnxFile(relu(), "a.onnx").graph.node;
  const long = relu({ change: (model) => model.graph!.node = Array(20_001).fill(node) });
  assert.throws(() => onnxFile(long, "a.onnx"), /has 20001 nodes, more than 20000/);
});
