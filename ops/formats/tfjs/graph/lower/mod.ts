/** How operators of TensorFlow become operators of ONNX, by name. */
import type { Lower } from "../lowering.ts";
import { functions } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { shapes } from "./shapes.ts";
import {
  batchNormalization,
  blocks,
  convolution,
  depthwise,
  pooling,
  resize,
  transposedConvolution,
} from "./windows.ts";

const lowerings: Readonly<Record<string, Lower>> = {
  ...functions,
  ...arithmetic,
  ...shapes,
  Conv2D: convolution,
  _FusedConv2D: convolution,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2dNative: depthwise,
  Conv2DBackpropInput: transposedConvolution,
  MaxPool: pooling("MaxPool"),
  AvgPool: pooling("AveragePool"),
  FusedBatchNorm: batchNormalization,
  FusedBatchNormV2: batchNormalization,
  FusedBatchNormV3: batchNormalization,
  ResizeBilinear: resize("linear"),
  ResizeNearestNeighbor: resize("nearest"),
  DepthToSpace: blocks,
  SpaceToDepth: blocks,
};

/** Operators that are read. */
export const READ: readonly string[] = Object.keys(lowerings);

/** How an operator is lowered; undefined where it is not read. */
export const loweringOf = (op: string): Lower | undefined =>
  Object.hasOwn(lowerings, op) ? lowerings[op] : undefined;
