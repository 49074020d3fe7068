/** Readers of Keras layer classes: each adds layers to the model and names the one that stands for it. */
import { quotedJson } from "../../../../engine/quote.ts";
import { isJsonObject, textIn } from "../../json_object.ts";
import type { Reading } from "../assembly.ts";
import { configOf } from "../config.ts";
import { activation, activationClasses, activationLayer, prelu, softmax } from "./activations.ts";
import { additiveAttention, attention, byHeads } from "./attention.ts";
import { chainOf } from "./chain.ts";
import {
  autoContrast,
  categoryEncoding,
  discretization,
  integerLookup,
  randomCrop,
} from "./codes.ts";
import { masking, passMask } from "./masks.ts";
import { melSpectrogram } from "./mel_spectrogram.ts";
import { add, average, combined, concatenate, dot, subtract } from "./merges.ts";
import {
  batchNormalization,
  groupNormalization,
  layerNormalization,
  normalization,
  rescaling,
  rmsNormalization,
  unitNormalization,
} from "./norms.ts";
import { adaptivePooling, globalPooling, pooling } from "./pooling.ts";
import { bidirectional, embedding, recurrent, rnn } from "./sequence.ts";
import { bordered, centerCrop, permute, repeatVector, resizing, upSampling } from "./shapes.ts";
import { stftSpectrogram } from "./spectrograms.ts";
import { conv3d, conv3dTranspose, convLstm } from "./volumes.ts";
import { convolution, dense, depthwise, einsumDense, separable, transposed } from "./weighted.ts";

type ClassReader = (reading: Reading) => string;

/** Layers of so many axes, by their names without `1D`, `2D`, `3D`. */
const spatial = <A extends 1 | 2 | 3>(
  axes: readonly A[],
  families: Readonly<Record<string, (axes: A, reading: Reading) => string>>,
): Readonly<Record<string, ClassReader>> =>
  Object.fromEntries(
    axes.flatMap((count) =>
      Object.entries(families).map(([family, read]): [string, ClassReader] => [
        family.includes("#") ? family.replace("#", `${count}D`) : `${family}${count}D`,
        (reading) => read(count, reading),
      ])
    ),
  );

const readers: Readonly<Record<string, ClassReader>> = {
  InputLayer: inputLayer,
  Dense: dense,
  EinsumDense: einsumDense,
  ...spatial([1, 2], {
    Conv: convolution,
    "Conv#Transpose": transposed,
    DepthwiseConv: depthwise,
    SeparableConv: separable,
  }),
  Conv3D: conv3d,
  Conv3DTranspose: conv3dTranspose,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  RMSNormalization: rmsNormalization,
  UnitNormalization: unitNormalization,
  Normalization: normalization,
  Rescaling: rescaling,
  Embedding: embedding,
  ReversibleEmbedding: embedding,
  Activation: activation,
  ...Object.fromEntries(
    activationClasses.map((
      name,
    ): [string, ClassReader] => [name, (reading) => activationLayer(name, reading)]),
  ),
  PReLU: prelu,
  Softmax: softmax,
  ...spatial([1, 2, 3], {
    MaxPooling: (axes, reading) => pooling("max-pool", axes, reading),
    AveragePooling: (axes, reading) => pooling("average-pool", axes, reading),
    AdaptiveMaxPooling: (axes, reading) => adaptivePooling("max-pool", axes, reading),
    AdaptiveAveragePooling: (axes, reading) => adaptivePooling("average-pool", axes, reading),
    GlobalMaxPooling: (_axes, reading) => globalPooling("global-max-pool", reading),
    GlobalAveragePooling: (_axes, reading) => globalPooling("global-average-pool", reading),
    UpSampling: upSampling,
    ZeroPadding: (axes, reading) => bordered("pad", axes, reading),
    Cropping: (axes, reading) => bordered("crop", axes, reading),
    ConvLSTM: convLstm,
  }),
  STFTSpectrogram: stftSpectrogram,
  MelSpectrogram: melSpectrogram,
  Resizing: resizing,
  AutoContrast: autoContrast,
  RandomCrop: randomCrop,
  CategoryEncoding: categoryEncoding,
  Discretization: discretization,
  IntegerLookup: integerLookup,
  CenterCrop: centerCrop,
  LSTM: (reading) => recurrent("LSTM", reading),
  GRU: (reading) => recurrent("GRU", reading),
  SimpleRNN: (reading) => recurrent("SimpleRNN", reading),
  RNN: rnn,
  Bidirectional: bidirectional,
  TimeDistributed: timeDistributed,
  Masking: masking,
  SpectralNormalization: (reading) => within(reading),
  MultiHeadAttention: (reading) => byHeads(reading, reading.config.number("num_heads")),
  GroupQueryAttention: (reading) => byHeads(reading, reading.config.number("num_query_heads")),
  Attention: attention,
  AdditiveAttention: additiveAttention,
  Flatten: (reading) => chainOf(reading).then("", { kind: "flatten" }).last,
  Reshape: (reading) =>
    chainOf(reading)
      .then("", { kind: "reshape", shape: reading.config.numbers("target_shape") }).last,
  Permute: permute,
  RepeatVector: repeatVector,
  Dropout: (reading) =>
    chainOf(reading).then("", { kind: "dropout", rate: reading.config.number("rate") }).last,
  Add: add,
  Subtract: subtract,
  Multiply: (reading) => combined("product", reading),
  Average: average,
  Maximum: (reading) => combined("maximum", reading),
  Minimum: (reading) => combined("minimum", reading),
  Concatenate: concatenate,
  Dot: dot,
  ...Object.fromEntries(
    "Identity ActivityRegularization GaussianNoise GaussianDropout AlphaDropout SpatialDropout1D SpatialDropout2D SpatialDropout3D RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHeight RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomWidth RandomZoom RandAugment AugMix CutMix MixUp Equalization Solarization"
      .split(" ").map((name): [string, ClassReader] => [name, ({ inputs }) => inputs[0]!]),
  ),
};

