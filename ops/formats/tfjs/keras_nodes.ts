/** Layers as Keras writes them: one node per layer, and those that carry what a Keras layer cannot. */
import type { Activation } from "../../../engine/tensor/mod.ts";
import type { Json } from "../../../engine/digest.ts";
import type { Shape } from "../../model/layers/shape.ts";
import { answer, type LayerTable } from "../../model/layers/table.ts";
import type { Layer, Role, Weight, WindowAttributes } from "../../model/model.ts";
import { kerasActivations, LEAKY_SLOPE } from "./activation.ts";
import { mixtureNodes } from "./mixture_nodes.ts";
import { recurrentNodes } from "./recurrent_nodes.ts";
import { attentionNodes, firstNodes, positionNodes } from "./sequence_nodes.ts";
import {
  type Storage,
  storedConstant,
  storedFloats,
  storedKernel,
  type StoredWeight,
  storedWeight,
  type WeightedLayer,
} from "./stored_weight.ts";
import { decodeWeight } from "../../model/weights.ts";

/** One Keras layer behind the one before it. */
export interface KerasNode {
  /** Empty for the layer itself, else what its name ends in. */
  readonly suffix: string;
  readonly className: string;
  readonly config: { readonly [field: string]: Json };
  /** What it reads: inputs of the layer by number, nodes before it by suffix. Default: the node before it. */
  readonly reads?: readonly (number | string)[];
  /** By Keras name, in the order in which Keras lists them. */
  readonly weights?: Readonly<Record<string, StoredWeight>>;
}

/** What a layer's nodes are made of. */
export interface Source {
  readonly storage: Storage;
  /** What the layer gives, without the batch. */
  readonly shape: Shape;
  /** What the layers give that it reads. */
  readonly inputs: readonly Shape[];
  weight(role: Role): Weight;
}

const nodes: LayerTable<[source: Source], readonly KerasNode[]> = {
  dense: (layer, source) => weighted(layer, "Dense", { units: layer.units }, "kernel", source),
  conv: (layer, source) => {
    const config = { filters: layer.filters, "kernel_size": layer.kernel };
    return padded(
      layer,
      (window) => weighted(layer, "Conv2D", { ...config, ...window }, "kernel", source),
    );
  },
  depthwise: (layer, source) => {
    const config = { "kernel_size": layer.kernel, "depth_multiplier": layer.multiplier };
    return padded(
      layer,
      (window) =>
        weighted(layer, "DepthwiseConv2D", { ...config, ...window }, "depthwise_kernel", source),
    );
  },
  "conv-transpose": (layer, source) => {
    const { filters, kernel, strides, padding } = layer;
    const config = { filters, "kernel_size": kernel, strides, padding };
    return weighted(layer, "Conv2DTranspose", config, "kernel", source);
  },
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
  activation: ({ activation }) => [{ ...activationNode(activation), suffix: "" }],
  "max-pool": (layer) => [pool(layer, "MaxPooling2D")],
  "average-pool": (layer) => [pool(layer, "AveragePooling2D")],
  "global-average-pool": () => [plain("GlobalAveragePooling2D")],
  "global-max-pool": () => [plain("GlobalMaxPooling2D")],
  recurrent: recurrentNodes,
  upsample: ({ size }) => [plain("UpSampling2D", { size, interpolation: "nearest" })],
  flatten: () => [plain("Flatten")],
  // Not the layer's own shape: tfjs leaves a −1 open, and nothing that needs to know it can follow.
  reshape: (_layer, { shape }) => [plain("Reshape", { "target_shape": shape })],
  pad: ({ amounts }) => [plain("ZeroPadding2D", { padding: amounts })],
  crop: ({ amounts }) => [plain("Cropping2D", { cropping: amounts })],
  permute: ({ order }) => [plain("Permute", { dims: order.map((axis) => axis + 1) })],
  add: ({ activation }) => [plain("Add"), ...activated(activation)],
  mixture: mixtureNodes,
  concat: () => [plain("Concatenate", { axis: -1 })],
  // Keras can cut rows of an image, not channels: these are made rows for as long as it takes.
  split: ({ parts, part }, { shape }) => {
    const channels = shape.at(-1)!;
    const cropping = [[part * channels, (parts - part - 1) * channels], [0, 0]];
    return [
      { ...plain("Permute", { dims: [3, 1, 2] }), suffix: ".rows" },
      { ...plain("Cropping2D", { cropping }), suffix: ".cut" },
      plain("Permute", { dims: [2, 3, 1] }),
    ];
  },
  shuffle: ({ groups }, { shape }) => {
    const [height, width, channels] = shape as readonly [number, number, number];
    const grouped = [height, width, groups, channels / groups];
    return [
      { ...plain("Reshape", { "target_shape": grouped }), suffix: ".grouped" },
      { ...plain("Permute", { dims: [1, 2, 4, 3] }), suffix: ".turned" },
      plain("Reshape", { "target_shape": shape }),
    ];
  },
  dropout: ({ rate }) => [plain("Dropout", { rate })],
  // In inference nothing is drawn: what it reads first passes.
  sample: () => [],
};

