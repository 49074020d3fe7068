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
  assert.throws(() => onnxFile(foreign, "a.onnx"), {
    message: /^Cannot read node "\w+": "Relu" is an operator of "com\.microsoft", not of ONNX$/,
    hint: { help: "export the model with ONNX's own operators, unoptimized" },
  });
  const [node] = onnxFile(relu(), "a.onnx").graph.node;
  const long = relu({ change: (model) => model.graph!.node = Array(20_001).fill(node) });
  assert.throws(() => onnxFile(long, "a.onnx"), /has 20001 nodes, more than 20000/);
});

Deno.test("what made a file, and its metadata, is what it says of itself, but for names of classes", () => {
  const entry = (key: string, value: string) =>
    ({ $typeName: "onnx.StringStringEntryProto", key, value }) as const;
  const says = (change: NonNullable<Parameters<typeof relu>[0]>["change"]) =>
    onnxFile(relu({ change: change! }), "a.onnx").says;
  assert.deepEqual(says(() => {}), { "producer_name": "test" });
  assert.deepEqual(
    says((model) => {
      Object.assign(model, { producerVersion: "1.2", domain: "org.x", docString: "A\nnet" });
      model.modelVersion = 3n;
      model.metadataProps.push(
        ...[entry("classes", "[]"), entry("author", "Ann"), entry("License", "MIT\u0007")],
      );
    }),
    {
      ...{ License: "MIT\\u0007", author: "Ann", "doc_string": "A net", domain: "org.x" },
      ...{ "model_version": "3", "producer_name": "test", "producer_version": "1.2" },
    },
  );
});
