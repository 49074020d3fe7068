/**
 * How each layer kind couples channels: which channels leave it given those that enter, which axes of its weights
 * follow, and how its attributes change when some go. The one place that knows; the table is exhaustive.
 */
import { sizeOf } from "../layers.ts";
import type { Layer, LayerKind, LayerOf, Role } from "../model.ts";

/** For each index of a tensor's last axis, the channel it carries: equal numbers go together or stay together. */
export type Channels = Int32Array;

/** What a row may do to channels. */
export interface Ties {
  /** Channels that depend on no others: the layer's own filters. */
  fresh(count: number): Channels;
  /** The two can only go together. */
  tie(one: number, other: number): void;
  /** They cannot go; returns them. */
  fix(channels: Channels): Channels;
}

/** The axis of a weight follows the channels that enter, those that leave, or none. */
export type Side = "in" | "out" | null;

/** One row of the table. */
export interface Coupling<K extends LayerKind> {
  /** True where the layer has filters of its own, so that its output channels can be chosen among. */
  readonly writes: boolean;
  channels(
    layer: LayerOf<K>,
    inputs: readonly Channels[],
    shapes: readonly (readonly number[])[],
    ties: Ties,
    output: readonly number[],
  ): Channels;
  readonly weights: Readonly<Partial<Record<Role, readonly Side[]>>>;
  /** The layer when `count` of its output channels are left. */
  resize(layer: LayerOf<K>, count: number): LayerOf<K>;
}

const same = <L extends Layer>(layer: L): L => layer;

/** Kinds whose output carries the channels of their one input. */
const follows = {
  writes: false,
  channels: (_layer: Layer, [channels]: readonly Channels[]): Channels => channels!,
  weights: {},
  resize: same,
};

