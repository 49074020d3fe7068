/** Layers over sequences as ONNX operators. */
import { PADDING_SCORE, scoreScale } from "../../model/kinds/attention.ts";
import { DataType } from "../../../engine/deps/onnx_buf.ts";
import type { LayerOf, Weight } from "../../model/model.ts";
import type { OnnxGraph } from "./graph.ts";
import type { Computed, OnnxSource } from "./values.ts";

/** The first operator set that knows layer normalisation. */
const LAYER_NORM = 17;

/** Rows of a table by token. */
export function embeddingNodes(
  { name }: LayerOf<"embedding">,
  { graph, read, weight }: OnnxSource,
): Computed {
  const tokens = graph.node(`${name}.tokens`, "Cast", [read(0, "last")], {
    to: { int: DataType.INT32 },
  });
  return { value: graph.node(name, "Gather", [weight("kernel"), tokens]), layout: "last" };
}

/** A table added, or as many rows of it as there are tokens. */
export function positionNodes(
  { name }: LayerOf<"position">,
  { graph, open = false, read, weight }: OnnxSource,
): Computed {
  const [x, table] = [read(0, "last"), weight("kernel")];
  if (!open) return { value: graph.node(name, "Add", [x, table]), layout: "last" };
  const whole = (of: bigint) => graph.shared(`int64.${of}x1`, BigInt64Array.of(of), [1]);
  const shape = graph.node(`${name}.shape`, "Shape", [x]);
  const length = graph.node(`${name}.length`, "Slice", [shape, whole(1n), whole(2n)]);
  const rows = graph.node(`${name}.rows`, "Slice", [table, whole(0n), length, whole(0n)]);
  return { value: graph.node(name, "Add", [x, rows]), layout: "last" };
}

/** The same values for each sample: one number of each, times 0, and the values added. */
export function constantNodes(
  { name, shape }: LayerOf<"constant">,
  { graph, read, weight }: OnnxSource,
): Computed {
  const row = graph.node(`${name}.row`, "Flatten", [read(0, "last")], { axis: { int: 1 } });
  const whole = (value: bigint) => graph.shared(`int64.[${value}]`, BigInt64Array.of(value), [1]);
  const one = graph.node(`${name}.one`, "Slice", [row, whole(0n), whole(1n), whole(1n)]);
  const none = graph.node(`${name}.none`, "Mul", [one, scalar(graph, 0)]);
  const flat = (mean: Weight) => ({ ...mean, shape: [mean.data.length] });
  const values = graph.node(`${name}.values`, "Add", [none, weight("mean", flat)]);
  const target = graph.shared(
    `int64.[-1,${shape}]`,
    BigInt64Array.from([-1, ...shape], BigInt),
    [shape.length + 1],
  );
  return { value: graph.node(name, "Reshape", [values, target]), layout: "last" };
}

/** The first position. */
export function firstNodes({ name }: LayerOf<"first">, { graph, read }: OnnxSource): Computed {
  const index = graph.shared("int64.0", BigInt64Array.of(0n), []);
  const value = graph.node(name, "Gather", [read(0, "last"), index], { axis: { int: 1 } });
  return { value, layout: "last" };
}

/** Shares of the rows, even among those that count, and the mixture of these. */
export function tokenMeanNodes(
  { name }: LayerOf<"token-mean">,
  { graph, read }: OnnxSource,
): Computed {
  const low = lowered(graph, name, read(1, "last"));
  const shares = graph.node(`${name}.shares`, "Softmax", [low], { axis: { int: -1 } });
  const axis = graph.shared("int64.1x1", BigInt64Array.of(1n), [1]);
  const row = graph.node(`${name}.row`, "Unsqueeze", [shares, axis]);
  const mean = graph.node(`${name}.mean`, "MatMul", [row, read(0, "last")]);
  return { value: graph.node(name, "Squeeze", [mean, axis]), layout: "last" };
}

