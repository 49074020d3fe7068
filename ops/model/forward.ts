/** Runs a model's layers on our kernels: the one interpreter that training and inference share. */
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import type { Architecture } from "./model.ts";

/** How to run. */
export interface ForwardOptions {
  /** Batch statistics and dropout. */
  readonly training: boolean;
  /** Mask of a dropout layer, already scaled by 1/(1 − rate); required where `training` meets a dropout. */
  readonly dropout?: (layer: string, shape: readonly number[], rate: number) => Tensor;
  /** Changes a layer's (or input's) value before others read it: fake quantization, noise. */
  readonly transform?: (layer: string, value: Tensor) => Tensor;
  /** Layers or groups (`stage2`: its last layer) whose values are wanted. */
  readonly taps?: readonly string[];
}

/** What came out. */
export interface ForwardResult {
  /** Logits, one per output. */
  readonly outputs: readonly Tensor[];
  readonly taps: Readonly<Record<string, Tensor>>;
  /** Batch statistics of each batchnorm, when training. */
  readonly statistics: Readonly<
    Record<string, { readonly mean: Tensor; readonly variance: Tensor }>
  >;
}

/** `weights`: tensors by weight name, decoded; `x`: preprocessed batch (one tensor per input). */
export function forward(
  _room: Room,
  _architecture: Architecture,
  _weights: Readonly<Record<string, Tensor>>,
  _x: readonly Tensor[],
  _options: ForwardOptions,
): ForwardResult {
  throw new Error("internal: not built yet");
}
