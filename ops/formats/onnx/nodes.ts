/** Layers as ONNX operators. */
import { given } from "../../../engine/given.ts";
import { windowGeometry } from "../../../engine/tensor/products/geometry.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";
import type { Shape } from "../../model/layers.ts";
import { transposedCut } from "../../model/kinds/conv_transpose.ts";
import type { Layer, LayerOf, Weight, WindowAttributes } from "../../model/model.ts";
import { permuted } from "../../model/weights.ts";
import { fromTable, type LayerTable } from "../layer_table.ts";
import { activated, withActivation } from "./activations.ts";
import { recurrentNodes, rnnNodes } from "./recurrent_nodes.ts";
import { combineNodes, functionNodes, preluNodes } from "./function_nodes.ts";
import {
  dotNodes,
  resizeNodes,
  reverseNodes,
  softmaxNodes,
  standardizeNodes,
} from "./row_nodes.ts";
import { denseNodes } from "./dense_nodes.ts";
import { mixtureNodes } from "./mixture_nodes.ts";
import {
  attentionNodes,
  constantNodes,
  embeddingNodes,
  firstNodes,
  layerNorm,
  positionNodes,
  tokenMeanNodes,
} from "./sequence_nodes.ts";
import type { Attributes } from "./graph.ts";
import type { Computed, OnnxSource } from "./values.ts";
import { conv3dNodes, conv3dTransposeNodes } from "./volume_nodes.ts";
import { grouped } from "./weights.ts";

const nodes: LayerTable<OnnxSource, Computed> = {
  dense: denseNodes,
  conv: (layer, source) =>
    convolution(layer, source, 1, (kernel) => permuted(kernel, [3, 2, 0, 1])),
  depthwise: (layer, source) => convolution(layer, source, source.inputs[0]!.at(-1)!, grouped),
  "conv-transpose": transposedConvolution,
  conv3d: conv3dNodes,
  "conv3d-transpose": conv3dTransposeNodes,
  batchnorm({ name, epsilon, activation }, { graph, read, weight }) {
    const weights = (["gamma", "beta", "mean", "variance"] as const).map((role) => weight(role));
    const value = withActivation(
      graph,
      name,
      activation,
      (name) =>
        graph.node(name, "BatchNormalization", [read(0, "first"), ...weights], {
          epsilon: { float: epsilon },
        }),
    );
    return { value, layout: "first" };
  },
  "token-mean": tokenMeanNodes,
  embedding: embeddingNodes,
  position: positionNodes,
  constant: constantNodes,
  "layer-norm": layerNorm,
  attention: attentionNodes,
  first: firstNodes,
  activation({ name, activation }, { graph, read, layout }) {
    return { value: activated(graph, name, activation, read(0, layout(0))), layout: layout(0) };
  },
  "max-pool": (layer, { graph, inputs: [input], read }) => ({
    value: graph.node(
      layer.name,
      "MaxPool",
      [read(0, "first")],
      windowOf(layer, layer.size, input!),
    ),
    layout: "first",
  }),
  "average-pool"(layer, { graph, opset, inputs: [input], read }) {
    const { dilations, ...window } = windowOf(layer, layer.size, input!);
    const dilated = layer.dilations.some((dilation) => dilation !== 1);
    if (dilated && opset < DILATED_AVERAGE) {
      throw new RangeError(
        `Cannot write "${layer.name}" for ONNX: its average pooling is dilated, which operator set ` +
          `${opset} does not know; set \`opset\` to ${DILATED_AVERAGE} or higher`,
      );
    }
    const value = graph.node(layer.name, "AveragePool", [read(0, "first")], {
      ...window,
      ["count_include_pad"]: { int: 0 },
      ...given({ dilations: dilated ? dilations : undefined }),
    });
    return { value, layout: "first" };
  },
  "global-max-pool"({ name }, { graph, read }) {
    const pooled = graph.node(`${name}.pooled`, "GlobalMaxPool", [read(0, "first")]);
    return { value: graph.node(name, "Flatten", [pooled]), layout: "last" };
  },
  recurrent: recurrentNodes,
  rnn: rnnNodes,
  function: functionNodes,
  prelu: preluNodes,
  softmax: softmaxNodes,
  standardize: standardizeNodes,
  combine: combineNodes,
  dot: dotNodes,
  reverse: reverseNodes,
  resize: resizeNodes,
  "global-average-pool"({ name }, { graph, read }) {
    const pooled = graph.node(`${name}.pooled`, "GlobalAveragePool", [read(0, "first")]);
    return { value: graph.node(name, "Flatten", [pooled]), layout: "last" };
  },
  upsample({ name, size }, { graph, read }) {
    // By whole factors every rounding that Resize offers repeats pixels, its usual one too.
    const factors = graph.constant(`${name}.factors`, Float32Array.of(1, 1, ...size), [4]);
    const value = graph.node(name, "Resize", [read(0, "first"), "", factors]);
    return { value, layout: "first" };
  },
  flatten: ({ name }, { graph, read }) => ({
    value: graph.node(name, "Flatten", [read(0, "last")]),
    layout: "last",
  }),
  reshape({ name }, { graph, shape, read }) {
    // 0 keeps the batch.
    const target = BigInt64Array.from([0, ...shape], BigInt);
    const extents = graph.constant(`${name}.shape`, target, [target.length]);
    return { value: graph.node(name, "Reshape", [read(0, "last"), extents]), layout: "last" };
  },
  pad({ name, amounts: [[top, bottom], [left, right]] }, { graph, read }) {
    const zeros = BigInt64Array.from([0, 0, top, left, 0, 0, bottom, right], BigInt);
    const amounts = graph.constant(`${name}.amounts`, zeros, [zeros.length]);
    return { value: graph.node(name, "Pad", [read(0, "first"), amounts]), layout: "first" };
  },
  crop({ name, amounts: [[top], [left]] }, { graph, shape: [height, width], read }) {
    const pair = (of: string, values: readonly number[]) =>
      graph.constant(`${name}.${of}`, BigInt64Array.from(values, BigInt), [2]);
    const range = [
      pair("start", [top, left]),
      pair("end", [top + height!, left + width!]),
      pair("axes", [2, 3]),
    ];
    return { value: graph.node(name, "Slice", [read(0, "first"), ...range]), layout: "first" };
  },
  permute({ name, order }, { graph, read }) {
    const perm = { ints: [0, ...order.map((axis) => axis + 1)] };
    return { value: graph.node(name, "Transpose", [read(0, "last")], { perm }), layout: "last" };
  },
  add({ name, activation }, { graph, inputs, read, layout }) {
    const home = layout(0);
    const value = withActivation(graph, name, activation, (name) =>
      inputs.slice(1).reduce(
        (sum, _shape, index) =>
          graph.node(
            index === inputs.length - 2 ? name : `${name}.sum`,
            "Add",
            [sum, read(index + 1, home)],
          ),
        read(0, home),
      ));
    return { value, layout: home };
  },
  concat({ name }, { graph, inputs, read }) {
    const values = inputs.map((_shape, index) => read(index, "first"));
    return { value: graph.node(name, "Concat", values, { axis: { int: 1 } }), layout: "first" };
  },
  mixture: mixtureNodes,
  split({ name, part }, { graph, shape, read }) {
    const channels = shape.at(-1)!;
    const at = (of: string, value: number) =>
      graph.constant(`${name}.${of}`, BigInt64Array.of(BigInt(value)), [1]);
    const range = [at("start", part * channels), at("end", (part + 1) * channels), at("axis", 1)];
    return { value: graph.node(name, "Slice", [read(0, "first"), ...range]), layout: "first" };
  },
  shuffle({ name, groups }, { graph, shape: [height, width, channels], read }) {
    const reshaped = (of: string, value: string, shape: readonly number[]) => {
      const extents = graph.constant(`${of}.shape`, BigInt64Array.from(shape, BigInt), [
        shape.length,
      ]);
      return graph.node(of, "Reshape", [value, extents]);
    };
    const pixels = height! * width!;
    const grouped = reshaped(`${name}.grouped`, read(0, "first"), [
      0,
      groups,
      channels! / groups,
      pixels,
    ]);
    const turned = graph.node(`${name}.turned`, "Transpose", [grouped], {
      perm: { ints: [0, 2, 1, 3] },
    });
    return { value: reshaped(name, turned, [0, channels!, height!, width!]), layout: "first" };
  },
  dropout: passed,
  sample: passed,
};

