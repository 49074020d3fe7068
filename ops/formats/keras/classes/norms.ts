/** Readers of the Keras layers that scale and shift. */
import { channelScale } from "../../channel_scale.ts";
import { given } from "../../../../engine/given.ts";
import type { Shape } from "../../../model/layers.ts";
import type { FileWeight, Reading } from "../assembly.ts";
import { PREPROCESS_LAYER } from "../words.ts";
import { type Chain, chainOf } from "./chain.ts";
import { needed } from "./weighted.ts";

/** `BatchNormalization`; a gamma or beta that the layer goes without is 1 or 0. Another axis is moved to the end. */
export function batchNormalization(reading: Reading): string {
  const { name, config, inputs, shapes: [shape] } = reading;
  const [axis = -1] = config.numbers("axis");
  const along = axisOf(reading, axis);
  const constant = constantOf(shape![along]!);
  const epsilon = config.number("epsilon", 0.001);
  const weights = {
    gamma: config.flag("scale", true) ? needed(reading, "gamma") : constant(1),
    beta: config.flag("center", true) ? needed(reading, "beta") : constant(0),
    mean: needed(reading, "moving_mean"),
    variance: needed(reading, "moving_variance"),
  };
  if (name === PREPROCESS_LAYER && reading.first && epsilon === 0) {
    const { gamma, beta } = weights;
    reading.preprocess({ scale: [...gamma.values], offset: [...beta.values] });
    return inputs[0]!;
  }
  const momentum = config.number("momentum", 0.99);
  const order = lastTo(shape!, along);
  const moved = along < shape!.length - 1;
  return chainOf(reading).transposed("turned", order)
    .then(
      moved ? "norm" : "",
      { kind: "batchnorm", epsilon, momentum, activation: "linear" },
      { weights },
    ).transposed("", order).last;
}

/** `LayerNormalization` along the last axis, or along all from one on. */
export function layerNormalization(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  if (config.flag("rms_scaling", false)) throw config.wrong("`rms_scaling` cannot be read");
  const listed = config.numbers("axis");
  const axes = (listed.length > 0 ? listed : [-1]).map((axis) => axisOf(reading, axis)).sort();
  const from = shape!.length - axes.length;
  if (axes.some((axis, at) => axis !== from + at)) {
    throw config.wrong("only the last axes can be normalized");
  }
  const size = shape!.slice(from).reduce((product, extent) => product * extent, 1);
  const constant = constantOf(size);
  const flat = ({ values }: FileWeight) => ({ shape: [size], values });
  const weights = {
    gamma: config.flag("scale", true) ? flat(needed(reading, "gamma")) : constant(1),
    beta: config.flag("center", true) ? flat(needed(reading, "beta")) : constant(0),
  };
  return chainOf(reading).as("row", [...shape!.slice(0, from), size])
    .then("", { kind: "layer-norm", epsilon: config.number("epsilon", 0.001) }, { weights })
    .as("axes", shape!).last;
}

/** `GroupNormalization`: what each group of channels has in all pixels, then gamma and beta for each channel. */
export function groupNormalization(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  if (axisOf(reading, config.number("axis", -1)) !== shape!.length - 1) {
    throw config.wrong("only the last axis can be normalized");
  }
  const channels = shape!.at(-1)!;
  const groups = config.number("groups", 32) === -1 ? channels : config.number("groups", 32);
  const each = channels / groups;
  if (!Number.isInteger(each)) {
    throw config.wrong(`its ${groups} groups do not divide its channels`);
  }
  const pixels = shape!.slice(0, -1).reduce((product, extent) => product * extent, 1);
  const chain = chainOf(reading).as("grouped", [pixels, groups, each])
    .transposed("groups", [1, 0, 2]).as("row", [groups, pixels * each])
    .then("standard", {
      kind: "standardize",
      by: "deviation",
      epsilon: config.number("epsilon", 0.001),
    })
    .as("pixels", [groups, pixels, each]).transposed("back", [1, 0, 2]).as("image", shape!);
  return scaled(
    chain,
    config.flag("scale", true) ? needed(reading, "gamma").values : undefined,
    config.flag("center", true) ? needed(reading, "beta").values : undefined,
  ).last;
}

/** `RMSNormalization`, and a scale for each channel. */
export function rmsNormalization(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  if (axisOf(reading, config.numbers("axis")[0] ?? -1) !== shape!.length - 1) {
    throw config.wrong("only the last axis can be normalized");
  }
  const epsilon = config.number("epsilon", 1e-6);
  const chain = chainOf(reading).then("standard", { kind: "standardize", by: "rms", epsilon });
  return scaled(chain, needed(reading, "scale").values, undefined).last;
}

