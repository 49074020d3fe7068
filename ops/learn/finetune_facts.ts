/** What must be true of a finetuning inside another stage. */
import {
  type DatasetFacts,
  type ModelFacts,
  ParameterError,
  type Static,
} from "../../engine/op.ts";
import { type LossTerm, namesTeacher, readsTeacher } from "./terms/terms.ts";
import { assertFeatures } from "./loss/assert_features.ts";
import { assertNoPeers, assertTeacherOutputs, trainingFacts } from "./training_facts.ts";
import type { Training, trainingFields, TrainingInputs } from "./training_fields.ts";

const LABELS: readonly LossTerm[] = [{ use: "labels", weight: 1, smoothing: 0 }];

/** The training that a block means; `seed` is the stage's, for a block without its own. */
export function finetuneTraining(
  { teacher: _, ...block }: Static<typeof trainingFields>,
  seed: number | undefined,
): Training {
  return { ...block, loss: block.loss ?? LABELS, seed: block.seed ?? seed ?? 0 };
}

/** Facts of the trained model. Throws a ParameterError at `finetune.…` where the training cannot work. */
export function finetuneFacts(
  inputs: TrainingInputs,
  block: Static<typeof trainingFields>,
): ModelFacts {
  const training = finetuneTraining(block, undefined);
  const missing = training.loss.findIndex((term) =>
    readsTeacher(term) && block.teacher === undefined && !namesTeacher(term)
  );
  if (missing >= 0) {
    throw new ParameterError(
      "missing-input",
      `finetune.loss.${missing}`,
      `\`${training.loss[missing]!.use}\` needs a teacher, and there is none`,
      "give the recipe a teacher, or name one: teacher: …",
    );
  }
  try {
    assertNoPeers(training.loss);
    const facts = trainingFacts(inputs, training);
    assertTeacherOutputs(within(inputs), training.loss, inputs.data as DatasetFacts);
    assertFeatures(within(inputs), training, { student: true, teacher: false });
    return facts;
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    const inside = error.path === "data" || error.path === "model";
    const path = inside ? error.path : `finetune.${error.path}`;
    throw new ParameterError(error.code, path, error.message, error.help);
  }
}

/** What a training of its own would read: the teachers that the block names. */
function within(inputs: TrainingInputs): TrainingInputs {
  const inside = Object.entries(inputs).flatMap(([name, facts]) =>
    name.startsWith("finetune.") ? [[name.slice("finetune.".length), facts] as const] : []
  );
  return { model: inputs.model, ...Object.fromEntries(inside) };
}
