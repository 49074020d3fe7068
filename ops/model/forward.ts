/** Runs a model's layers on our kernels: the one interpreter that training and inference share. */
import { matchSelector } from "../../engine/selector.ts";
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import type { LayerRun } from "./kinds/define.ts";
import { kindOf } from "./kinds/mod.ts";
import { isBatchNorm } from "./kinds/norm.ts";
import { namedLayers } from "./layers.ts";
import { type Architecture, type Layer, ownerOf, type Role, weightName } from "./model.ts";

/** How to run. */
export interface ForwardOptions {
  /** Batch statistics and dropout. */
  readonly training: boolean;
  /** Layers that stay as they are while others train: they, and what is tied to them, run as in inference. */
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

/** A structure whose weights are tensors, by weight name, decoded. */
interface TensorNetwork extends Architecture {
  readonly weights: Readonly<Record<string, Tensor>>;
}

/** Values of layers and inputs as they come to be, and what is seen on the way. */
interface ForwardPass {
  readonly values: Map<string, Tensor>;
  readonly statistics: Record<string, { mean: Tensor; variance: Tensor }>;
}

/**
 * The values a network computes; `x`: preprocessed batches, one tensor per input. Intermediate values are left to the
 * caller's `tidy`. Throws an Error that names a missing weight, tap or dropout mask, noise.
 */
export function forward(
  room: Room,
  network: TensorNetwork,
  x: readonly Tensor[],
  options: ForwardOptions,
): ForwardResult {
  const { training, transform, taps = [] } = options;
  const tapNames = taps.map((tap) => tapped(network, tap));
  // Where values only pass through, they are made in as few steps and kept as short as can be: the same bits.
  const plain = !training && transform === undefined;
  const norms = plain ? fusedNorms(network, tapNames) : new Map<string, string>();
  const done = new Set(norms.values());
  const last = plain ? lastReaders(network, [...network.outputs, ...tapNames]) : undefined;
  const pass: ForwardPass = { values: new Map(), statistics: {} };
  const { values, statistics } = pass;
  for (const [index, { name }] of network.inputs.entries()) {
    const value = x[index];
    if (value === undefined) throw new Error(`internal: input "${name}" got no value`);
    values.set(name, transform === undefined ? value : transform(name, value));
  }
  for (const layer of network.layers) {
    if (!done.has(layer.name)) {
      const name = norms.get(layer.name);
      const fused = name === undefined ? undefined : { norm: normOf(network, name) };
      const value = kindOf(layer).run(layer, {
        ...fused,
        room,
        ...layerRun(network, layer, pass, options),
      });
      values.set(
        name ?? layer.name,
        transform === undefined ? value : transform(layer.name, value),
      );
    }
    giveBack(values, last?.get(layer.name) ?? [], (value) => value, x);
  }
  return {
    outputs: network.outputs.map((name) => values.get(name)!),
    taps: Object.fromEntries(taps.map((tap, index) => [tap, values.get(tapNames[index]!)!])),
    statistics,
  };
}

/** What a layer is given to compute with, besides the room. */
function layerRun(
  network: TensorNetwork,
  layer: Layer,
  { values, statistics }: ForwardPass,
  { training, frozen, dropout, noise }: ForwardOptions,
): Omit<LayerRun, "room" | "norm"> {
  const { name, inputs } = layer;
  return {
    training: training && frozen?.has(ownerOf(layer)) !== true,
    inputs: inputs.map((input) => values.get(input)!),
    weight: (role) => weightOf(network, layer, role),
    statistics: (mean, variance) => statistics[name] = { mean, variance },
    dropout(shape, rate) {
      if (dropout === undefined) throw new Error(`internal: "${name}" got no dropout mask`);
      return dropout(name, shape, rate);
    },
    noise(shape) {
      if (noise === undefined) throw new Error(`internal: "${name}" got no noise`);
      return noise(name, shape);
    },
  };
}

function weightOf({ weights }: TensorNetwork, layer: Layer, role: Role): Tensor {
  const name = weightName(layer, role);
  const weight = weights[name];
  if (weight === undefined) throw new Error(`internal: weight "${name}" is missing`);
  return weight;
}

function normOf(network: TensorNetwork, name: string): NonNullable<LayerRun["norm"]> {
  const layer = network.layers.find((layer) => layer.name === name);
  if (layer === undefined || !isBatchNorm(layer)) {
    throw new Error(`internal: "${name}" is no batchnorm`);
  }
  const [mean, variance, gamma, beta] = (["mean", "variance", "gamma", "beta"] as const)
    .map((role) => weightOf(network, layer, role)) as [Tensor, Tensor, Tensor, Tensor];
  return { mean, variance, gamma, beta, epsilon: layer.epsilon, activation: layer.activation };
}

/**
 * Disposes the tensors of values that nothing reads any more; a layer may have handed its input on as it was: `x`
 * stays.
 */
export function giveBack<V>(
  values: Map<string, V>,
  names: readonly string[],
  tensorOf: (value: V) => Tensor,
  x: readonly Tensor[],
): void {
  for (const name of names) {
    const value = values.get(name);
    values.delete(name);
    if (value === undefined) continue;
    const tensor = tensorOf(value);
    if (x.includes(tensor) || values.values().some((other) => tensorOf(other) === tensor)) continue;
    tensor.dispose();
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
export function lastReaders(
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
