import assert from "node:assert/strict";
import { layerName } from "../../../../../ops/formats/onnx/read/layer_names.ts";

Deno.test("layers are called as modules", () => {
  const name = (name: string, opType: string, output = "") =>
    layerName({ name, opType, output: [output] });
  assert.equal(name("/layer1/layer1.0/conv1/Conv", "Conv"), "layer1.0.conv1");
  assert.equal(name("/layer1/layer1.0/relu/Relu_1", "Relu"), "layer1.0.relu.relu_1");
  assert.equal(name("/Relu_1", "Relu"), "relu_1");
  assert.equal(name("Conv", "Conv"), "conv");
  assert.equal(name("", "Conv", "stage1.conv.linear"), "stage1.conv");
  assert.equal(name("a b:0", "Conv"), "a_b_0");
  assert.equal(name("", "Conv"), "conv");
});

Deno.test("a name that is longer than any path is cut", () => {
  const node = { name: "x".repeat(5000), opType: "Relu", output: ["y"] };
  assert.equal(layerName(node), "x".repeat(200));
});
