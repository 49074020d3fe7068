/** Trainings from the inputs of a step to learned models: what their loss reads is opened, used and freed. */
import { given } from "../../engine/given.ts";
import type { RunContext, Static } from "../../engine/op.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import type { Constraint } from "./constraint.ts";
import { finetuneTraining } from "./finetune_facts.ts";
import { fit, fitTogether } from "./loop.ts";
import { openLossInputs } from "./loss/loss_inputs.ts";
import type { Outputs } from "./outputs.ts";
import type { Training, trainingFields } from "./training_fields.ts";
import type { PeerUpdates } from "./update.ts";

/** A model, what it learns from, and what holds meanwhile. */
interface ModelTraining {
  readonly model: Model;
  readonly data: Dataset;
  readonly training: Training;
  /** The teacher of terms that name none, or its recorded outputs on the training samples. */
  readonly teacher?: Model | undefined;
  readonly outputs?: Outputs | undefined;
  readonly constraint?: Constraint | undefined;
  /** The field of a stage that the training is; absent where the step is the training. */
  readonly field?: string;
}

/** The model after its training. See `fit` for notes and errors. */
export function trainModel(
  { teacher, outputs, constraint, field, ...job }: ModelTraining,
  context: RunContext,
): Promise<Model> {
  const { model, data, training: { loss } } = job;
  return withTensors(async (room) => {
    const sources = { loss, data, models: [model], teacher, outputs };
    const { dispose, ...inputs } = await openLossInputs(room, sources, context);
    try {
      return await fit(room, { ...job, ...inputs, ...given({ constraint, field }) }, context);
    } finally {
      dispose();
    }
  }, context);
}

/** Models after a training beside one another; the seed of each is one more than that of the one before. */
export function trainTogether(
  { models, data, training, updates }: {
    readonly models: readonly Model[];
    readonly data: Dataset;
    readonly training: Training;
    readonly updates: PeerUpdates;
  },
  context: RunContext,
): Promise<readonly Model[]> {
  return withTensors(async (room) => {
    const sources = { loss: training.loss, data, models };
    const { dispose, ...inputs } = await openLossInputs(room, sources, context);
    try {
      const jobs = models.map((model, k) => ({
        ...inputs,
        model,
        data,
        training: { ...training, seed: (training.seed ?? 0) + k },
      }));
      return await fitTogether(room, { jobs, updates }, context);
    } finally {
      dispose();
    }
  }, context);
}

/** The `finetune` block as a stage holds it. */
export type Finetune = Static<typeof trainingFields>;

/** A model and the training inside the stage whose constraint it keeps: one step with it. */
export interface StageTraining {
  readonly model: Model;
  readonly data: Dataset;
  readonly finetune: Finetune;
  /** The stage's, for a block without its own. */
  readonly seed?: number | undefined;
  readonly constraint?: Constraint;
}

/** The model after it; terms that name no teacher read the one that the block names. */
export async function finetuned(
  { finetune, seed, ...stage }: StageTraining,
  context: RunContext,
): Promise<Model> {
  const teacher = finetune.teacher === undefined
    ? undefined
    : await context.referenced<Model>(finetune.teacher);
  const training = finetuneTraining(finetune, seed);
  return await trainModel({ ...stage, training, teacher, field: "finetune" }, context);
}
