/** The parameters of `prune`; the tag is `granularity`. */
import {
  Choice,
  CurveField,
  LARGEST,
  ListOf,
  OneOf,
  Reference,
  Selectors,
  type Static,
  Type,
} from "../../engine/field.ts";
import { ParameterError } from "../../engine/op.ts";
import { recalibrateField } from "../learn/recalibrate_field.ts";
import { trainingFields } from "../learn/training_fields.ts";

const fraction = { exclusiveMinimum: 0, exclusiveMaximum: 1 };

const shared = {
  ratio: CurveField({
    ...fraction,
    moving: { minimum: 0, exclusiveMaximum: 1 },
    description: "The fraction removed, above 0 and below 1; counts are exact, a half stays",
  }),
  layers: Type.Optional(Selectors({
    description: "The layers that are pruned; default: all that can be",
  })),
  exclude: Type.Optional(Selectors({ description: "The layers that stay as they are" })),
  "per_layer": Type.Optional(ListOf(
    Type.Object({
      layers: Selectors({ description: "The layers that this entry is for" }),
      ratio: Type.Number({
        ...fraction,
        description: "The fraction removed from each of them; of a curve it is the end",
      }),
    }),
    { description: "Ratios of single layers; they are cut apart from the others" },
  )),
  recalibrate: recalibrateField,
  finetune: Type.Optional(trainingFields),
  refresh: Type.Optional(Type.Number({
    exclusiveMinimum: 0,
    description: "The epochs between two cuts where `ratio` moves, in whole updates; default: 1",
  })),
  rounds: Type.Optional(Type.Integer({
    minimum: 1,
    maximum: LARGEST.epochs,
    description:
      "The rounds of cutting and training; each removes the same share of what is left, the last reaches `ratio`; " +
      "default: 1",
  })),
  rewind: Type.Optional(Reference("model", {
    description: "The earlier model of the same shape whose weights the survivors take back",
  })),
  seed: Type.Optional(Type.Integer({
    minimum: 0,
    maximum: LARGEST.seed,
    description: "The seed of `criterion: random` and of `finetune`; the recipe's where absent",
  })),
};

const channel = Type.Object({
  ...shared,
  criterion: OneOf(
    ["l1", "l2", "bn-scale", "fpgm", "taylor", "activation-mean", "apoz", "random"],
    {
      default: "l1",
      description:
        "What makes a channel unimportant: a small filter (sum of absolute values, root of squares), a small BatchNorm " +
        "scale, nearness to the geometric median of the filters, a small change of the loss without it, a small mean " +
        "after its ReLU or zeros there most of the time (all three on the first 512 training samples), or chance",
    },
  ),
  scope: OneOf(["layer", "global"], {
    default: "layer",
    description: "Each group of tied layers loses the ratio, or all channels are ranked together",
  }),
  heads: Type.Optional(Type.Boolean({
    description:
      "Whole heads of attention go as well, each with its queries, keys and values; they are counted as channels are; default: false, all heads stay",
  })),
  min_keep: Type.Integer({
    minimum: 1,
    maximum: LARGEST.units,
    default: 1,
    description: "The channels that every layer keeps at least",
  }),
  round_to: Type.Integer({
    minimum: 1,
    maximum: LARGEST.units,
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
  criterion: OneOf(["magnitude", "taylor", "movement", "lamp", "random"], {
    default: "magnitude",
    description:
      "What makes a weight unimportant: a small absolute value, a small change of the loss without it, a movement " +
      "towards 0 while `ratio` moves, a small share of its layer's larger squares, or chance",
  }),
  scope: OneOf(["global", "layer"], {
    default: "global",
    description: "All weights are ranked together, or each layer loses the ratio",
  }),
}, {
  description:
    "Single weights of kernels become zero and stay zero: smaller only when packed. Biases and BatchNorm are left",
});

const pattern = Type.Object({
  keep: Type.Integer({
    minimum: 1,
    maximum: 63,
    description: "The weights of each group that stay; fewer than `of`",
  }),
  of: Type.Integer({
    minimum: 2,
    maximum: 64,
    description:
      "The weights of a group: those by which one output reads neighbouring inputs, at one place of a window. Inputs " +
      "behind the last whole group are left",
  }),
  criterion: OneOf(["magnitude", "random"], {
    default: "magnitude",
    description: "What makes a weight unimportant in its group: a small absolute value, or chance",
  }),
  layers: shared.layers,
  exclude: shared.exclude,
  recalibrate: shared.recalibrate,
  finetune: shared.finetune,
  rewind: shared.rewind,
  seed: shared.seed,
}, {
  description:
    "Of every so many weights so many stay, and the others are zero: 2 of 4 is what sparse matrix units take. Smaller " +
    "only when packed",
});

export const pruneParams = Choice({ channel, weight, pattern }, {
  tag: "granularity",
  description: "The unit that is removed",
});

/** Parameters of a pruning, normalised. */
export type PruneParams = Static<typeof pruneParams>;

/** Whether a criterion looks at training samples before the cut. */
export const readsSamples = <C extends string>(
  criterion: C,
): criterion is C & ("taylor" | "activation-mean" | "apoz") =>
  criterion === "taylor" || criterion === "activation-mean" || criterion === "apoz";

/** Those of the prunings that remove a ratio. */
export type RatioPruning = Exclude<PruneParams, { readonly granularity: "pattern" }>;

/** Parameters of a pruning that happens at once. */
export type OneShot<P = PruneParams> = P extends RatioPruning
  ? Omit<P, "ratio"> & { readonly ratio: number }
  : P;

/** What is said where `taylor` has no labels to read. */
export const unlabelledTaylor = (): ParameterError =>
  new ParameterError(
    "unknown-value",
    "criterion",
    "`taylor` reads the gradients of the labels' loss, and the training samples have no labels",
    "criterion: magnitude",
  );
