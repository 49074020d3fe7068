/**
 * Dense layers as ONNX operators. Where rows get their integers while the graph runs, what DynamicQuantizeLinear does for
 * a whole tensor is written out for each row, because a row must not depend on the batch it comes in.
 */
import { DataType } from "../../../engine/deps/onnx_buf.ts";
import { allIntegers } from "../../model/integers/activation_format.ts";
import { SMALLEST_SCALE } from "../../model/integers/dynamic.ts";
import type { LayerOf } from "../../model/model.ts";
import { withActivation } from "./activations.ts";
import type { Attributes, OnnxGraph } from "./graph.ts";
import type { Computed, OnnxSource } from "./values.ts";

/** From this operator set on the axes of a reduction are an input. */
const AXES_AS_INPUT = 18;

/** One product, of each position of a longer shape: of floats, or of rows that find their ranges. */
export function denseNodes(
  layer: LayerOf<"dense">,
  { graph, opset, inputs: [input], integers, read, weight }: OnnxSource,
): Computed {
  const { name, bias, activation } = layer;
  if (integers !== undefined) {
    const product = (name: string) =>
      dynamicProduct(graph, { opset, name, x: read(0, "last") }, integers);
    const value = withActivation(
      graph,
      name,
      activation,
      (name) =>
        bias
          ? graph.node(name, "Add", [product(`${name}.product`), weight("bias")])
          : product(name),
    );
    return { value, layout: "last" };
  }
  const operands = [read(0, "last"), weight("kernel")];
  const value = withActivation(graph, name, activation, (name) => {
    if (input!.length === 1) {
      return graph.node(name, "Gemm", bias ? [...operands, weight("bias")] : operands);
    }
    if (!bias) return graph.node(name, "MatMul", operands);
    const product = graph.node(`${name}.product`, "MatMul", operands);
    return graph.node(name, "Add", [product, weight("bias")]);
  });
  return { value, layout: "last" };
}

type OnnxIntegers = NonNullable<OnnxSource["integers"]>;

/** Adds nodes whose names begin with that of a layer. */
interface LayerNodes {
  readonly graph: OnnxGraph;
  readonly opset: number;
  readonly name: string;
  node(role: string, op: string, inputs: readonly string[], attributes?: Attributes): string;
  /** A constant that all layers share. */
  number(value: number): string;
}

/** Rows in integers: q = x / scale + zero. */
interface IntegerRows {
  readonly scale: string;
  readonly zero: string;
  /** q + raise, unsigned. */
  readonly rows: string;
  readonly raise: number;
}

/** The name of x · kernel, float32, `kernel` stored as integers [inputs, units]; before any bias. */
function dynamicProduct(
  graph: OnnxGraph,
  { opset, name, x }: { readonly opset: number; readonly name: string; readonly x: string },
  { kernel, dynamic }: OnnxIntegers,
): string {
  const { encoding, shape, data } = kernel;
  if (encoding.use !== "affine") {
    throw new Error(`internal: the kernel of "${name}" is no integers`);
  }
  const nodes: LayerNodes = {
    graph,
    opset,
    name,
    node: (role, op, inputs, attributes = {}) =>
      graph.node(`${name}.${role}`, op, inputs, attributes),
    number: (value) => graph.shared(`${value}`, Float32Array.of(value), []),
  };
  const rows = integerRows(nodes, x, dynamic);
  const { zero: zeros, scale } = encoding;
  const exact = integerProduct(nodes, rows, { data: data as Int8Array, shape, zeros });
  const scales = graph.constant(`${name}.scale`, scale, zeros.length === 1 ? [] : [shape[1]!]);
  return graph.node(name, "Mul", [nodes.node("scaled", "Mul", [exact, rows.scale]), scales]);
}

/** Each row of x in integers of its own scale and zero. */
function integerRows(nodes: LayerNodes, x: string, dynamic: OnnxIntegers["dynamic"]): IntegerRows {
  const { node, number } = nodes;
  const { low, high } = allIntegers(dynamic.bits);
  const { scale, zero } = rowFormat(nodes, x, dynamic);
  const rounded = node("rounded", "Round", [node("ratio", "Div", [x, scale])]);
  const inside = node("inside", "Clip", [
    node("shifted", "Add", [rounded, zero]),
    number(low),
    number(high),
  ]);
  // Runtimes multiply unsigned rows with signed columns.
  const raised = node("raised", "Add", [inside, number(-low)]);
  const rows = node("rows", "Cast", [raised], { to: { int: DataType.UINT8 } });
  return { scale, zero, rows, raise: -low };
}

/** The scale and the zero of each row, by its least and its largest value. */
function rowFormat(
  { node, number, opset, graph }: LayerNodes,
  x: string,
  { bits, symmetry }: OnnxIntegers["dynamic"],
): Pick<IntegerRows, "scale" | "zero"> {
  const { low, high } = allIntegers(bits);
  const extreme = (role: string, op: "ReduceMin" | "ReduceMax") =>
    opset < AXES_AS_INPUT
      ? node(role, op, [x], { axes: { ints: [-1] } })
      : node(role, op, [x, graph.shared("int64.-1x1", BigInt64Array.of(-1n), [1])]);
  const least = node("least", "Min", [extreme("minimum", "ReduceMin"), number(0)]);
  const most = node("most", "Max", [extreme("maximum", "ReduceMax"), number(0)]);
  const scaleOf = (extent: string, steps: number) =>
    node("row-scale", "Max", [
      node("step", "Div", [extent, number(steps)]),
      number(SMALLEST_SCALE),
    ]);
  if (symmetry === "symmetric") {
    const reach = node("reach", "Max", [node("depth", "Neg", [least]), most]);
    return { scale: scaleOf(reach, high), zero: number(0) };
  }
  const scale = scaleOf(node("extent", "Sub", [most, least]), high - low);
  const zero = node("zero", "Clip", [
    node("nearest", "Round", [
      node("offset", "Sub", [number(low), node("lowest", "Div", [least, scale])]),
    ]),
    number(low),
    number(high),
  ]);
  return { scale, zero };
}

/** Σ (q − zero) w = Σ q w − zero Σ w, all of it integers, then as float32. */
function integerProduct(
  { graph, name, node, number }: LayerNodes,
  { rows, zero, raise }: IntegerRows,
  { data, shape, zeros }: {
    readonly data: Int8Array;
    readonly shape: readonly number[];
    readonly zeros: Int32Array;
  },
): string {
  const [inputs, units] = shape as [number, number];
  const zeroOf = (c: number) => zeros[zeros.length === 1 ? 0 : c]!;
  const sums = Int32Array.from({ length: units }, (_, c) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += data[i * units + c]! - zeroOf(c);
    return sum;
  });
  const columns = graph.constant(`${name}.kernel`, data, shape);
  const centre = zeros.every((each) => each === 0) ? [] : [
    "",
    graph.constant(
      `${name}.kernel.zero`,
      Int8Array.from(zeros),
      zeros.length === 1 ? [] : [units],
    ),
  ];
  const products = node("products", "MatMulInteger", [rows, columns, ...centre]);
  const level = node("level", "Cast", [node("raised-zero", "Add", [zero, number(raise)])], {
    to: { int: DataType.INT32 },
  });
  const excess = node("excess", "Mul", [level, graph.constant(`${name}.sums`, sums, [units])]);
  return node("exact", "Cast", [node("centred", "Sub", [products, excess])], {
    to: { int: DataType.FLOAT },
  });
}
