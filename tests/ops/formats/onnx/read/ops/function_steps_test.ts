import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import { functionStep } from "../../../../../../ops/formats/onnx/read/ops/function_steps.ts";
import { graphModel, kindsOf } from "../one_graph.ts";

const number = (g: OnnxGraph, value: number) => g.constant("c", Float32Array.of(value), []);
const erf = (g: OnnxGraph, x: string) =>
  g.node("one-plus-erf", "Add", [
    g.node("erf", "Erf", [g.node("ratio", "Div", [x, number(g, Math.SQRT2)])]),
    number(g, 1),
  ]);
const tanh = (g: OnnxGraph, x: string) => g.node("t", "Tanh", [x]);

/** The last layer of a function of the hyperbolic tangent of what comes in. */
function last(build: (g: OnnxGraph, x: string) => string) {
  const { layers } = graphModel([3], (g, x) => build(g, tanh(g, x)));
  const layer = layers.at(-1)!;
  assert.equal(layers.length, 2);
  return layer.kind === "function"
    ? layer.function
    : layer.kind === "activation" && layer.activation;
}

Deno.test("gelu in each order of its products is gelu", () => {
  const orders: readonly ((g: OnnxGraph, x: string) => string)[] = [
    (g, x) => g.node("n", "Mul", [g.node("p", "Mul", [x, erf(g, x)]), number(g, 0.5)]),
    (g, x) => g.node("n", "Div", [g.node("p", "Mul", [erf(g, x), x]), number(g, 2)]),
    (g, x) => g.node("n", "Mul", [g.node("p", "Mul", [x, number(g, 0.5)]), erf(g, x)]),
    (g, x) => g.node("n", "Mul", [x, g.node("p", "Mul", [erf(g, x), number(g, 0.5)])]),
  ];
  for (const order of orders) assert.equal(last(order), "gelu");
});

Deno.test("gelu by tanh is told by its values, with the cube as a power or as products", () => {
  const cube = {
    power: (g: OnnxGraph, x: string) => g.node("q", "Pow", [x, number(g, 3)]),
    products: (g: OnnxGraph, x: string) => g.node("q", "Mul", [g.node("r", "Mul", [x, x]), x]),
  };
  const by = (of: keyof typeof cube, factor: number) =>
    last((g, x) => {
      const sum = g.node("s", "Add", [x, g.node("m", "Mul", [cube[of](g, x), number(g, factor)])]);
      const scaled = g.node("f", "Mul", [sum, number(g, Math.sqrt(2 / Math.PI))]);
      const gate = g.node("a", "Add", [g.node("h", "Tanh", [scaled]), number(g, 1)]);
      return g.node("n", "Mul", [g.node("half", "Mul", [x, number(g, 0.5)]), gate]);
    });
  assert.equal(by("power", 0.044715), "gelu-tanh");
  assert.equal(by("products", 0.044715), "gelu-tanh");
  assert.throws(() => by("power", 0.05), assert.AssertionError);
});

Deno.test("softsign and sigmoid by quotients", () => {
  const softsign = (g: OnnxGraph, x: string) =>
    g.node("n", "Div", [x, g.node("a", "Add", [g.node("m", "Abs", [x]), number(g, 1)])]);
  assert.equal(last(softsign), "softsign");
  const below = (g: OnnxGraph, x: string) =>
    g.node("a", "Add", [g.node("e", "Exp", [g.node("m", "Neg", [x])]), number(g, 1)]);
  assert.equal(last((g, x) => g.node("n", "Reciprocal", [below(g, x)])), "sigmoid");
  assert.equal(last((g, x) => g.node("n", "Div", [number(g, 1), below(g, x)])), "sigmoid");
  assert.equal(last((g, x) => g.node("n", "Div", [x, below(g, x)])), "swish");
});

Deno.test("half a pattern is no layer, and products of two values are products", () => {
  const half = () => graphModel([3], (g, x) => g.node("r", "Softplus", [erf(g, tanh(g, x))]));
  assert.throws(half, /it reads a value inside a function that no layer computes/);
  const product = graphModel(
    [3],
    (g, x) => g.node("n", "Mul", [tanh(g, x), g.node("r", "Relu", [x])]),
  );
  assert.deepEqual(kindsOf(product).at(-1), "combine");
  assert.equal(functionStep.length, 1);
});
