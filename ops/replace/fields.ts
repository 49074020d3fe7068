/** The parameters of `replace`. */
import {
  ByType,
  Choice,
  LARGEST,
  OneOf,
  Selectors,
  type Static,
  Type,
} from "../../engine/field.ts";
import { recalibrateField } from "../learn/recalibrate_field.ts";
import { trainingFields } from "../learn/training_fields.ts";

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
    tucker: Type.Object({ rank }, {
      description:
        "A convolution becomes a 1×1 one to few channels, its window on those, and a 1×1 one back; a rank by number " +
        "is that of both sides, a rule finds each side its own",
    }),
    bottleneck: Type.Object({
      width: Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description: "The channels between, as a fraction of the layer's filters",
      }),
    }, {
      description:
        "A convolution becomes a 1×1 one, its window, and a 1×1 one, with relu between; fresh weights, whatever `init`: " +
        "no weights make it nearest to what it replaces",
    }),
    grouped: Type.Object({
      groups: Type.Integer({
        minimum: 2,
        maximum: 64,
        description: "The groups of channels, each convolved apart",
      }),
    }, { description: "A convolution becomes one for each group of channels, side by side" }),
    ghost: Type.Object({
      parts: Type.Integer({
        minimum: 2,
        maximum: 64,
        default: 2,
        description: "The channels made of each that is convolved, itself among them",
      }),
      kernel: Type.Integer({
        minimum: 1,
        maximum: 15,
        default: 3,
        description: "The window of the cheap filters that make the others, odd",
      }),
    }, {
      description:
        "A convolution becomes one with few filters, and cheap filters that make the other channels from its own",
    }),
  }, { description: "What stands in a layer's place" }),
  order: OneOf(["together", "forward", "backward"], {
    default: "together",
    description:
      "All layers at once, or one layer at a time from the input or from the output, with `finetune` after each",
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

/** What stands in a layer's place. */
export type With = ReplaceParams["with"];

/** How a rank is chosen. */
export type Rank = Extract<ReplaceParams["with"], { readonly use: "svd" }>["rank"];

/**
 * Whether a kind of block is linear between its kernels, so that it can be fitted; another is always drawn afresh.
 */
export function isFitted({ use }: With): boolean {
  return use !== "bottleneck";
}
