/** Layers as Keras writes them: one node per layer, and those that carry what a Keras layer cannot. */
import { given } from "../../../engine/given.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";
import type { Json } from "../../../engine/digest.ts";
import type { Shape } from "../../model/layers.ts";
import type { Layer, WindowAttributes } from "../../model/model.ts";
import { fromTable, type LayerTable } from "../layer_table.ts";
import { kerasActivations } from "../keras/words.ts";
import {
  combineNodes,
  dotNodes,
  functionNodes,
  preluNodes,
  softmaxNodes,
  standardizeNodes,
} from "./function_nodes.ts";
import { type KerasNode, type KerasSource, node, scaleNode } from "./keras_node.ts";
import { recurrentNodes, reverseNodes, rnnNodes } from "./recurrent_nodes.ts";
import {
  attentionNodes,
  constantNodes,
  firstNodes,
  mixtureNodes,
  positionNodes,
  tokenMeanNodes,
} from "./sequence_nodes.ts";
import { storedKernel, storedWeight, type WeightedLayer } from "./stored_weight.ts";
import { convLstmNodes, volumeConfig } from "./volume_nodes.ts";
import { decodeWeight } from "../../model/weights.ts";

const nodes: LayerTable<KerasSource, readonly KerasNode[]> = {
  dense: (layer, source) => weighted(layer, "Dense", { units: layer.units }, source),
  conv: (layer, source) => {
    const config = { filters: layer.filters, "kernel_size": layer.kernel };
    return padded(
      layer,
      (window) => weighted(layer, "Conv2D", { ...config, ...window }, source),
    );
  },
  depthwise: (layer, source) => {
    const config = { "kernel_size": layer.kernel, "depth_multiplier": layer.multiplier };
    return padded(
      layer,
      (window) => weighted(layer, "DepthwiseConv2D", { ...config, ...window }, source),
    );
  },
  "conv-transpose": (layer, source) => {
    const { filters, kernel, strides, padding } = layer;
    const config = { filters, "kernel_size": kernel, strides, padding };
    return weighted(layer, "Conv2DTranspose", config, source);
  },
  conv3d: (layer, source) => {
    const config = { ...volumeConfig(layer), "dilation_rate": layer.dilations };
    return weighted(layer, "Conv3D", config, source);
  },
  "conv3d-transpose": (layer, source) =>
    weighted(layer, "Conv3DTranspose", volumeConfig(layer), source),
  "conv-lstm": convLstmNodes,
  batchnorm: ({ epsilon, momentum, activation }, { weight, storage }) => [
    {
      suffix: "",
      className: "BatchNormalization",
      config: { axis: -1, epsilon, momentum },
      weights: {
        gamma: storedWeight(weight("gamma"), storage),
        beta: storedWeight(weight("beta"), storage),
        "moving_mean": storedWeight(weight("mean"), storage),
        "moving_variance": storedWeight(weight("variance"), storage),
      },
    },
    ...activated(activation),
  ],
  embedding(layer, { weight, storage }) {
    const { scales, ...table } = storedKernel(layer, weight("kernel"), storage);
    const config = { "input_dim": layer.vocabulary, "output_dim": layer.size };
    const rows = { suffix: "", className: "Embedding", config, weights: { embeddings: table } };
    return scales === undefined
      ? [rows]
      : [rows, scaleNode(".scale", scales, new Float32Array(scales.length))];
  },
  position: positionNodes,
  constant: constantNodes,
  "layer-norm": ({ epsilon }, { weight, storage }) => [{
    suffix: "",
    className: "LayerNormalization",
    config: { axis: -1, epsilon },
    weights: {
      gamma: storedWeight(weight("gamma"), storage),
      beta: storedWeight(weight("beta"), storage),
    },
  }],
  attention: attentionNodes,
  first: firstNodes,
  "token-mean": tokenMeanNodes,
  activation: ({ activation }) => [{ ...activationNode(activation), suffix: "" }],
  "max-pool": (layer) => [pool(layer, "MaxPooling2D")],
  "average-pool": (layer) => [pool(layer, "AveragePooling2D")],
  "global-average-pool": () => [node("", "GlobalAveragePooling2D")],
  "global-max-pool": () => [node("", "GlobalMaxPooling2D")],
  recurrent: recurrentNodes,
  rnn: rnnNodes,
  reverse: reverseNodes,
  function: functionNodes,
  prelu: preluNodes,
  combine: combineNodes,
  dot: dotNodes,
  softmax: softmaxNodes,
  standardize: standardizeNodes,
  upsample: ({ size }) => [node("", "UpSampling2D", { size, interpolation: "nearest" })],
  flatten: () => [node("", "Flatten")],
  // Not the layer's own shape: tfjs leaves a −1 open, and nothing that needs to know it can follow.
  reshape: (_layer, { shape }) => [node("", "Reshape", { "target_shape": shape })],
  pad: ({ amounts }) => [node("", "ZeroPadding2D", { padding: amounts })],
  crop: ({ amounts }) => [node("", "Cropping2D", { cropping: amounts })],
  permute: ({ order }) => [node("", "Permute", { dims: order.map((axis) => axis + 1) })],
  add: ({ activation }) => [node("", "Add"), ...activated(activation)],
  mixture: mixtureNodes,
  concat: () => [node("", "Concatenate", { axis: -1 })],
  // Keras can cut rows of an image, not channels: these are made rows for as long as it takes.
  split: ({ parts, part }, { shape }) => {
    const channels = shape.at(-1)!;
    const cropping = [[part * channels, (parts - part - 1) * channels], [0, 0]];
    return [
      node(".rows", "Permute", { dims: [3, 1, 2] }),
      node(".cut", "Cropping2D", { cropping }),
      node("", "Permute", { dims: [2, 3, 1] }),
    ];
  },
  shuffle: ({ groups }, { shape }) => {
    const [height, width, channels] = shape as readonly [number, number, number];
    const grouped = [height, width, groups, channels / groups];
    return [
      node(".grouped", "Reshape", { "target_shape": grouped }),
      node(".turned", "Permute", { dims: [1, 2, 4, 3] }),
      node("", "Reshape", { "target_shape": shape }),
    ];
  },
  dropout: ({ rate }) => [node("", "Dropout", { rate })],
  // In inference nothing is drawn: what it reads first passes.
  sample: () => [],
};

