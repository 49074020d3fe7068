/** Readers of the Keras layers that multiply: dense and convolutions. */
import { given } from "../../../../engine/given.ts";
import { quotedJson } from "../../../../engine/quote.ts";
import { floatWeight, permuted } from "../../../model/weights.ts";
import type { FileWeight, Reading } from "../assembly.ts";
import { KERAS_TRANSPOSED } from "../words.ts";
import { endingBehind } from "./activations.ts";
import { type Chain, chainOf } from "./chain.ts";
import { channelsLast, extents, windowOf } from "./windows.ts";

/** A weight that must be there. */
export function needed({ config, weight }: Reading, kerasName: string): FileWeight {
  const found = weight(kerasName);
  if (found !== undefined) return found;
  throw config.wrong(`the file has no weight \`${kerasName}\` for it`);
}

/** `Dense`. */
export function dense(reading: Reading): string {
  const { name, config, inputs } = reading;
  const bias = config.flag("use_bias", true);
  const ending = endingBehind(reading);
  const kernel = needed(reading, "kernel");
  const layer = { name, kind: "dense", inputs, units: config.number("units"), bias } as const;
  reading.add({ ...layer, activation: ending.fused }, { kernel, ...biasOf(reading, bias) });
  return ending.add(name);
}

/** `EinsumDense` whose equation sums over the last axes of what it reads, and over the first of its kernel. */
export function einsumDense(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  const equation = config.text("equation", "").replaceAll("...", "…");
  const [, input = "", own = "", output = ""] = /^([^,>]+),([^,>]+)->([^,>]+)$/.exec(equation) ??
    [];
  const summed = [...input].filter((axis) => !output.includes(axis)).join("");
  const made = own.slice(summed.length);
  const rest = input.slice(0, input.length - summed.length);
  const fits = summed.length > 0 && input.endsWith(summed) && own.startsWith(summed) &&
    output === rest + made;
  if (!fits) {
    throw config.wrong(`its equation ${quotedJson(config.raw("equation"))} cannot be read`);
  }
  const kernel = needed(reading, "kernel");
  const front = shape!.slice(0, shape!.length - summed.length);
  const size = (extents: readonly number[]) => extents.reduce((product, each) => product * each, 1);
  const extents = kernel.shape.slice(summed.length);
  const units = size(extents);
  const bias = config.raw("bias_axes") != null ? needed(reading, "bias") : undefined;
  if (bias !== undefined && bias.values.length !== units) {
    throw config.wrong("its bias_axes cannot be read");
  }
  const ending = endingBehind(reading);
  const last = chainOf(reading)
    .as("rows", [...front, size(shape!.slice(front.length))])
    .then(
      "",
      { kind: "dense", units, bias: bias !== undefined, activation: ending.fused },
      {
        weights: weightsOf(
          reshaped(kernel, [kernel.values.length / units, units]),
          bias && reshaped(bias, [units]),
        ),
      },
    ).as("axes", [...front, ...extents]).last;
  return ending.add(last);
}

const reshaped = ({ values }: FileWeight, shape: readonly number[]): FileWeight => ({
  shape,
  values,
});
const weightsOf = (kernel: FileWeight, bias: FileWeight | undefined) =>
  bias === undefined ? { kernel } : { kernel, bias };

/** `Conv1D` and `Conv2D`; of groups each reads its part of the channels, and they are joined. */
export function convolution(axes: 1 | 2, reading: Reading): string {
  const { config } = reading;
  const groups = config.number("groups", 1);
  const filters = config.number("filters");
  const { kernel, window, weight } = slider(axes, reading, "kernel");
  const bias = config.flag("use_bias", true);
  const biasWeight = biasOf(reading, bias);
  const ending = endingBehind(reading);
  return rowwise(axes, reading, ending, (chain, suffix) => {
    const activation = ending.fused;
    if (groups === 1) {
      return chain.then(
        suffix,
        { kind: "conv", filters, kernel, ...window, bias, activation },
        { weights: { kernel: weight, ...biasWeight } },
      );
    }
    const each = filters / groups;
    const channels = chain.shape.at(-1)!;
    if (!(groups > 1 && Number.isInteger(each) && Number.isInteger(channels / groups))) {
      throw config.wrong(`its ${groups} groups do not divide its channels`);
    }
    if (channels === groups) {
      // A channel in each: of the kernel's two last axes the first has one place.
      const shape = [...kernel, channels, each];
      return chain.then(
        suffix,
        { kind: "depthwise", multiplier: each, kernel, ...window, bias, activation },
        { weights: { kernel: reshaped(weight, shape), ...biasWeight } },
      );
    }
    const parts = Array.from(
      { length: groups },
      (_, part) =>
        chain.then(`part${part + 1}`, { kind: "split", parts: groups, part }).then(
          `group${part + 1}`,
          { kind: "conv", filters: each, kernel, ...window, bias, activation },
          { weights: partOf({ kernel: weight, ...biasWeight }, groups, part) },
        ).last,
    );
    return chainOf(reading, parts[0]).then(suffix, { kind: "concat" }, { others: parts.slice(1) });
  });
}

/** The weights of one of so many groups: its part of their last axis. */
function partOf<W extends Readonly<Record<string, FileWeight>>>(
  weights: W,
  groups: number,
  part: number,
): W {
  return Object.fromEntries(
    Object.entries(weights).map(([role, { shape, values }]) => {
      const width = shape.at(-1)!;
      const each = width / groups;
      const own = values.filter((_, at) => Math.floor(at % width / each) === part);
      return [role, { shape: [...shape.slice(0, -1), each], values: own }];
    }),
  ) as unknown as W;
}

