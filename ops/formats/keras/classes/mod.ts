/** Readers of Keras layer classes: each adds layers to the model and names the one that stands for it. */
import { excerpt, quotedJson } from "../../../../engine/quote.ts";
import { LEAKY_SLOPE } from "../../../model/kinds/attributes.ts";
import { activationNamed, fusedActivation } from "../words.ts";
import type { Reading } from "../assembly.ts";
import { embedding, lstm } from "./sequence.ts";
import { batchNormalization, layerNormalization, rescaling } from "./norms.ts";
import {
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  separableConv2d,
  windowOf,
} from "./weighted.ts";
import type { Activation } from "../../../../engine/tensor/mod.ts";
import type { LayerOf } from "../../../model/model.ts";

const readers: Readonly<Record<string, (reading: Reading) => string>> = {
  InputLayer: inputLayer,
  Dense: dense,
  Conv2D: conv2d,
  Conv2DTranspose: conv2dTranspose,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  Embedding: embedding,
  Rescaling: rescaling,
  Activation: (reading) => activated(fusedActivation(reading), reading),
  ReLU: (reading) => activated(relu(reading), reading),
  LeakyReLU: (reading) => activated(leakyRelu(reading), reading),
  ELU: (reading) => activated(elu(reading), reading),
  Softmax: (reading) => activated(activationNamed("softmax", reading), reading),
  MaxPooling2D: (reading) => pool("max-pool", reading),
  AveragePooling2D: (reading) => pool("average-pool", reading),
  GlobalAveragePooling2D: (reading) => globalPooling("global-average-pool", reading),
  GlobalMaxPooling2D: (reading) => globalPooling("global-max-pool", reading),
  LSTM: lstm,
  UpSampling2D: upSampling,
  Flatten: (reading) => simple(reading, { kind: "flatten" }),
  Reshape: (reading) =>
    simple(reading, { kind: "reshape", shape: reading.config.numbers("target_shape") }),
  Dropout: (reading) => simple(reading, { kind: "dropout", rate: reading.config.number("rate") }),
  Add: (reading) => simple(reading, { kind: "add", activation: "linear" }),
  Concatenate: concatenate,
  ZeroPadding2D: zeroPadding,
  Cropping2D: cropping,
  Permute: permute,
};

/** Reads one layer. Throws an UnreadableModelError for a class that is not known. */
export function readKerasLayer(className: string, reading: Reading): string {
  const reader = Object.hasOwn(readers, className) ? readers[className] : undefined;
  if (reader !== undefined) return reader(reading);
  throw reading.config.wrong(
    `this kind of layer cannot be read; these can: ${Object.keys(readers).join(", ")}`,
  );
}

function inputLayer({ name, config, input }: Reading): string {
  const field = ["batch_input_shape", "batch_shape"].find((each) => config.raw(each) !== undefined);
  const shape = field === undefined ? undefined : config.raw(field);
  if (!Array.isArray(shape)) throw config.wrong("the shape of the model's input is not given");
  const [, ...sample] = shape;
  if (!sample.every((extent) => Number.isInteger(extent) && extent > 0)) {
    throw config.wrong(`the input's shape is open: ${quotedJson(sample)}`);
  }
  input({ name, shape: sample as number[] });
  return name;
}

/** A layer of one kind that reads what the node reads and has no weights. */
function simple(
  { name, inputs, add }: Reading,
  attributes:
    | { readonly kind: "flatten" | "concat" | "global-average-pool" | "global-max-pool" }
    | { readonly kind: "reshape"; readonly shape: readonly number[] }
    | { readonly kind: "dropout"; readonly rate: number }
    | { readonly kind: "add" | "activation"; readonly activation: Activation },
): string {
  add({ name, inputs, ...attributes });
  return name;
}

/** An activation joins the layer it follows where it can; linear is nothing. */
function activated(activation: Activation, reading: Reading): string {
  if (activation === "linear" || reading.fuse(activation)) return reading.inputs[0]!;
  return simple(reading, { kind: "activation", activation });
}