/** The Keras layers that together are one layer, in order; the last gives its value. */
export function kerasNodes(layer: Layer, source: KerasSource): readonly KerasNode[] {
  return fromTable(nodes, layer, source, "tfjs");
}

function weighted(
  layer: WeightedLayer,
  className: string,
  config: KerasNode["config"],
  { storage, weight, shape }: KerasSource,
): readonly KerasNode[] {
  const kernelName = layer.kind === "depthwise" ? "depthwise_kernel" : "kernel";
  const { bias, activation } = layer;
  const { scales, ...kernel } = storedKernel(layer, weight("kernel"), storage);
  if (scales !== undefined) {
    const shift = bias ? decodeWeight(weight("bias")) : new Float32Array(scales.length);
    const bare = { ...config, "use_bias": false };
    return [
      { suffix: "", className, config: bare, weights: { [kernelName]: kernel } },
      ...scaled(shape, scaleNode(".scale", scales, shift)),
      ...activated(activation),
    ];
  }
  const keras = kerasActivations[activation];
  const named = typeof keras === "string";
  const fused = given({ activation: named && activation !== "linear" ? keras : undefined });
  const added = bias ? storedWeight(weight("bias"), storage) : undefined;
  return [
    {
      suffix: "",
      className,
      config: { ...config, "use_bias": bias, ...fused },
      weights: { [kernelName]: kernel, ...given({ bias: added }) },
    },
    ...(named ? [] : activated(activation)),
  ];
}

/** A scale of a value of any shape: tfjs's has three axes at most, so a volume is an image for as long. */
function scaled(shape: Shape, scale: KerasNode): readonly KerasNode[] {
  if (shape.length < 4) return [scale];
  const channels = shape.at(-1)!;
  const pixels = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  return [
    node(".pixels", "Reshape", { "target_shape": [pixels, channels] }),
    scale,
    node(".volume", "Reshape", { "target_shape": shape }),
  ];
}

function activated(activation: Activation): readonly KerasNode[] {
  return activation === "linear" ? [] : [activationNode(activation)];
}

function activationNode(activation: Activation): KerasNode {
  const suffix = ".activation";
  const keras = kerasActivations[activation];
  return typeof keras === "string"
    ? { suffix, className: "Activation", config: { activation: keras } }
    : { suffix, ...keras };
}

type WindowConfig = { readonly [field: string]: Json };

/** Explicit zeros around a convolution become a padding layer before it. */
function padded(
  { padding, strides, dilations }: WindowAttributes,
  build: (window: WindowConfig) => readonly KerasNode[],
): readonly KerasNode[] {
  const dilated = dilations.some((dilation) => dilation !== 1);
  const window = { strides, ...given({ "dilation_rate": dilated ? dilations : undefined }) };
  if (typeof padding === "string") return build({ ...window, padding });
  const zeros = { suffix: ".zeros", className: "ZeroPadding2D", config: { padding } };
  return [zeros, ...build({ ...window, padding: "valid" })];
}

function pool(
  { name, size, strides, padding }: WindowAttributes & {
    readonly name: string;
    readonly size: readonly [number, number];
  },
  className: string,
): KerasNode {
  if (typeof padding === "string") {
    return node("", className, { "pool_size": size, strides, padding });
  }
  throw new RangeError(`Cannot write "${name}" for tfjs: its pooling ignores explicit padding`);
}
