/** Runs a model's layers on our kernels: the one interpreter that training and inference share. */
import { matchSelector } from "../../engine/selector.ts";
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import { runLayer } from "./layers/run.ts";
import { selectorType } from "./layers/selector_type.ts";
import { type Architecture, type Layer, weightName } from "./model.ts";

/** How to run. */
export interface ForwardOptions {
  /** Batch statistics and dropout. */
  readonly training: boolean;
  /** Layers that stay as they are while others train: they run as in inference. */
  readonly frozen?: ReadonlySet<string>;
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

/**
 * The values a structure computes. `weights`: tensors by weight name, decoded; `x`: preprocessed batches, one tensor
 * per input. Intermediate values are left to the caller's `tidy`. Throws an Error that names a missing weight, tap or
 * dropout mask.
 */
export function forward(
  room: Room,
  architecture: Architecture,
  weights: Readonly<Record<string, Tensor>>,
  x: readonly Tensor[],
  { training, frozen, dropout, transform = (_layer, value) => value, taps = [] }: ForwardOptions,
): ForwardResult {
  const values = new Map<string, Tensor>();
  const statistics: Record<string, { mean: Tensor; variance: Tensor }> = {};
  for (const [index, { name }] of architecture.inputs.entries()) {
    const value = x[index];
    if (value === undefined) throw new Error(`internal: input "${name}" got no value`);
    values.set(name, transform(name, value));
  }
  for (const layer of architecture.layers) {
    values.set(layer.name, transform(layer.name, run(layer)));
  }
  const wanted = taps.map((tap) => [tap, values.get(tapped(architecture, tap))!]);
  return {
    outputs: architecture.outputs.map((name) => values.get(name)!),
    taps: Object.fromEntries(wanted),
    statistics,
  };

  function run(layer: Layer): Tensor {
    return runLayer(layer, {
      room,
      training: training && frozen?.has(layer.name) !== true,
      inputs: layer.inputs.map((name) => values.get(name)!),
      weight(role) {
        const name = weightName(layer.name, role);
        const weight = weights[name];
        if (weight === undefined) throw new Error(`internal: weight "${name}" is missing`);
        return weight;
      },
      statistics: (mean, variance) => statistics[layer.name] = { mean, variance },
      dropout(shape, rate) {
        if (dropout === undefined) throw new Error(`internal: "${layer.name}" got no dropout mask`);
        return dropout(layer.name, shape, rate);
      },
    });
  }
}

/**
 * The layer whose value a tap means: the last of a group, so `stem` means `stem.norm` where that follows. Throws a
 * RangeError where nothing is called so.
 */
export function tapped(architecture: Architecture, tap: string): string {
  const layers = architecture.layers.map((layer) => ({ ...layer, type: selectorType(layer) }));
  const name = matchSelector(tap, layers).at(-1);
  if (name === undefined) {
    throw new RangeError(`Cannot tap "${tap}": no layer or group has this name`);
  }
  return name;
}
