/** The parameters of `replace` (language §1.9). */
import {
  ByType,
  Choice,
  LARGEST,
  OneOf,
  Selectors,
  type Static,
  Type,
} from "../../engine/field.ts";
import { recalibrateField } from "../train/recalibrate_field.ts";
import { trainingFields } from "../train/training_fields.ts";

const rank = ByType({
  number: Type.Integer({
    minimum: 1,
    maximum: LARGEST.units,
    description: "The rank of every layer",
  }),
  object: Choice({
    energy: Type.Object({
      share: Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description:
          "The share of the sum of squared singular values that a layer keeps, in as few of them as it takes",
      }),
    }, { description: "Each layer the lowest rank that keeps a share of its weights' energy" }),
    budget: Type.Object({
      parameters: Type.Integer({
        minimum: 1,
        maximum: LARGEST.parameters,
        description:
          "The weights that all factors have together at most, spread so that the layers lose the least of their energy",
      }),
    }, { description: "Ranks that fit into a number of weights" }),
  }, { description: "A rule that gives each layer its rank" }),
}, { description: "The number of values between the two layers" });

export const replaceParams = Type.Object({
  layers: Selectors({ description: "The layers that are replaced" }),
  exclude: Type.Optional(Selectors({ description: "The layers that stay as they are" })),
  with: Choice({
    separable: Type.Object({}, {
      description:
        "A convolution becomes a depthwise one, filter by channel, and a 1×1 convolution that mixes the channels",
    }),
    svd: Type.Object({ rank }, {
      description: "A dense layer or 1×1 convolution becomes two with few values between them",
    }),
  }, { description: "What stands in a layer's place" }),
  order: OneOf(["together", "forward", "backward"], {
    default: "together",
    description: "All layers at once, or one after another from the input or from the output",
  }),
  init: OneOf(["fitted", "random"], {
    default: "fitted",
    description:
      "The new weights: those that come nearest to the layer they replace, or fresh random ones",
  }),
  recalibrate: recalibrateField,
  finetune: Type.Optional(trainingFields),
  seed: Type.Optional(Type.Integer({
    minimum: 0,
    maximum: LARGEST.seed,
    description: "The seed of `init: random`; the recipe's where absent",
  })),
});

/** Parameters of a replacement, normalised. */
export type ReplaceParams = Static<typeof replaceParams>;

/** How a rank is chosen. */
export type Rank = Extract<ReplaceParams["with"], { readonly use: "svd" }>["rank"];
