/** Layers as TensorFlow Lite's operators. */
import type { Shape } from "../../model/layers.ts";
import type { Layer, LayerOf, WindowAttributes } from "../../model/model.ts";
import { fromTable, type LayerTable } from "../layer_table.ts";
import type { TensorIndex } from "./graph.ts";
import { functionNodes } from "./function_nodes.ts";
import { FUSED } from "./operators.ts";
import { convNodes, denseNodes, depthwiseNodes, transposedConvolution } from "./product_nodes.ts";
import {
  attentionNodes,
  embeddingNodes,
  layerNorm,
  normalized,
  tokenMeanNodes,
} from "./sequence_nodes.ts";
import {
  activated,
  operator,
  padded,
  paddingOf,
  reshaped,
  sliced,
  type TfliteSource,
  transposed,
  whole,
  withActivation,
} from "./source.ts";

const nodes: LayerTable<TfliteSource, TensorIndex> = {
  dense: denseNodes,
  conv: convNodes,
  depthwise: depthwiseNodes,
  "conv-transpose": transposedConvolution,
  batchnorm({ name, epsilon, activation }, source) {
    const { graph, decoded, read } = source;
    const [gamma, beta] = [decoded("gamma"), decoded("beta")];
    const [mean, variance] = [decoded("mean"), decoded("variance")];
    const factor = gamma.map((g, c) => g / Math.sqrt(variance[c]! + epsilon));
    const shift = beta.map((b, c) => b - mean[c]! * factor[c]!);
    const constant = (role: string, values: Float32Array) =>
      graph.constant(`${name}.${role}`, values, [values.length]);
    const scaled = operator(source, "MUL", [read(0), constant("factor", factor)], {
      role: "scaled",
      options: { activation: FUSED.linear },
    });
    return withActivation(
      source,
      activation,
      (options, role) =>
        operator(source, "ADD", [scaled, constant("shift", shift)], { role, options }),
    );
  },
  embedding: embeddingNodes,
  position: (_layer, source) =>
    operator(source, "ADD", [source.read(0), source.weight("kernel")], {
      options: { activation: FUSED.linear },
    }),
  constant: (_layer, { weight }) =>
    weight("mean", (mean) => ({ ...mean, shape: [1, ...mean.shape] })),
  "layer-norm": layerNorm,
  standardize: ({ by, epsilon }, source) => normalized(source, by, epsilon),
  attention: attentionNodes,
  first(_layer, source) {
    const [, size] = source.inputs[0] as [number, number];
    const row = sliced(source, source.read(0), { from: [0, 0], shape: [1, size], role: "row" });
    return reshaped(source, row, source.shape);
  },
  "token-mean": tokenMeanNodes,
  activation: ({ activation }, source) => activated(source, activation, source.read(0)),
  function: functionNodes,
  prelu: (_layer, source) => operator(source, "PRELU", [source.read(0), source.weight("gamma")]),
  softmax: ({ log }, source) =>
    operator(source, log ? "LOG_SOFTMAX" : "SOFTMAX", [source.read(0)], {
      options: log ? {} : { beta: 1 },
    }),
  "max-pool": (layer, source) => pooled(layer, source, "MAX_POOL_2D"),
  "average-pool": averagePool,
  "global-max-pool": (_layer, source) =>
    operator(source, "REDUCE_MAX", [source.read(0), whole(source, [1, 2])], {
      options: { keepsAxes: false },
    }),
  "global-average-pool": (_layer, source) =>
    operator(source, "MEAN", [source.read(0), whole(source, [1, 2])], {
      options: { keepsAxes: false },
    }),
  upsample: (_layer, source) => resized(source, "RESIZE_NEAREST_NEIGHBOR", false),
  resize: ({ by }, source) =>
    resized(source, by === "nearest" ? "RESIZE_NEAREST_NEIGHBOR" : "RESIZE_BILINEAR", true),
  flatten: (_layer, source) => reshaped(source, source.read(0), source.shape),
  reshape: (_layer, source) => reshaped(source, source.read(0), source.shape),
  pad: ({ amounts }, source) => padded(source, source.read(0), amounts),
  crop: ({ amounts: [[top], [left]] }, source) =>
    sliced(source, source.read(0), { from: [top, left, 0], shape: source.shape }),
  permute: ({ order }, source) =>
    transposed(source, source.read(0), {
      shape: source.shape,
      order: [0, ...order.map((axis) => axis + 1)],
    }),
  reverse: (_layer, source) => operator(source, "REVERSE_V2", [source.read(0), whole(source, [1])]),
  add: ({ activation }, source) =>
    withActivation(source, activation, (options, role) => inTurn(source, "ADD", options, role)),
  combine: ({ by }, source) => inTurn(source, COMBINED[by], { activation: FUSED.linear }),
  concat(_layer, source) {
    const { inputs, integers, read } = source;
    const values = inputs.map((shape, index) => {
      const own = integers?.inputs[index];
      const output = integers?.output;
      // All that is joined has one scale.
      if (own === undefined || own.scale === output!.scale && own.zero === output!.zero) {
        return read(index);
      }
      return operator(source, "QUANTIZE", [read(index)], {
        shape,
        role: `part${index + 1}`,
        format: output,
      });
    });
    return operator(source, "CONCATENATION", values, {
      options: { axis: source.shape.length, activation: FUSED.linear },
    });
  },
  split({ part }, source) {
    const { shape, read } = source;
    const before = shape.map((extent, axis) => axis === shape.length - 1 ? part * extent : 0);
    return sliced(source, read(0), { from: before, shape });
  },
  shuffle({ groups }, source) {
    const [height, width, channels] = source.shape as [number, number, number];
    const each = channels / groups;
    const pixels = height * width;
    const apart = reshaped(source, source.read(0), [pixels, groups, each], { role: "groups" });
    const turned = transposed(source, apart, {
      shape: [pixels, each, groups],
      order: [0, 1, 3, 2],
      role: "turned",
    });
    return reshaped(source, turned, source.shape);
  },
  dropout: (_layer, { read }) => read(0),
};