/** `LayerNormalization`, or before it came what it does. */
export function layerNorm(
  { name, epsilon }: LayerOf<"layer-norm">,
  { graph, opset, read, weight }: OnnxSource,
): Computed {
  const [x, gamma, beta] = [read(0, "last"), weight("gamma"), weight("beta")];
  if (opset >= LAYER_NORM) {
    const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
    const value = graph.node(name, "LayerNormalization", [x, gamma, beta], attributes);
    return { value, layout: "last" };
  }
  const mean = (of: string, wish: string) =>
    graph.node(`${name}.${wish}`, "ReduceMean", [of], { axes: { ints: [-1] } });
  const centred = graph.node(`${name}.centred`, "Sub", [x, mean(x, "mean")]);
  const squares = graph.node(`${name}.squares`, "Mul", [centred, centred]);
  const padded = graph.node(`${name}.padded`, "Add", [
    mean(squares, "variance"),
    scalar(graph, epsilon),
  ]);
  const deviation = graph.node(`${name}.deviation`, "Sqrt", [padded]);
  const normal = graph.node(`${name}.normal`, "Div", [centred, deviation]);
  const scaled = graph.node(`${name}.scaled`, "Mul", [normal, gamma]);
  return { value: graph.node(name, "Add", [scaled, beta]), layout: "last" };
}

/** Scores, padding, softmax and the mixture of values, as the engine computes them. */
export function attentionNodes(
  { name, heads }: LayerOf<"attention">,
  { graph, inputs, shape, open = false, read }: OnnxSource,
): Computed {
  // 0: as many as there are.
  const rowsOf = (length: number) => open ? 0 : length;
  const byHead = (index: number, role: string, order: readonly number[]): string => {
    const [length, width] = inputs[index]! as [number, number];
    const split = extents(graph, `${name}.${role}.heads`, [
      0,
      rowsOf(length),
      heads,
      width / heads,
    ]);
    const parts = graph.node(`${name}.${role}.parts`, "Reshape", [read(index, "last"), split]);
    return graph.node(`${name}.${role}`, "Transpose", [parts], { perm: { ints: order } });
  };
  const products = graph.node(`${name}.products`, "MatMul", [
    byHead(0, "queries", [0, 2, 1, 3]),
    byHead(1, "keys", [0, 2, 3, 1]),
  ]);
  const scale = scalar(graph, scoreScale(inputs[0]![1]!, heads));
  const scores = graph.node(`${name}.scores`, "Mul", [products, scale]);
  const seen = inputs.length < 4
    ? scores
    : graph.node(`${name}.seen`, "Add", [scores, padding(graph, name, read(3, "last"))]);
  const weights = graph.node(`${name}.weights`, "Softmax", [seen], { axis: { int: -1 } });
  const values = byHead(2, "values", [0, 2, 1, 3]);
  const mixed = graph.node(`${name}.mixed`, "MatMul", [weights, values]);
  const back = graph.node(`${name}.turned`, "Transpose", [mixed], { perm: { ints: [0, 2, 1, 3] } });
  const whole = extents(graph, `${name}.shape`, [0, rowsOf(shape[0]!), shape[1]!]);
  return { value: graph.node(name, "Reshape", [back, whole]), layout: "last" };
}

/** 0, or far below where a mask is 0: [batch, length]. */
function lowered(graph: OnnxGraph, name: string, mask: string): string {
  const found = graph.node(`${name}.padding`, "Equal", [mask, scalar(graph, 0)]);
  const ones = graph.node(`${name}.ones`, "Cast", [found], { to: { int: DataType.FLOAT } });
  return graph.node(`${name}.low`, "Mul", [ones, scalar(graph, PADDING_SCORE)]);
}

function padding(graph: OnnxGraph, name: string, mask: string): string {
  const low = lowered(graph, name, mask);
  const axes = graph.shared("int64.1x2", BigInt64Array.of(1n, 2n), [2]);
  return graph.node(`${name}.hidden`, "Unsqueeze", [low, axes]);
}

function extents(graph: OnnxGraph, name: string, shape: readonly number[]): string {
  return graph.constant(name, BigInt64Array.from(shape, BigInt), [shape.length]);
}

function scalar(graph: OnnxGraph, value: number): string {
  return graph.shared(`${value}`, Float32Array.of(value), []);
}
