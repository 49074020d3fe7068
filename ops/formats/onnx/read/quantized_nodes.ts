/**
 * Nodes of quantized graphs as operators on real numbers: what is multiplied in integers is multiplied by the weights that
 * these stand for, and what lies between is not rounded.
 */
import { constant, type Known } from "./constants.ts";
import type { Lowered, Operator, OperatorAttributes } from "./operator_graph.ts";

/** A node under another name than its own operator's. */
interface QuantizedNode extends OperatorAttributes {
  readonly op: string;
  readonly layer: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

type NodeLowering = (node: QuantizedNode) => Lowered;

/** Attributes that nothing is said of, but for an axis. */
const bare = (axis?: number): OperatorAttributes => ({
  int: (name, otherwise) => name === "axis" && axis !== undefined ? axis : otherwise,
  float: (_name, otherwise) => otherwise,
  ints: () => undefined,
  floats: () => undefined,
  text: (_name, otherwise) => otherwise,
  texts: () => undefined,
  tensor: () => undefined,
});

const operator = (
  { layer }: QuantizedNode,
  op: string,
  inputs: readonly string[],
  output: string,
): Operator => ({ ...bare(), op, layer, inputs, outputs: [output] });

/** The real number that an integer stands for: of weights, along their axis of channels. */
const dequantized = (
  node: QuantizedNode,
  [value = "", scale = "", zero = ""]: readonly string[],
  output: string,
  axis?: number,
): Operator => ({
  ...operator(node, "DequantizeLinear", [value, scale, zero], output),
  ...bare(axis),
});

/** A bias in integers of the product of both scales. */
function bias(
  node: QuantizedNode,
  [value = "", scale = "", weightScale = ""]: readonly string[],
  output: string,
): readonly Operator[] {
  return [
    operator(node, "Mul", [scale, weightScale], `${output}.scale`),
    operator(node, "Mul", [value, `${output}.scale`], output),
  ];
}

/** What is limited where it becomes integers. */
const limited = (
  node: QuantizedNode,
  value: string,
  [scale = "", zero = ""]: readonly string[],
): Operator => operator(node, "QuantizeLinear", [value, scale, zero], node.outputs[0] ?? "");

/** A product with weights: their integers, scale and zero point are at 3 to 5; limits and bias where they stand. */
const product = (
  op: string,
  axisOf: (node: QuantizedNode) => number,
  limits: readonly [number, number],
  biasAt?: number,
): NodeLowering =>
(node) => {
  const { inputs, outputs: [output = ""] } = node;
  const names = { weights: `${output}.weights`, bias: `${output}.bias`, whole: `${output}.whole` };
  const shift = biasAt === undefined ? undefined : inputs[biasAt];
  const reads = [inputs[0] ?? "", names.weights, ...shift ? [names.bias] : []];
  const { layer: _layer, inputs: _inputs, outputs: _outputs, op: _op, ...attributes } = node;
  return {
    operators: [
      dequantized(node, inputs.slice(3, 6), names.weights, axisOf(node)),
      ...shift ? bias(node, [shift, inputs[1] ?? "", inputs[4] ?? ""], names.bias) : [],
      { ...operator(node, op, reads, names.whole), ...attributes },
      limited(node, names.whole, limits.map((at) => inputs[at] ?? "")),
    ],
  };
};

/** One value, and the limits of the result. */
const one = (op: string): NodeLowering => (node) => {
  const { inputs, outputs: [output = ""], layer: _layer, op: _op, ...attributes } = node;
  return {
    operators: [
      { ...operator(node, op, [inputs[0] ?? ""], `${output}.whole`), ...attributes },
      limited(node, `${output}.whole`, inputs.slice(3, 5)),
    ],
  };
};

/** Values with their scales and zero points from some input on, and the limits of the result. */
const several = (op: string, from: number, limits: number): NodeLowering => (node) => {
  const { inputs, outputs: [output = ""], layer: _layer, op: _op, ...attributes } = node;
  const count = Math.floor((inputs.length - from) / 3);
  const parts = Array.from({ length: op === "Concat" ? count : 2 }, (_, at) => at);
  const names = parts.map((at) => `${output}.part${at + 1}`);
  return {
    operators: [
      ...parts.map((at) =>
        dequantized(node, inputs.slice(from + at * 3, from + at * 3 + 3), names[at]!)
      ),
      { ...operator(node, op, names, `${output}.whole`), ...attributes },
      limited(node, `${output}.whole`, inputs.slice(limits, limits + 2)),
    ],
  };
};

/** Integers times integers: of values whose scale is taken as 1. */
const integers = (op: string): NodeLowering => (node) => {
  const { inputs, outputs: [output = ""], layer: _layer, op: _op, ...attributes } = node;
  const [value = "", weights = "", , zero = ""] = inputs;
  const centred = zero === "" ? weights : `${output}.weights`;
  return {
    operators: [
      ...zero === "" ? [] : [operator(node, "Sub", [weights, zero], centred)],
      { ...operator(node, op, [value, centred], output), ...attributes },
    ],
  };
};

const lowerings: Readonly<Record<string, NodeLowering>> = {
  QLinearConv: product("Conv", () => 0, [6, 7], 8),
  QLinearMatMul: product("MatMul", () => -1, [6, 7]),
  QGemm: product("Gemm", ({ int }) => int("transB", 0) === 1 ? 0 : 1, [7, 8], 6),
  QLinearAdd: several("Add", 0, 6),
  QLinearMul: several("Mul", 0, 6),
  QLinearConcat: several("Concat", 2, 0),
  QLinearSigmoid: one("Sigmoid"),
  QLinearLeakyRelu: one("LeakyRelu"),
  QLinearSoftmax: one("Softmax"),
  QLinearAveragePool: one("AveragePool"),
  QLinearGlobalAveragePool: one("GlobalAveragePool"),
  MatMulInteger: integers("MatMul"),
  ConvInteger: integers("Conv"),
  // The values stay as they are: their scale is then 1.
  DynamicQuantizeLinear(node) {
    const [output = "", scale = "", zero = ""] = node.outputs;
    const constants = new Map<string, Known>([
      [scale, constant([], Float32Array.of(1))],
      [zero, constant([], Float64Array.of(0))],
    ]);
    return { operators: [operator(node, "Identity", node.inputs, output)], constants };
  },
};

/** Lowered of integers that are read. */
export const QUANTIZED: readonly string[] = Object.keys(lowerings);

/** The operators that one of them is; undefined of others. */
export const lowered = (node: QuantizedNode): Lowered | undefined =>
  Object.hasOwn(lowerings, node.op) ? lowerings[node.op]!(node) : undefined;