const COMBINED = {
  sum: "ADD",
  product: "MUL",
  difference: "SUB",
  maximum: "MAXIMUM",
  minimum: "MINIMUM",
} as const;

/** Appends a layer's operators. Throws a RangeError where the format cannot express it. */
export function layerNodes(layer: Layer, source: TfliteSource): TensorIndex {
  return fromTable(nodes, layer, source, "TensorFlow Lite");
}

type Pool = WindowAttributes & { readonly name: string; readonly size: readonly [number, number] };

function pooled(
  layer: Pool,
  source: TfliteSource,
  op: "MAX_POOL_2D" | "AVERAGE_POOL_2D",
  role?: string,
): TensorIndex {
  const { padding, pads } = paddingOf(layer, layer.size, source.inputs[0]!);
  const odd = pads !== undefined
    ? "has borders of its own"
    : layer.dilations.some((each) => each !== 1)
    ? "is dilated"
    : undefined;
  if (odd !== undefined) {
    throw new RangeError(
      `Cannot write "${layer.name}" for TensorFlow Lite: its pooling ${odd}, which the format does not ` +
        "know; export to onnx can hold it",
    );
  }
  const [strideY, strideX] = layer.strides;
  const [height, width] = layer.size;
  return operator(source, op, [source.read(0)], {
    role,
    options: { padding, strideX, strideY, width, height, activation: FUSED.linear },
  });
}

/**
 * In integers the operator gives a mean the format of what it is of, and it is rounded to its own behind it; the mean of a
 * whole image is rounded once.
 */
function averagePool(layer: LayerOf<"average-pool">, source: TfliteSource): TensorIndex {
  if (source.integers === undefined) return pooled(layer, source, "AVERAGE_POOL_2D");
  if (coversImage(layer, source.inputs[0]!)) {
    return operator(source, "MEAN", [source.read(0), whole(source, [1, 2])], {
      options: { keepsAxes: true },
    });
  }
  return operator(source, "QUANTIZE", [pooled(layer, source, "AVERAGE_POOL_2D", "mean")]);
}

/** Whether a window is the whole image. */
export function coversImage(
  { size, padding, dilations }: Omit<Pool, "name">,
  input: Shape,
): boolean {
  return padding === "valid" && dilations.every((each) => each === 1) &&
    size[0] === input[0] && size[1] === input[1];
}

function resized(
  source: TfliteSource,
  op: "RESIZE_NEAREST_NEIGHBOR" | "RESIZE_BILINEAR",
  halfPixel: boolean,
): TensorIndex {
  const size = whole(source, source.shape.slice(0, 2));
  return operator(source, op, [source.read(0), size], {
    options: { alignCorners: false, halfPixel },
  });
}

/** Two values by an operator, then the result and the next. */
function inTurn(
  source: TfliteSource,
  op: (typeof COMBINED)[keyof typeof COMBINED],
  fused: { readonly activation: number },
  role?: string,
): TensorIndex {
  const { inputs, read } = source;
  const extremes = op === "MAXIMUM" || op === "MINIMUM";
  let value = read(0);
  let shape = inputs[0]!;
  for (let index = 1; index < inputs.length; index++) {
    const last = index === inputs.length - 1;
    shape = shape.map((extent, axis) => Math.max(extent, inputs[index]![axis]!));
    value = operator(source, op, [value, read(index)], {
      shape,
      role: last ? role : `step${index}`,
      options: extremes ? {} : last ? fused : { activation: FUSED.linear },
    });
  }
  return value;
}
