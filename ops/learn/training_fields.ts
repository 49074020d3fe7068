/** The training block: the same fields wherever weights move. */
import { LARGEST, OneOf, Reference, Selectors, type Static, Type } from "../../engine/field.ts";
import { given } from "../../engine/given.ts";
import type { Facts, OrderRule } from "../../engine/op.ts";
import { augmentField } from "./augment/augment.ts";
import { optimizerField } from "./optimizer.ts";
import { samplingField } from "./sampling.ts";
import { lossField, type LossTerm, type TaskDefaults } from "./terms/terms.ts";

/**
 * The block's fields. `loss` is the default loss, `byTask` the one where the data have another task than
 * classification; without it that is up to the op that the block stands in.
 */
export const trainingProperties = (loss?: readonly LossTerm[], byTask?: TaskDefaults) => ({
  epochs: Type.Integer({
    minimum: 1,
    maximum: LARGEST.epochs,
    description: "The passes over the training samples",
  }),
  batch: Type.Integer({
    minimum: 1,
    maximum: LARGEST.samples,
    default: 64,
    description: "The samples per update",
  }),
  optimizer: optimizerField,
  loss: lossField(given({ default: loss, "x-task-defaults": byTask })),
  augment: augmentField,
  sampling: Type.Optional(samplingField),
  freeze: Selectors({ default: [], description: "The layers that stay as they are" }),
  clip_norm: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: "The largest norm of the whole gradient" }),
  ),
  batchnorm: Type.Optional(OneOf(["batch", "averages"], {
    description:
      "What BatchNorm normalises by while the model learns: the batch, as where absent, or its moving averages, which then " +
      "stay: for a trained model that goes on at a low rate; frozen layers do so anyway",
  })),
  recalibrate: Type.Optional(OneOf(["auto", "always", "never"], {
    description:
      "Whether BatchNorm's averages are estimated anew over the training samples once the model has learned; auto, as " +
      "where absent: if they are from before the training, and its updates were too few to replace nine tenths of them",
  })),
  checkpoint: OneOf(["last", "best"], {
    default: "last",
    description: "The epoch whose weights are kept: the last, or the best on validation",
  }),
  patience: Type.Optional(Type.Integer({
    minimum: 1,
    maximum: LARGEST.epochs,
    description: "The epochs without improvement on validation after which training stops",
  })),
  seed: Type.Optional(Type.Integer({
    minimum: 0,
    maximum: LARGEST.seed,
    description: "The seed of order, augmentation and dropout; the recipe's where absent",
  })),
});

/** The block as `finetune` inside another stage: its teacher is a name there, not an input. */
export const trainingFields = Type.Object({
  ...trainingProperties(),
  loss: Type.Optional(lossField()),
  teacher: Type.Optional(
    Reference("model", { description: "The teacher of the terms that name none" }),
  ),
}, { description: "A training with the stage's constraint on" });

/** A training block, normalised, its loss known. */
export type Training = Static<ReturnType<typeof trainingObject>>;

function trainingObject() {
  return Type.Object(trainingProperties());
}

/** Inputs of a training as `facts` sees them. */
export type TrainingInputs = Readonly<Record<string, Facts | readonly Facts[] | undefined>>;

/** The parts of its data that a training reads. */
export const TRAINING_PARTS = ["train", "validation"] as const;

/** Those that must hold samples: a validation part that nothing is chosen by shows how the training went. */
export function neededParts(training: Pick<Training, "checkpoint" | "patience">) {
  return readsValidation(training) ? TRAINING_PARTS : TRAINING_PARTS.slice(0, 1);
}

/** Whether a training chooses by the validation part: an epoch, or when to stop. */
export function readsValidation(training: Pick<Training, "checkpoint" | "patience">): boolean {
  return training.checkpoint === "best" || training.patience !== undefined;
}

/** What a training asks, in a few words. */
export const epochsText = ({ epochs }: Pick<Training, "epochs">): string =>
  `${epochs} ${epochs === 1 ? "epoch" : "epochs"}`;

/** A training knows nothing of integers. */
export const undoesQuantization: OrderRule = {
  after: "quantize",
  because: "training would undo the quantization",
  help: "train under it instead: quantize: { …, finetune: { epochs: … } }",
};