/** Classes of which a file holds no meaning, or code: why, and what helps. */
const refusals: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["Lambda", "TFSMLayer", "JaxLayer", "FlaxLayer", "TorchModuleWrapper"].map((
      name,
    ) => [
      name,
      "it runs code, and code out of a file is never run; build the model from layers instead, " +
      "and save it again",
    ]),
  ),
  ...Object.fromEntries(
    ["StringLookup", "TextVectorization"].map((name) => [
      name,
      "it reads texts, and a model is given numbers; save the model that begins behind it " +
      "(`keras.Model(layer.output, model.output)`), and let `data` make the tokens (`tokenizer`, `vocabulary`)",
    ]),
  ),
  ...Object.fromEntries(
    ["Hashing", "HashedCrossing"].map((name) => [
      name,
      "it hashes what is written, and nothing here does; save the model that begins behind it " +
      "(`keras.Model(layer.output, model.output)`), and hash its values in the data",
    ]),
  ),
  ContrastLimitedAdaptiveHistogramEqualization:
    "no histograms are made of images here; save the model that begins behind it " +
    "(`keras.Model(layer.output, model.output)`), and prepare its images in the data",
  TFOpLambda: "it is an operation, not a layer; build the model from layers, and save it again",
  SlicingOpLambda:
    "it is an operation, not a layer; build the model from layers, and save it again",
};

/** Reads one layer. Throws an UnreadableModelError for a class that is not known. */
export function readKerasLayer(className: string, reading: Reading): string {
  const reader = Object.hasOwn(readers, className) ? readers[className] : undefined;
  if (reader !== undefined) {
    passMask(className, reading);
    return reader(reading);
  }
  const refusal = Object.hasOwn(refusals, className) ? refusals[className] : undefined;
  throw reading.config.wrong(
    refusal ??
      "this kind of layer cannot be read; build it from other layers of Keras, and save the model again",
  );
}

function inputLayer({ name, input }: Reading): string {
  input();
  return name;
}

/** Layers that treat each row of a sequence alone without being told so. */
const ROWWISE: ReadonlySet<string> = new Set([
  ...["Dense", "Activation", "Softmax", "Dropout", "Embedding", "BatchNormalization"],
  ...["LayerNormalization", "RMSNormalization", "UnitNormalization", "Rescaling"],
  ...activationClasses,
]);

/** `TimeDistributed` around a layer that treats each row alone, or that makes a row of each step. */
function timeDistributed(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  const layer = config.raw("layer");
  const className = isJsonObject(layer) ? textIn(layer.class_name) : "";
  if (className === "Flatten") {
    const [steps, ...rest] = shape!;
    const size = rest.reduce((product, extent) => product * extent, 1);
    return chainOf(reading).as("", [steps!, size]).last;
  }
  if (ROWWISE.has(className)) return within(reading);
  throw config.wrong(
    `its layer ${quotedJson(className)} cannot be read for each step; these can: Flatten, ${
      [...ROWWISE].join(", ")
    }`,
  );
}

/** The layer in a layer, in its place. */
function within(reading: Reading): string {
  const layer = reading.config.raw("layer");
  if (!isJsonObject(layer) || !isJsonObject(layer.config)) {
    throw reading.config.wrong("the layer in it is not given");
  }
  const fields = layer.config;
  const className = textIn(layer.class_name);
  return readKerasLayer(className, {
    ...reading,
    config: configOf(reading.name, className, fields),
    weight: (name) => reading.weight(`${textIn(fields.name)}/${name}`) ?? reading.weight(name),
  });
}
