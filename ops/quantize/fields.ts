/** The parameters of `quantize`; the tag is `scheme`. */
import type { IntegerFacts } from "../../engine/facts.ts";
import { trainingFields } from "../learn/training_fields.ts";
import {
  Choice,
  LARGEST,
  ListOf,
  OneOf,
  Selectors,
  type Static,
  Type,
} from "../../engine/field.ts";

const layers = {
  layers: Type.Optional(Selectors({
    description: "The layers that are quantized; default: all",
  })),
  exclude: Type.Optional(Selectors({ description: "The layers that stay float32" })),
};

const samples = Type.Integer({
  minimum: 1,
  maximum: LARGEST.samples,
  default: 512,
  description: "The training samples that are looked at, from the first",
});

const activation = Type.Object({
  granularity: OneOf(["tensor"], { default: "tensor", description: "What shares a scale" }),
  symmetry: OneOf(["asymmetric", "symmetric"], {
    default: "asymmetric",
    description: "Whether 0 may lie off the middle of the integers",
  }),
  ranges: Type.Optional(OneOf(["static", "dynamic"], {
    description:
      "Where ranges come from: calibration, for every value (default); or while computing, for each row that a dense " +
      "layer reads, all else in floats, which `form: int8` of tflite cannot hold",
  })),
}, { description: "Values between layers as integers of so many bits" });

const integer = Type.Object({
  ...layers,
  per_layer: Type.Optional(ListOf(
    Type.Object({
      layers: Selectors({ description: "The layers that this entry is for" }),
      scheme: OneOf(["int8", "int7", "int6", "int5", "int4", "int3", "int2", "float32"], {
        description: "The number format of their weights",
      }),
    }),
    { description: "Number formats of single layers" },
  )),
  granularity: OneOf(["channel", "tensor"], {
    default: "channel",
    description: "What shares a scale: the weights of an output channel, or all of a layer",
  }),
  symmetry: OneOf(["symmetric", "asymmetric"], {
    default: "symmetric",
    description: "Whether the integers of weights lie evenly around 0; for int8: −127 to 127",
  }),
  activations: Choice({
    int8: activation,
    int6: activation,
    int4: activation,
    none: Type.Object({}, { description: "Values between layers stay float32" }),
  }, { default: "int8", description: "The number format of the values between layers" }),
  calibrate: Choice({
    mse: Type.Object({ samples }, { description: "The range with the least squared error" }),
    minmax: Type.Object({ samples }, {
      description: "Everything from the smallest to the largest",
    }),
    "moving-average": Type.Object({
      samples,
      momentum: Type.Number({
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.9,
        description: "The weight of the batches before in the average of their ranges",
      }),
    }, { description: "The moving average of the ranges of batches of 64" }),
    percentile: Type.Object({
      samples,
      percentile: Type.Number({
        minimum: 50,
        maximum: 100,
        description: "The percentile that the range ends at, and its counterpart at the other end",
      }),
    }, { description: "All but the outermost values" }),
  }, {
    default: { use: "mse" },
    description: "How the ranges of the values between layers are found",
  }),
  fold: OneOf(["batchnorm", "none"], {
    default: "batchnorm",
    description: "Whether batch normalisation becomes part of the layer before it",
  }),
  equalize: OneOf(["none", "cross-layer"], {
    default: "none",
    description:
      "Whether the channels of neighbouring layers are scaled so that their weights have like ranges on both sides",
  }),
  bias_correction: OneOf(["none", "measured", "analytic"], {
    default: "none",
    description:
      "Whether biases take back what rounding moves on average: measured on the samples of `calibrate`, or analytic, " +
      "from the batch normalisation before a layer",
  }),
  rules: OneOf(["onnx", "tflite", "tensorflow"], {
    default: "onnx",
    description: "The specification that fixes ties, zero points and ranges",
  }),
  scales: Type.Optional(OneOf(["observed", "learned"], {
    description:
      "With `finetune`: whether the scales of weights follow the weights (default), or are learned beside them (LSQ)",
  })),
  freeze_after: Type.Optional(Type.Object({
    ranges: Type.Optional(Type.Number({
      minimum: 0,
      description: "The epochs of `finetune` after which the ranges of values stand still",
    })),
    batchnorm: Type.Optional(Type.Number({
      minimum: 0,
      description: "The epochs of `finetune` after which BatchNorm's statistics stand still",
    })),
  }, { description: "When what is measured during `finetune` stops moving; default: never" })),
  finetune: Type.Optional(trainingFields),
  seed: Type.Optional(Type.Integer({
    minimum: 0,
    maximum: LARGEST.seed,
    description: "The seed of `finetune`; the recipe's where absent",
  })),
}, { description: "Weights as integers times a scale" });

const float16 = Type.Object(layers, {
  description: "Weights as half-precision numbers; values between layers stay float32",
});

export const quantizeParams = Choice({
  int8: integer,
  int7: integer,
  int6: integer,
  int5: integer,
  int4: integer,
  int3: integer,
  int2: integer,
  float16,
}, { tag: "scheme", description: "The number format of the weights" });

/** Parameters of a quantization, normalised. */
export type QuantizeParams = Static<typeof quantizeParams>;

/** Those of the integer schemes. */
export type IntegerParams = Exclude<QuantizeParams, { readonly scheme: "float16" }>;

/** How activation ranges are found. */
export type Calibration = IntegerParams["calibrate"];

/** The integers between layers that these parameters ask for; undefined where values stay floats. */
export function valueIntegers(params: QuantizeParams): IntegerFacts | undefined {
  if (params.scheme === "float16" || params.activations.use === "none") return undefined;
  const { use, ranges = "static" } = params.activations;
  return { bits: Number(use.slice("int".length)), ranges };
}