const COUPLINGS: { readonly [K in LayerKind]: Coupling<K> } = {
  dense: {
    writes: true,
    channels: (layer, _inputs, _shapes, ties) => ties.fresh(layer.units),
    weights: { kernel: ["in", "out"], bias: ["out"] },
    resize: (layer, units) => ({ ...layer, units }),
  },
  conv: {
    writes: true,
    channels: (layer, _inputs, _shapes, ties) => ties.fresh(layer.filters),
    weights: { kernel: [null, null, "in", "out"], bias: ["out"] },
    resize: (layer, filters) => ({ ...layer, filters }),
  },
  "conv-transpose": {
    writes: true,
    channels: (layer, _inputs, _shapes, ties) => ties.fresh(layer.filters),
    weights: { kernel: [null, null, "in", "out"], bias: ["out"] },
    resize: (layer, filters) => ({ ...layer, filters }),
  },
  // Output channel c·multiplier + m reads input channel c alone, so it goes with it.
  depthwise: {
    ...follows,
    channels: (layer, [channels]) => repeatEach(channels!, layer.multiplier),
    weights: { kernel: [null, null, "in", null], bias: ["out"] },
  },
  batchnorm: {
    ...follows,
    weights: { gamma: ["out"], beta: ["out"], mean: ["out"], variance: ["out"] },
  },
  embedding: {
    writes: true,
    channels: (layer, _inputs, _shapes, ties) => ties.fresh(layer.size),
    weights: { kernel: [null, "out"] },
    resize: (layer, size) => ({ ...layer, size }),
  },
  position: { ...follows, weights: { kernel: [null, "out"] } },
  // Its mean and deviation are taken over all channels: without one of them it would be another function.
  "layer-norm": {
    ...follows,
    channels: (_layer, [channels], _shapes, ties) => ties.fix(channels!),
    weights: { gamma: ["out"], beta: ["out"] },
  },
  // Heads are of one width, and the scores are scaled by it.
  attention: {
    ...follows,
    channels: (_layer, [queries, keys, values], _shapes, ties) =>
      [queries!, keys!, values!].map(ties.fix)[2]!,
  },
  first: follows,
  activation: follows,
  "max-pool": follows,
  "average-pool": follows,
  "global-average-pool": follows,
  "global-max-pool": follows,
  // What enters meets rows of the kernel above those of its own state; what leaves is read by itself again.
  recurrent: {
    ...follows,
    channels: (layer, [channels], _shapes, ties) => {
      ties.fix(channels!);
      return ties.fix(ties.fresh(layer.units));
    },
  },
  upsample: follows,
  dropout: follows,
  pad: follows,
  crop: follows,
  // What was a channel may be a row now: then all stay.
  permute: {
    ...follows,
    channels: ({ order }, [channels], _shapes, ties, output) => {
      if (order.at(-1) === order.length - 1) return channels!;
      channels!.forEach((channel) => ties.tie(channels![0]!, channel));
      return new Int32Array(output.at(-1)!).fill(channels![0]!);
    },
  },
  // Row-major NHWC: feature (h·W + w)·C + c carries channel c.
  flatten: {
    ...follows,
    channels: (_layer, [channels], [shape]) =>
      repeatAll(channels!, sizeOf(shape!) / channels!.length),
  },
  reshape: {
    ...follows,
    channels: (_layer, [channels], [shape], ties, output) => {
      const flat = repeatAll(channels!, sizeOf(shape!) / channels!.length);
      const result = flat.slice(0, output.at(-1)!);
      flat.forEach((channel, i) => ties.tie(result[i % result.length]!, channel));
      return result;
    },
    resize: (layer, count) => {
      const shape = [...layer.shape];
      if (shape.at(-1) !== -1) shape[shape.length - 1] = count;
      return { ...layer, shape };
    },
  },
  add: { ...follows, channels: tied },
  // Mean and log-variance of one latent number go together.
  sample: { ...follows, channels: tied },
  concat: {
    ...follows,
    channels: (_layer, inputs) => Int32Array.from(inputs.flatMap((channels) => [...channels])),
  },
  // A softmax is over all classes: without one of them the others would be others.
  mixture: {
    ...follows,
    channels: (_layer, inputs, _shapes, ties) => inputs.map(ties.fix)[0]!,
  },
  // Parts stay equal: what stands at one place in each goes together.
  split: {
    ...follows,
    channels: ({ parts, part }, [channels], _shapes, ties) => {
      const each = tieParts(channels!, parts, ties);
      return channels!.slice(part * each, (part + 1) * each);
    },
  },
  shuffle: {
    ...follows,
    channels: ({ groups }, [channels], _shapes, ties) => {
      const each = tieParts(channels!, groups, ties);
      return channels!.map((_, i) => channels![(i % groups) * each + Math.floor(i / groups)]!);
    },
  },
};

/** The row of a layer's own kind; TypeScript does not correlate the two unions. */
export const couplingOf = (layer: Layer): Coupling<LayerKind> =>
  COUPLINGS[layer.kind] as unknown as Coupling<LayerKind>;

/** The channels of the first input, each together with the same one of every other. */
function tied(
  _layer: Layer,
  [first, ...others]: readonly Channels[],
  _shapes: unknown,
  ties: Ties,
): Channels {
  for (const other of others) other.forEach((channel, i) => ties.tie(first![i]!, channel));
  return first!;
}

/** The size of each of so many equal parts, whose places are tied. */
function tieParts(channels: Channels, parts: number, ties: Ties): number {
  const each = channels.length / parts;
  channels.forEach((channel, i) => ties.tie(channels[i % each]!, channel));
  return each;
}

function repeatEach(channels: Channels, times: number): Channels {
  return Int32Array.from(
    { length: channels.length * times },
    (_, i) => channels[Math.floor(i / times)]!,
  );
}

function repeatAll(channels: Channels, times: number): Channels {
  return Int32Array.from(
    { length: channels.length * times },
    (_, i) => channels[i % channels.length]!,
  );
}