/** The Keras layers that together are one layer, in order; the last gives its value. */
export function kerasNodes(layer: Layer, source: Source): readonly KerasNode[] {
  return answer(nodes, layer, source);
}

/** Scale and shift per channel as a batch normalisation of mean 0 and variance 1. */
export function scaleNode(
  suffix: string,
  scale: Float32Array,
  shift: Float32Array,
): KerasNode {
  const channels = scale.length;
  return {
    suffix,
    className: "BatchNormalization",
    // Without an epsilon the division by √1 is exact.
    config: { axis: -1, epsilon: 0 },
    weights: {
      gamma: storedFloats(scale),
      beta: storedFloats(shift),
      "moving_mean": storedConstant(0, channels),
      "moving_variance": storedConstant(1, channels),
    },
  };
}

function plain(className: string, config: KerasNode["config"] = {}): KerasNode {
  return { suffix: "", className, config };
}

function weighted(
  layer: WeightedLayer,
  className: string,
  config: KerasNode["config"],
  kernelName: string,
  { storage, weight }: Source,
): readonly KerasNode[] {
  const { bias, activation } = layer;
  const { scales, ...kernel } = storedKernel(layer, weight("kernel"), storage);
  if (scales !== undefined) {
    const shift = bias ? decodeWeight(weight("bias")) : new Float32Array(scales.length);
    const bare = { ...config, "use_bias": false };
    return [
      { suffix: "", className, config: bare, weights: { [kernelName]: kernel } },
      scaleNode(".scale", scales, shift),
      ...activated(activation),
    ];
  }
  const named = kerasName(activation);
  const fused: KerasNode["config"] = named === undefined || named === "linear"
    ? {}
    : { activation: named };
  const weights = { [kernelName]: kernel };
  return [
    {
      suffix: "",
      className,
      config: { ...config, "use_bias": bias, ...fused },
      weights: bias ? { ...weights, bias: storedWeight(weight("bias"), storage) } : weights,
    },
    ...(named === undefined ? activated(activation) : []),
  ];
}

function activated(activation: Activation): readonly KerasNode[] {
  return activation === "linear" ? [] : [activationNode(activation)];
}

function activationNode(activation: Activation): KerasNode {
  const suffix = ".activation";
  const named = kerasName(activation);
  if (named !== undefined) {
    return { suffix, className: "Activation", config: { activation: named } };
  }
  return { suffix, className: "LeakyReLU", config: { alpha: LEAKY_SLOPE } };
}

function kerasName(activation: Activation): string | undefined {
  return activation === "leaky-relu" ? undefined : kerasActivations[activation];
}

type WindowConfig = { readonly [field: string]: Json };

/** Explicit zeros around a convolution become a padding layer before it. */
function padded(
  { padding, strides, dilations }: WindowAttributes,
  build: (window: WindowConfig) => readonly KerasNode[],
): readonly KerasNode[] {
  const dilated = dilations.some((dilation) => dilation !== 1);
  const window = { strides, ...(dilated ? { "dilation_rate": dilations } : {}) };
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
    return plain(className, { "pool_size": size, strides, padding });
  }
  throw new RangeError(`Cannot write "${name}" for tfjs: its pooling ignores explicit padding`);
}