function relu({ config }: Reading): Activation {
  const limit = config.raw("max_value") ?? null;
  const slope = config.number("negative_slope", 0);
  if (config.number("threshold", 0) !== 0) throw config.wrong("its threshold is not 0");
  if (slope === 0 && limit === null) return "relu";
  if (slope === 0 && limit === 6) return "relu6";
  throw config.wrong(
    `max_value ${quotedJson(limit)} and negative_slope ${slope} cannot be read; 6 and 0 can`,
  );
}

function leakyRelu({ config }: Reading): Activation {
  // Keras's default is 0.3; Keras 3 calls it negative_slope.
  const slope = config.number("negative_slope", config.number("alpha", 0.3));
  if (Math.fround(slope) === Math.fround(LEAKY_SLOPE)) return "leaky-relu";
  throw config.wrong(`its slope below 0 is ${slope}, only ${LEAKY_SLOPE} can be read`);
}

function elu({ config }: Reading): Activation {
  if (config.number("alpha", 1) === 1) return "elu";
  throw config.wrong("only alpha 1 can be read");
}

function pool(kind: "max-pool" | "average-pool", reading: Reading): string {
  const { name, config, inputs, add } = reading;
  const size = config.pair("pool_size", 2);
  const strides = config.raw("strides") == null ? size : config.pair("strides");
  add({ name, kind, inputs, size, ...windowOf(config), strides });
  return name;
}

function globalPooling(
  kind: "global-average-pool" | "global-max-pool",
  reading: Reading,
): string {
  const { name, config, shapes, add } = reading;
  simple(reading, { kind });
  if (!config.flag("keepdims", false)) return name;
  const kept = `${name}.keepdims`;
  add({ name: kept, kind: "reshape", inputs: [name], shape: [1, 1, shapes[0]!.at(-1)!] });
  return kept;
}

function concatenate(reading: Reading): string {
  const { config, shapes } = reading;
  const axis = config.number("axis", -1);
  // The batch is axis 0 there, and no axis here.
  if (axis !== -1 && axis !== shapes[0]!.length) {
    throw config.wrong("only the last axis can be joined");
  }
  return simple(reading, { kind: "concat" });
}

function upSampling({ name, config, inputs, add }: Reading): string {
  if (config.text("data_format", "channels_last") !== "channels_last") {
    throw config.wrong("only data_format channels_last can be read");
  }
  const interpolation = config.text("interpolation", "nearest");
  if (interpolation !== "nearest") {
    throw config.wrong(`its interpolation is ${excerpt(interpolation)}, only nearest can be read`);
  }
  add({ name, kind: "upsample", inputs, size: config.pair("size", 2) });
  return name;
}

type Borders = LayerOf<"pad">["amounts"];

function permute({ name, config, inputs, shapes, add }: Reading): string {
  const dims = config.raw("dims");
  if (!Array.isArray(dims) || !dims.every(Number.isInteger) || dims.length !== shapes[0]!.length) {
    throw config.wrong(`\`dims\` is ${quotedJson(dims)}`);
  }
  add({ name, kind: "permute", inputs, order: dims.map((axis: number) => axis - 1) });
  return name;
}

/** One number, one per axis, or one per border. */
function borders(config: Reading["config"], field: string, standard: number): Borders {
  const given = config.raw(field) ?? [standard, standard];
  const rows = Array.isArray(given) ? given : [given, given];
  const amounts = rows.map((row) => Array.isArray(row) ? row : [row, row]).flat();
  const [top, bottom, left, right] = amounts;
  if (amounts.length !== 4 || !amounts.every(Number.isInteger)) {
    throw config.wrong(`\`${field}\` is ${quotedJson(given)}`);
  }
  return [[top, bottom], [left, right]];
}

function cropping({ name, config, inputs, add }: Reading): string {
  add({ name, kind: "crop", inputs, amounts: borders(config, "cropping", 0) });
  return name;
}

function zeroPadding({ name, config, inputs, add }: Reading): string {
  add({ name, kind: "pad", inputs, amounts: borders(config, "padding", 1) });
  return name;
}
