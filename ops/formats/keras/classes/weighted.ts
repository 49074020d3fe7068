/** Readers of the Keras layers that multiply: dense and convolutions. */
import { excerpt } from "../../../../engine/quote.ts";
import type { WindowAttributes } from "../../../model/model.ts";
import { fusedActivation, KERAS_TRANSPOSED } from "../words.ts";
import type { FileWeight, Reading } from "../assembly.ts";
import type { Config } from "../config.ts";
import { floatWeight, permuted } from "../../../model/weights.ts";

/** The window in a layer's config. Throws where channels come first or the padding is not known. */
export function windowOf(config: Config): WindowAttributes {
  if (config.text("data_format", "channels_last") !== "channels_last") {
    throw config.wrong("only data_format channels_last can be read");
  }
  const padding = config.text("padding", "valid");
  if (padding !== "same" && padding !== "valid") {
    throw config.wrong(`its padding is ${excerpt(padding)}`);
  }
  return {
    strides: config.pair("strides", 1),
    padding,
    dilations: config.pair("dilation_rate", 1),
  };
}

/** A weight that must be there. */
export function needed({ config, weight }: Reading, kerasName: string): FileWeight {
  const found = weight(kerasName);
  if (found !== undefined) return found;
  throw config.wrong(`the file has no weight \`${kerasName}\` for it`);
}

/** `Dense`. */
export function dense(reading: Reading): string {
  const { name, config, inputs, add } = reading;
  const bias = config.flag("use_bias", true);
  const activation = fusedActivation(reading);
  const kernel = needed(reading, "kernel");
  const layer = { name, kind: "dense", inputs, units: config.number("units"), bias } as const;
  add({ ...layer, activation }, { kernel, ...biasOf(reading, bias) });
  return name;
}

/** `Conv2D`. */
export function conv2d(reading: Reading): string {
  const { name, config, inputs, add } = reading;
  if (config.number("groups", 1) !== 1) throw config.wrong("grouped convolutions cannot be read");
  const bias = config.flag("use_bias", true);
  add({
    name,
    kind: "conv",
    inputs,
    filters: config.number("filters"),
    kernel: config.pair("kernel_size"),
    ...windowOf(config),
    bias,
    activation: fusedActivation(reading),
  }, { kernel: needed(reading, "kernel"), ...biasOf(reading, bias) });
  return name;
}

/** `Conv2DTranspose`. */
export function conv2dTranspose(reading: Reading): string {
  const { name, config, inputs, add } = reading;
  const { strides, padding, dilations } = windowOf(config);
  if (dilations.some((dilation) => dilation !== 1)) throw config.wrong("it is dilated");
  if (config.raw("output_padding") != null) throw config.wrong("its output_padding is given");
  const bias = config.flag("use_bias", true);
  const { shape, values } = needed(reading, "kernel");
  const kernel = permuted(floatWeight(shape, values), KERAS_TRANSPOSED);
  add({
    name,
    kind: "conv-transpose",
    inputs,
    filters: config.number("filters"),
    kernel: config.pair("kernel_size"),
    strides,
    padding: padding as "same" | "valid",
    bias,
    activation: fusedActivation(reading),
  }, {
    kernel: { shape: kernel.shape, values: kernel.data as Float32Array },
    ...biasOf(reading, bias),
  });
  return name;
}

/** `DepthwiseConv2D`. */
export function depthwiseConv2d(reading: Reading): string {
  const { name, config, inputs, add } = reading;
  const bias = config.flag("use_bias", true);
  // Keras 3 calls it as that of other layers.
  const kernel = reading.weight("kernel") ?? needed(reading, "depthwise_kernel");
  add({
    name,
    kind: "depthwise",
    inputs,
    kernel: config.pair("kernel_size"),
    multiplier: multiplierOf(kernel),
    ...windowOf(config),
    bias,
    activation: fusedActivation(reading),
  }, { kernel, ...biasOf(reading, bias) });
  return name;
}

/** `SeparableConv2D`: `<name>.depthwise` and `<name>.pointwise`. */
export function separableConv2d(reading: Reading): string {
  const { name, config, inputs, add } = reading;
  const bias = config.flag("use_bias", true);
  const depthwise = `${name}.depthwise`;
  const pointwise = `${name}.pointwise`;
  const kernel = needed(reading, "depthwise_kernel");
  add({
    name: depthwise,
    kind: "depthwise",
    inputs,
    kernel: config.pair("kernel_size"),
    multiplier: multiplierOf(kernel),
    ...windowOf(config),
    bias: false,
    activation: "linear",
  }, { kernel });
  add({
    name: pointwise,
    kind: "conv",
    inputs: [depthwise],
    filters: config.number("filters"),
    kernel: [1, 1],
    strides: [1, 1],
    padding: "valid",
    dilations: [1, 1],
    bias,
    activation: fusedActivation(reading),
  }, { kernel: needed(reading, "pointwise_kernel"), ...biasOf(reading, bias) });
  return pointwise;
}

/** Taken from the kernel, because tfjs does not save a SeparableConv2D's `depth_multiplier`. */
function multiplierOf({ shape }: FileWeight): number {
  return shape.at(-1)!;
}

function biasOf(reading: Reading, bias: boolean): { bias?: FileWeight } {
  return bias ? { bias: needed(reading, "bias") } : {};
}