/** Inference gives on what enters. */
function passed(_layer: Layer, { read, layout }: OnnxSource): Computed {
  return { value: read(0, layout(0)), layout: layout(0) };
}

/** The first operator set whose AveragePool has dilations. */
const DILATED_AVERAGE = 19;

/** Appends a layer's operators. Throws a RangeError where the operator set cannot express it. */
export function layerNodes(layer: Layer, source: OnnxSource): Computed {
  return fromTable(nodes, layer, source, "ONNX");
}

function convolution(
  layer: WindowAttributes & {
    readonly name: string;
    readonly kernel: readonly [number, number];
    readonly bias: boolean;
    readonly activation: Activation;
  },
  { graph, inputs: [input], read, weight }: OnnxSource,
  groups: number,
  arrange: (kernel: Weight) => Weight,
): Computed {
  const operands = [read(0, "first"), weight("kernel", arrange)];
  if (layer.bias) operands.push(weight("bias"));
  const value = withActivation(
    graph,
    layer.name,
    layer.activation,
    (name) =>
      graph.node(name, "Conv", operands, {
        ...windowOf(layer, layer.kernel, input!),
        group: { int: groups },
      }),
  );
  return { value, layout: "first" };
}

function transposedConvolution(
  layer: LayerOf<"conv-transpose">,
  { graph, read, weight }: OnnxSource,
): Computed {
  const operands = [
    read(0, "first"),
    weight("kernel", (kernel) => permuted(kernel, [2, 3, 0, 1])),
    ...layer.bias ? [weight("bias")] : [],
  ];
  const [rows, columns] = [transposedCut(0, layer), transposedCut(1, layer)];
  const cut = [rows[0], columns[0], rows[1], columns[1]];
  const attributes = {
    ["kernel_shape"]: { ints: layer.kernel },
    strides: { ints: layer.strides },
    pads: { ints: cut.map((amount) => Math.max(amount, 0)) },
    ["output_padding"]: { ints: [rows[1], columns[1]].map((amount) => Math.max(-amount, 0)) },
  };
  const value = withActivation(
    graph,
    layer.name,
    layer.activation,
    (name) => graph.node(name, "ConvTranspose", operands, attributes),
  );
  return { value, layout: "first" };
}

/** A window's attributes; padding always in numbers, at the end as much as the last window needs. */
function windowOf(
  window: WindowAttributes,
  size: readonly [number, number],
  input: Shape,
): Attributes {
  const { top, left, outHeight, outWidth } = windowGeometry([1, ...input], size, window);
  const end = (axis: 0 | 1, before: number, out: number): number => {
    const reach = (size[axis] - 1) * window.dilations[axis] + 1;
    return Math.max(0, (out - 1) * window.strides[axis] + reach - input[axis]! - before);
  };
  return {
    ["kernel_shape"]: { ints: size },
    strides: { ints: window.strides },
    dilations: { ints: window.dilations },
    pads: { ints: [top, left, end(0, top, outHeight), end(1, left, outWidth)] },
  };
}
