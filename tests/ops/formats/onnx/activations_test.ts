import assert from "node:assert/strict";
import { withActivation } from "../../../../ops/formats/onnx/activations.ts";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";

const written = (activation: Parameters<typeof withActivation>[2]) => {
  const graph = emptyGraph(["x"]);
  const value = withActivation(graph, "a", activation, (name) => graph.node(name, "Op", ["x"]));
  return [value, ...graph.nodes.map(({ op, output }) => `${op} ${output}`)];
};

Deno.test("the layer's name is that of its activated value; linear is nothing", () => {
  assert.deepEqual(written("linear"), ["a", "Op a"]);
  assert.deepEqual(written("relu"), ["a", "Op a.linear", "Relu a"]);
  assert.deepEqual(written("relu6"), ["a", "Op a.linear", "Clip a"]);
  assert.deepEqual(written("gelu"), [
    "a",
    "Op a.linear",
    "Div a.ratio",
    "Erf a.erf",
    "Add a.double",
    "Mul a.product",
    "Mul a",
  ]);
});
