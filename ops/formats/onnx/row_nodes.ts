/** Layers over rows and matrices in ONNX operators: softmax, standardized rows, products, other orders and extents. */
import type { LayerOf } from "../../model/model.ts";
import type { Attributes } from "./graph.ts";
import type { Computed, OnnxSource } from "./values.ts";

/** `Softmax` or `LogSoftmax` along the last axis. */
export function softmaxNodes(
  { name, log }: LayerOf<"softmax">,
  { graph, read }: OnnxSource,
): Computed {
  const op = log ? "LogSoftmax" : "Softmax";
  return { value: graph.node(name, op, [read(0, "last")], { axis: { int: -1 } }), layout: "last" };
}

/** Means as products with a column of shares, which every operator set knows alike. */
export function standardizeNodes(
  { name, by, epsilon }: LayerOf<"standardize">,
  { graph, shape, read }: OnnxSource,
): Computed {
  const width = shape.at(-1)!;
  const share = by === "length" ? 1 : 1 / width;
  const column = graph.constant(`${name}.shares`, new Float32Array(width).fill(share), [width, 1]);
  const number = graph.shared(`${epsilon}`, Float32Array.of(epsilon), []);
  const op = (wish: string, op: string, ...inputs: string[]) =>
    graph.node(`${name}.${wish}`, op, inputs);
  const x = read(0, "last");
  const centred = by === "deviation" ? op("centred", "Sub", x, op("mean", "MatMul", x, column)) : x;
  const squares = op("squares", "MatMul", op("square", "Mul", centred, centred), column);
  const spread = op("spread", by === "length" ? "Max" : "Add", squares, number);
  const value = graph.node(name, "Div", [centred, op("root", "Sqrt", spread)]);
  return { value, layout: "last" };
}

/** `MatMul` of two matrices, turned where they are summed along another axis; of two rows, too. */
export function dotNodes(
  { name, axes }: LayerOf<"dot">,
  { graph, inputs: [shape], read }: OnnxSource,
): Computed {
  const rows = shape!.length === 1;
  const turned = (index: number, turn: boolean) => {
    const value = read(index, "last");
    if (rows) {
      const extents = BigInt64Array.from(index === 0 ? [0, 1, -1] : [0, -1, 1], BigInt);
      const target = graph.constant(`${name}.shape${index + 1}`, extents, [3]);
      return graph.node(`${name}.matrix${index + 1}`, "Reshape", [value, target]);
    }
    if (!turn) return value;
    return graph.node(`${name}.turned${index + 1}`, "Transpose", [value], {
      perm: { ints: [0, 2, 1] },
    });
  };
  const operands = [turned(0, axes[0] === 0), turned(1, axes[1] === 1)];
  if (!rows) return { value: graph.node(name, "MatMul", operands), layout: "last" };
  const product = graph.node(`${name}.product`, "MatMul", operands);
  return { value: graph.node(name, "Flatten", [product]), layout: "last" };
}

/** A slice that steps backwards. */
export function reverseNodes(
  { name }: LayerOf<"reverse">,
  { graph, read }: OnnxSource,
): Computed {
  const one = (of: string, value: bigint) =>
    graph.constant(`${name}.${of}`, BigInt64Array.of(value), [1]);
  const range = [
    one("start", -1n),
    // Before the first, whatever the length.
    one("end", -0x80000000n),
    one("axis", 1n),
    one("step", -1n),
  ];
  return { value: graph.node(name, "Slice", [read(0, "last"), ...range]), layout: "last" };
}

/** `Resize` between the middles of pixels, to extents: factors would be rounded. */
export function resizeNodes(
  { name, size, by }: LayerOf<"resize">,
  { graph, read }: OnnxSource,
): Computed {
  const x = read(0, "first");
  const whole = (of: string, ...values: number[]) =>
    graph.constant(`${name}.${of}`, BigInt64Array.from(values, BigInt), [values.length]);
  const shape = graph.node(`${name}.shape`, "Shape", [x]);
  // The batch and the channels are as many as there are.
  const front = graph.node(`${name}.front`, "Slice", [shape, whole("start", 0), whole("end", 2)]);
  const extents = graph.node(`${name}.extents`, "Concat", [front, whole("size", ...size)], {
    axis: { int: 0 },
  });
  const attributes: Attributes = by === "bilinear"
    ? { mode: { string: "linear" } }
    : { mode: { string: "nearest" }, ["nearest_mode"]: { string: "round_prefer_ceil" } };
  const value = graph.node(name, "Resize", [x, "", "", extents], attributes);
  return { value, layout: "first" };
}