/** `UnitNormalization` along the last axes. */
export function unitNormalization(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  const listed = config.numbers("axis");
  const axes = (listed.length > 0 ? listed : [-1]).map((axis) => axisOf(reading, axis)).sort();
  const from = shape!.length - axes.length;
  if (axes.some((axis, at) => axis !== from + at)) {
    throw config.wrong("only the last axes can be normalized");
  }
  const size = shape!.slice(from).reduce((product, extent) => product * extent, 1);
  return chainOf(reading).as("row", [...shape!.slice(0, from), size])
    .then("", { kind: "standardize", by: "length", epsilon: 1e-12 }).as("axes", shape!).last;
}

/** `Normalization` by a mean and a variance that were learned before: preprocessing behind the input, else a scale. */
export function normalization(reading: Reading): string {
  const { config, inputs, shapes: [shape], weight } = reading;
  const channels = shape!.at(-1)!;
  const read = (name: string) => {
    const listed = config.numbers(name);
    return listed.length > 0 ? Float32Array.from(listed) : weight(name)?.values;
  };
  const [mean, variance] = [read("mean"), read("variance")];
  if (mean === undefined || variance === undefined) {
    throw config.wrong("the file has no mean and variance for it");
  }
  if (config.flag("invert", false)) throw config.wrong("`invert` cannot be read");
  const wide = [mean, variance].every(({ length }) => length === 1 || length === channels);
  if (!wide) throw config.wrong("only the last axis can be normalized");
  const at = (values: Float32Array, channel: number) => values[values.length === 1 ? 0 : channel]!;
  const scale = Float32Array.from(
    { length: channels },
    (_, c) => 1 / Math.max(Math.sqrt(at(variance, c)), 1e-7),
  );
  const offset = scale.map((each, c) => -at(mean, c) * each);
  if (reading.first) {
    reading.preprocess({ scale: [...scale], offset: [...offset] });
    return inputs[0]!;
  }
  return scaled(chainOf(reading), scale, offset).last;
}

/** `Rescaling`: preprocessing behind the input, else a scale and a shift. */
export function rescaling(reading: Reading): string {
  const { config, inputs, first, shapes: [shape] } = reading;
  const listed = [config.numbers("scale"), config.numbers("offset")] as const;
  const [scale, offset] = [
    listed[0].length > 0 ? listed[0] : [1],
    listed[1].length > 0 ? listed[1] : [0],
  ];
  if (first) {
    reading.preprocess({ scale, offset });
    return inputs[0]!;
  }
  const chain = chainOf(reading);
  if (scale.length === 1 && offset.length === 1) {
    const parameters = [scale[0]!, offset[0]!];
    return chain.then("", { kind: "function", function: "scale", parameters }).last;
  }
  const channels = shape!.at(-1)!;
  const wide = (values: readonly number[]) =>
    Float32Array.from({ length: channels }, (_, c) => values[values.length === 1 ? 0 : c]!);
  return scaled(chain, wide(scale), wide(offset)).last;
}

/** A scale and a shift for each channel: a convolution of one pixel that keeps channels apart. */
function scaled(
  chain: Chain,
  gamma: Float32Array | undefined,
  beta: Float32Array | undefined,
): Chain {
  const { shape } = chain;
  if (gamma === undefined && beta === undefined) return chain;
  const channels = shape.at(-1)!;
  const pixels = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  const values = gamma ?? new Float32Array(channels).fill(1);
  const image = shape.length === 3 ? shape : [pixels, 1, channels];
  return chain.as("flat", image).then("", channelScale(beta !== undefined), {
    weights: {
      kernel: { shape: [1, 1, channels, 1], values },
      ...given({ bias: beta && { shape: [channels], values: beta } }),
    },
  }).as("shaped", shape);
}

/** An axis as we count them, from 0 without the batch. */
function axisOf({ config, shapes: [shape] }: Reading, axis: number): number {
  const along = axis < 0 ? shape!.length + axis : axis - 1;
  if (Number.isInteger(along) && along >= 0 && along < shape!.length) return along;
  throw config.wrong(`its axis is ${axis}`);
}

/** The order of axes in which one and the last have changed places. */
function lastTo(shape: Shape, along: number): readonly number[] {
  const last = shape.length - 1;
  return shape.map((_, at) => at === along ? last : at === last ? along : at);
}

/** A weight whose values are all the same, one per channel. */
function constantOf(channels: number): (value: number) => FileWeight {
  return (value) => ({ shape: [channels], values: new Float32Array(channels).fill(value) });
}
