import assert from "node:assert/strict";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";

Deno.test("names are free: what is reserved or taken gets another", () => {
  const graph = emptyGraph(["logits"]);
  assert.equal(graph.node("logits", "Relu", ["x"]), "logits_");
  assert.equal(graph.node("a", "Relu", ["x"]), "a");
  assert.equal(graph.constant("a", Float32Array.of(1), []), "a_");
  assert.equal(graph.node("a", "Relu", ["x"]), "a__");
  graph.output("logits", "Identity", ["a"]);
  assert.deepEqual(graph.nodes.map(({ op, output }) => [op, output]), [
    ["Relu", "logits_"],
    ["Relu", "a"],
    ["Relu", "a__"],
    ["Identity", "logits"],
  ]);
});

Deno.test("what is shared is there once", () => {
  const graph = emptyGraph(["0"]);
  assert.equal(graph.shared("0", Float32Array.of(0), []), "0_");
  assert.equal(graph.shared("0", Float32Array.of(0), []), "0_");
  assert.equal(graph.constants.length, 1);
});
