/** The parameters of `prune` (language §1.9); the tag is `granularity`. */
import {
  Choice,
  CurveField,
  ListOf,
  OneOf,
  Selectors,
  type Static,
  Type,
} from "../../engine/field.ts";
import { recalibrateField } from "../train/recalibrate_field.ts";
import { trainingFields } from "../train/training_fields.ts";

const fraction = { exclusiveMinimum: 0, exclusiveMaximum: 1 };

const shared = {
  ratio: CurveField({
    ...fraction,
    description: "The fraction removed, above 0 and below 1; counts are exact, a half stays",
  }),
  layers: Type.Optional(Selectors({
    description: "The layers that are pruned; default: all that can be",
  })),
  exclude: Type.Optional(Selectors({ description: "The layers that stay as they are" })),
  "per_layer": Type.Optional(ListOf(
    Type.Object({
      layers: Selectors({ description: "The layers that this entry is for" }),
      ratio: Type.Number({ ...fraction, description: "The fraction removed from each of them" }),
    }),
    { description: "Ratios of single layers; they are cut apart from the others" },
  )),
  recalibrate: recalibrateField,
  finetune: Type.Optional(trainingFields),
  seed: Type.Optional(Type.Integer({
    description: "The seed of `criterion: random`; the recipe's where absent",
  })),
};

const channel = Type.Object({
  ...shared,
  criterion: OneOf(["l1", "l2", "bn-scale", "fpgm", "random"], {
    default: "l1",
    description:
      "What makes a channel unimportant: a small filter (sum of absolute values, root of squares), a small BatchNorm " +
      "scale, nearness to the geometric median of the filters, or chance",
  }),
  scope: OneOf(["layer", "global"], {
    default: "layer",
    description: "Each group of tied layers loses the ratio, or all channels are ranked together",
  }),
  min_keep: Type.Integer({
    minimum: 1,
    default: 1,
    description: "The channels that every layer keeps at least",
  }),
  round_to: Type.Integer({
    minimum: 1,
    default: 1,
    description: "The number of which a layer's channels are a multiple afterwards, rounded up",
  }),
}, {
  description:
    "Whole channels go: smaller and faster everywhere. Layers that share channels lose the same ones; the outputs " +
    "of the model keep theirs",
});

const weight = Type.Object({
  ...shared,
  criterion: OneOf(["magnitude", "random"], {
    default: "magnitude",
    description: "What makes a weight unimportant: a small absolute value, or chance",
  }),
  scope: OneOf(["global", "layer"], {
    default: "global",
    description: "All weights are ranked together, or each layer loses the ratio",
  }),
}, {
  description:
    "Single weights of kernels become zero and stay zero: smaller only when packed. Biases and BatchNorm are left",
});

export const pruneParams = Choice({ channel, weight }, {
  tag: "granularity",
  description: "What goes as one piece",
});

/** Parameters of a pruning, normalised. */
export type PruneParams = Static<typeof pruneParams>;

/** Parameters of a pruning that happens at once. */
export type OneShot<P = PruneParams> = P extends PruneParams
  ? Omit<P, "ratio"> & { readonly ratio: number }
  : never;
