import assert from "node:assert/strict";
import { activated, withActivation } from "../../../../ops/formats/onnx/activations.ts";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";
import type { Activation } from "../../../../engine/tensor/mod.ts";
import { constantLines, nodeLines } from "./support/written.ts";

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

Deno.test("each activation is the operator that ONNX has for it, gelu in the order that runtimes know", () => {
  const expected: Readonly<Record<Activation, readonly string[]>> = {
    linear: [],
    relu: ["a = Relu(x)"],
    relu6: ["a = Clip(x, 0, 6)", "0 Float32 [] 0", "6 Float32 [] 6"],
    sigmoid: ["a = Sigmoid(x)"],
    tanh: ["a = Tanh(x)"],
    elu: ["a = Elu(x)"],
    "leaky-relu": ["a = LeakyRelu(x) alpha:float=0.2"],
    gelu: [
      "a.ratio = Div(x, 1.4142135381698608)",
      "a.erf = Erf(a.ratio)",
      "a.double = Add(a.erf, 1)",
      "a.product = Mul(x, a.double)",
      "a = Mul(a.product, 0.5)",
      "1.4142135381698608 Float32 [] 1.4142135381698608",
      "1 Float32 [] 1",
      "0.5 Float32 [] 0.5",
    ],
  };
  for (const [activation, lines] of Object.entries(expected)) {
    const graph = emptyGraph(["x"]);
    const value = activated(graph, "a", activation as Activation, "x");
    assert.equal(value, activation === "linear" ? "x" : "a");
    assert.deepEqual([...nodeLines(graph), ...constantLines(graph)], lines, activation);
  }
});
