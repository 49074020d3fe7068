/** Activations in ONNX operators. */
import type { Activation } from "../../../engine/tensor/mod.ts";
import { LEAKY_SLOPE } from "../../model/kinds/attributes.ts";
import type { OnnxGraph } from "./graph.ts";

const forms: {
  readonly [A in Activation]: (graph: OnnxGraph, name: string, x: string) => string;
} = {
  linear: (_graph, _name, x) => x,
  relu: (graph, name, x) => graph.node(name, "Relu", [x]),
  relu6: (graph, name, x) => graph.node(name, "Clip", [x, scalar(graph, 0), scalar(graph, 6)]),
  sigmoid: (graph, name, x) => graph.node(name, "Sigmoid", [x]),
  tanh: (graph, name, x) => graph.node(name, "Tanh", [x]),
  gelu(graph, name, x) {
    // x · (1 + erf(x / √2)) · ½, in the order that runtimes know as one operator.
    const ratio = graph.node(`${name}.ratio`, "Div", [x, scalar(graph, Math.fround(Math.SQRT2))]);
    const error = graph.node(`${name}.erf`, "Erf", [ratio]);
    const double = graph.node(`${name}.double`, "Add", [error, scalar(graph, 1)]);
    const product = graph.node(`${name}.product`, "Mul", [x, double]);
    return graph.node(name, "Mul", [product, scalar(graph, 0.5)]);
  },
  elu: (graph, name, x) => graph.node(name, "Elu", [x]),
  "leaky-relu": (graph, name, x) =>
    graph.node(name, "LeakyRelu", [x], { alpha: { float: LEAKY_SLOPE } }),
};

function scalar(graph: OnnxGraph, value: number): string {
  return graph.shared(`${value}`, Float32Array.of(value), []);
}

/** The activation of a value; the result is called `name`. */
export function activated(
  graph: OnnxGraph,
  name: string,
  activation: Activation,
  x: string,
): string {
  return forms[activation](graph, name, x);
}

/** What `build` computes, activated; the result is called `name`. */
export function withActivation(
  graph: OnnxGraph,
  name: string,
  activation: Activation,
  build: (name: string) => string,
): string {
  if (activation === "linear") return build(name);
  return activated(graph, name, activation, build(`${name}.linear`));
}