/** `Conv1DTranspose` and `Conv2DTranspose`. */
export function transposed(axes: 1 | 2, reading: Reading): string {
  const { config } = reading;
  const { dilations } = windowOf(config, axes, extents(config, "kernel_size", axes, 1));
  if (dilations.some((dilation) => dilation !== 1)) throw config.wrong("it is dilated");
  if (config.raw("output_padding") != null) throw config.wrong("its output_padding is given");
  const { kernel, window: { strides, padding } } = slider(axes, reading, "kernel");
  if (typeof padding !== "string") throw config.wrong("its padding is causal");
  const { values } = needed(reading, "kernel");
  const [filters, channels] = [config.number("filters"), reading.shapes[0]!.at(-1)!];
  if (values.length !== kernel[0] * kernel[1] * filters * channels) {
    throw config.wrong("its kernel is of another size");
  }
  const kernelOfOurs = permuted(
    floatWeight([...kernel, filters, channels], values),
    KERAS_TRANSPOSED,
  );
  const weight = { shape: kernelOfOurs.shape, values: kernelOfOurs.data as Float32Array };
  const bias = config.flag("use_bias", true);
  const biasWeight = biasOf(reading, bias);
  const ending = endingBehind(reading);
  return rowwise(axes, reading, ending, (chain, suffix) =>
    chain.then(
      suffix,
      { kind: "conv-transpose", filters, kernel, strides, padding, bias, activation: ending.fused },
      { weights: { kernel: weight, ...biasWeight } },
    ));
}

/** `DepthwiseConv1D` and `DepthwiseConv2D`. */
export function depthwise(axes: 1 | 2, reading: Reading): string {
  const { config, weight: find } = reading;
  // Keras 3 calls it as that of other layers.
  const name = find("kernel") === undefined ? "depthwise_kernel" : "kernel";
  const { kernel, window, weight } = slider(axes, reading, name);
  const bias = config.flag("use_bias", true);
  const biasWeight = biasOf(reading, bias);
  const ending = endingBehind(reading);
  const multiplier = multiplierOf(weight);
  return rowwise(axes, reading, ending, (chain, suffix) =>
    chain.then(
      suffix,
      { kind: "depthwise", kernel, multiplier, ...window, bias, activation: ending.fused },
      { weights: { kernel: weight, ...biasWeight } },
    ));
}

/** `SeparableConv1D` and `SeparableConv2D`: `<name>.depthwise` and `<name>.pointwise`. */
export function separable(axes: 1 | 2, reading: Reading): string {
  const { config } = reading;
  const { kernel, window, weight } = slider(axes, reading, "depthwise_kernel");
  const pointwise = needed(reading, "pointwise_kernel");
  const bias = config.flag("use_bias", true);
  const biasWeight = biasOf(reading, bias);
  const ending = endingBehind(reading);
  return rowwise(axes, reading, ending, (chain) =>
    chain.then("depthwise", {
      kind: "depthwise",
      kernel,
      multiplier: multiplierOf(weight),
      ...window,
      bias: false,
      activation: "linear",
    }, { weights: { kernel: weight } }).then("pointwise", {
      kind: "conv",
      filters: config.number("filters"),
      kernel: [1, 1],
      strides: [1, 1],
      padding: "valid",
      dilations: [1, 1],
      bias,
      activation: ending.fused,
    }, {
      weights: { kernel: reshaped(pointwise, [1, 1, ...pointwise.shape.slice(-2)]), ...biasWeight },
    }));
}

/** The window of a layer and its kernel as of an image. */
function slider(axes: 1 | 2, reading: Reading, kerasName: string) {
  const { config } = reading;
  channelsLast(config);
  const size = extents(config, "kernel_size", axes, Number.NaN);
  if (size.some(Number.isNaN)) throw config.wrong("`kernel_size` is nothing, it should be numbers");
  const [rows = 1, columns = 1] = size;
  const weight = needed(reading, kerasName);
  const shape = axes === 1 && weight.shape.length === 3
    ? [weight.shape[0]!, 1, ...weight.shape.slice(1)]
    : weight.shape;
  return {
    kernel: [rows, columns] as [number, number],
    window: windowOf(config, axes, size),
    weight: reshaped(weight, shape),
  };
}

/** Builds on an image: of rows, an image with a single column. The ending is added behind all. */
function rowwise(
  axes: 1 | 2,
  reading: Reading,
  ending: ReturnType<typeof endingBehind>,
  build: (chain: Chain, suffix: string) => Chain,
): string {
  if (axes === 2) return ending.add(build(chainOf(reading), "").last);
  const [length, channels] = reading.shapes[0] as readonly [number, number];
  const built = build(chainOf(reading).as("image", [length, 1, channels]), "");
  return ending.add(built.as("rows", [built.shape[0]!, built.shape[2]!]).last);
}

/** Taken from the kernel, because tfjs does not save a SeparableConv2D's `depth_multiplier`. */
function multiplierOf({ shape }: FileWeight): number {
  return shape.at(-1)!;
}

function biasOf(reading: Reading, bias: boolean): { bias?: FileWeight } {
  return given({ bias: bias ? needed(reading, "bias") : undefined });
}
