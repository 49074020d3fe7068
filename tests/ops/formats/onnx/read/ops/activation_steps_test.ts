import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import { activationStep } from "../../../../../../ops/formats/onnx/read/ops/activation_steps.ts";
import { graphModel, kindsOf } from "../one_graph.ts";

const number = (g: OnnxGraph, value: number) => g.constant("c", Float32Array.of(value), []);
const erf = (g: OnnxGraph, x: string) =>
  g.node("one-plus-erf", "Add", [
    g.node("erf", "Erf", [g.node("ratio", "Div", [x, number(g, Math.SQRT2)])]),
    number(g, 1),
  ]);

Deno.test("gelu in each order of its products is gelu", () => {
  const orders: readonly ((g: OnnxGraph, x: string) => string)[] = [
    (g, x) => g.node("n", "Mul", [g.node("p", "Mul", [x, erf(g, x)]), number(g, 0.5)]),
    (g, x) => g.node("n", "Div", [g.node("p", "Mul", [erf(g, x), x]), number(g, 2)]),
    (g, x) => g.node("n", "Mul", [g.node("p", "Mul", [x, number(g, 0.5)]), erf(g, x)]),
    (g, x) => g.node("n", "Mul", [x, g.node("p", "Mul", [erf(g, x), number(g, 0.5)])]),
  ];
  for (const order of orders) {
    const model = graphModel([3], (g, x) => order(g, g.node("t", "Tanh", [x])));
    assert.deepEqual(kindsOf(model), ["activation+tanh", "activation+gelu"]);
  }
});

Deno.test("softsign is x by 1 and its magnitude", () => {
  const model = graphModel([3], (g, x) => {
    const padded = g.node("a", "Add", [g.node("m", "Abs", [x]), number(g, 1)]);
    return g.node("n", "Div", [x, padded]);
  });
  assert.deepEqual(model.layers, [
    { name: "n", kind: "function", inputs: ["x"], function: "softsign", parameters: [] },
  ]);
});

Deno.test("half a pattern is no layer", () => {
  const half = () =>
    graphModel([3], (g, x) => g.node("r", "Relu", [erf(g, g.node("t", "Tanh", [x]))]));
  assert.throws(half, /it reads a value inside a gelu, which is read as a whole alone/);
  assert.equal(activationStep.length, 1);
});
