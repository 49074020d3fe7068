/** Runs a model's layers on our kernels: the one interpreter that training and inference share. */
import { matchSelector } from "../../engine/selector.ts";
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import type { LayerRun } from "./kinds/define.ts";
import { kindOf } from "./kinds/mod.ts";
import { isBatchNorm } from "./kinds/norm.ts";
import { namedLayers } from "./layers.ts";
import { type Architecture, type Layer, type Role, weightName } from "./model.ts";

/** How to run. */
export interface ForwardOptions {
  /** Batch statistics and dropout. */
  readonly training: boolean;
  /** Layers that stay as they are while others train: they run as in inference. */
  readonly frozen?: ReadonlySet<string>;
  /** Mask of a dropout layer, already scaled by 1/(1 − rate); required where `training` meets a dropout. */
  readonly dropout?: (layer: string, shape: readonly number[], rate: number) => Tensor;
  /** Standard normal draws of a sampling layer; required where `training` meets one. */
  readonly noise?: (layer: string, shape: readonly number[]) => Tensor;
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
 * dropout mask, noise.
 */
export function forward(
  room: Room,
  architecture: Architecture,
  weights: Readonly<Record<string, Tensor>>,
  x: readonly Tensor[],
  { training, frozen, dropout, noise, transform, taps = [] }: ForwardOptions,
): ForwardResult {
  const tapNames = taps.map((tap) => tapped(architecture, tap));
  // Where values only pass through, they are made in as few steps and kept as short as can be: the same bits.
  const plain = !training && transform === undefined;
  const norms = plain ? fusedNorms(architecture, tapNames) : new Map<string, string>();
  const done = new Set(norms.values());
  const last = plain
    ? lastReaders(architecture, [...architecture.outputs, ...tapNames])
    : undefined;
  const values = new Map<string, Tensor>();
  const statistics: Record<string, { mean: Tensor; variance: Tensor }> = {};
  for (const [index, { name }] of architecture.inputs.entries()) {
    const value = x[index];
    if (value === undefined) throw new Error(`internal: input "${name}" got no value`);
    values.set(name, transform === undefined ? value : transform(name, value));
  }
  for (const layer of architecture.layers) {
    if (!done.has(layer.name)) {
      const value = run(layer);
      const name = norms.get(layer.name) ?? layer.name;
      values.set(name, transform === undefined ? value : transform(layer.name, value));
    }
    giveBack(last?.get(layer.name) ?? []);
  }
  const wanted = taps.map((tap, index) => [tap, values.get(tapNames[index]!)!]);
  return {
    outputs: architecture.outputs.map((name) => values.get(name)!),
    taps: Object.fromEntries(wanted),
    statistics,
  };

  function weightOf(layer: string, role: Role): Tensor {
    const name = weightName(layer, role);
    const weight = weights[name];
    if (weight === undefined) throw new Error(`internal: weight "${name}" is missing`);
    return weight;
  }

  function normOf(name: string): NonNullable<LayerRun["norm"]> {
    const layer = architecture.layers.find((layer) => layer.name === name);
    if (layer === undefined || !isBatchNorm(layer)) {
      throw new Error(`internal: "${name}" is no batchnorm`);
    }
    const [mean, variance, gamma, beta] = (["mean", "variance", "gamma", "beta"] as const)
      .map((role) => weightOf(name, role)) as [Tensor, Tensor, Tensor, Tensor];
    return { mean, variance, gamma, beta, epsilon: layer.epsilon, activation: layer.activation };
  }

  /** Disposes values that nothing reads any more; a layer may have handed its input on as it was. */
  function giveBack(names: readonly string[]): void {
    for (const name of names) {
      const value = values.get(name);
      values.delete(name);
      if (value !== undefined && ![...x, ...values.values()].includes(value)) value.dispose();
    }
  }

  function run(layer: Layer): Tensor {
    const norm = norms.get(layer.name);
    return kindOf(layer).run(layer, {
      ...(norm === undefined ? {} : { norm: normOf(norm) }),
      room,
      training: training && frozen?.has(layer.name) !== true,
      inputs: layer.inputs.map((name) => values.get(name)!),
      weight: (role) => weightOf(layer.name, role),
      statistics: (mean, variance) => statistics[layer.name] = { mean, variance },
      dropout(shape, rate) {
        if (dropout === undefined) throw new Error(`internal: "${layer.name}" got no dropout mask`);
        return dropout(layer.name, shape, rate);
      },
      noise(shape) {
        if (noise === undefined) throw new Error(`internal: "${layer.name}" got no noise`);
        return noise(layer.name, shape);
      },
    });
  }
}

/**
 * Batchnorms by the layer that does them on the way out, so that its own value is never made: one that can, has no
 * activation of its own, and that nothing else reads.
 * `wanted`: layers whose values somebody asked for.
 */
function fusedNorms(
  { layers, outputs }: Architecture,
  wanted: readonly string[],
): ReadonlyMap<string, string> {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const readers = new Map<string, number>();
  for (const name of [...layers.flatMap(({ inputs }) => inputs), ...outputs, ...wanted]) {
    readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const fused = new Map<string, string>();
  for (const norm of layers.filter(isBatchNorm)) {
    const layer = byName.get(norm.inputs[0]!);
    if (layer === undefined || !kindOf(layer).fusesNorm || readers.get(layer.name) !== 1) continue;
    if (!("activation" in layer) || layer.activation === "linear") fused.set(layer.name, norm.name);
  }
  return fused;
}

/** Layers by the one that reads their value last; `wanted` stay. */
function lastReaders(
  { layers }: Architecture,
  wanted: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const reader = new Map<string, string>();
  for (const { name, inputs } of layers) inputs.forEach((input) => reader.set(input, name));
  wanted.forEach((name) => reader.delete(name));
  return Map.groupBy(reader.keys(), (name) => reader.get(name)!);
}

/**
 * The input or layer whose value a tap means: the last of a group, so `stem` means `stem.norm` where that follows.
 * Throws a RangeError where nothing is called so.
 */
export function tapped(architecture: Architecture, tap: string): string {
  if (architecture.inputs.some(({ name }) => name === tap)) return tap;
  const name = matchSelector(tap, namedLayers(architecture)).at(-1);
  if (name === undefined) {
    throw new RangeError(`Cannot tap "${tap}": no layer or group has this name`);
  }
  return name;
}
